"""The contracts that every other package is written against."""
