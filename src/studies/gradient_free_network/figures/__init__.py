"""Figures of the study gradient_free_network."""
