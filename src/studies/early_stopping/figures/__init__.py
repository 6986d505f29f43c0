"""Figures of the study early_stopping."""
