"""Figures of the study initialization."""
