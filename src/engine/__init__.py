"""Loops of descent and of search; no other package steps a method."""
