"""Watching a descent: stopping rules, and the diagnosis of its curves."""
