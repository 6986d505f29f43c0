"""Figures of the study batch_noise."""
