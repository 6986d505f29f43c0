"""Gradient-free methods beside the field's, at equal evaluations and in seconds."""
