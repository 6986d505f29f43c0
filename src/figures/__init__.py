"""Figures that any study may name: one per file, functions of stored tables."""
