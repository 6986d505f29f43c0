"""The study noise_regularization: its measurement, tables, claims and figures."""
