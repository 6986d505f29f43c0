"""Figures of the study warmup."""
