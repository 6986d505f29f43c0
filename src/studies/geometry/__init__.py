"""The study geometry: its measurement, tables, claims and figures."""
