"""The study safeguards: its measurement, tables, claims and figures."""
