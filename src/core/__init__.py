"""Floor 0: the contracts that every other package is written against."""
