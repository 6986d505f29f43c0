"""Figures of the study schedules."""
