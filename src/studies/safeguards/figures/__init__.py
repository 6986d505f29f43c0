"""Figures of the study safeguards."""
