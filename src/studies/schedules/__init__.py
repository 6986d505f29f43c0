"""The study schedules: its measurement, tables, claims and figures."""
