"""The study conditioning: its measurement, tables, claims and figures."""
