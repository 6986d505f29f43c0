"""The study initialization: its measurement, tables, claims and figures."""
