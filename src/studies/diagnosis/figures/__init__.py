"""Figures of the study diagnosis."""
