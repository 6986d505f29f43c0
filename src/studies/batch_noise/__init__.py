"""The study batch_noise: its measurement, tables, claims and figures."""
