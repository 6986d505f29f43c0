"""The study textbook: its measurement, tables, claims and figures."""
