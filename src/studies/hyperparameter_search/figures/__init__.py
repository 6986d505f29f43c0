"""Figures of the study hyperparameter_search."""
