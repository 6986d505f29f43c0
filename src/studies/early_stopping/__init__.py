"""The study early_stopping: its measurement, tables, claims and figures."""
