"""The study starting_points: its measurement, tables, claims and figures."""
