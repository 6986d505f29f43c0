"""The study architectures: its measurement, tables, claims and figures."""
