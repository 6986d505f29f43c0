"""Gradient-free methods compared with the field's, at equal evaluations and in seconds."""
