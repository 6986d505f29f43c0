"""Figures of the study ga_parameters."""
