"""Figures of the study architectures."""
