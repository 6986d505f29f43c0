"""Figures of the study starting_points."""
