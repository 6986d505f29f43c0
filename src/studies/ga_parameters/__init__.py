"""The study ga_parameters: its measurement, tables, claims and figures."""
