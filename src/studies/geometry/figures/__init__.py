"""Figures of the study geometry."""
