"""The study hyperparameter_search: its measurement, tables, claims and figures."""
