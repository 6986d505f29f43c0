"""Measurements of networks that several studies share."""
