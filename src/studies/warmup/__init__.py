"""The study warmup: its measurement, tables, claims and figures."""
