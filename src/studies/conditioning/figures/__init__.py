"""Figures of the study conditioning."""
