"""The study gradient_free_network: its measurement, tables, claims and figures."""
