"""Figures of the study noise_regularization."""
