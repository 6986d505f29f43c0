"""The study diagnosis: its measurement, tables, claims and figures."""
