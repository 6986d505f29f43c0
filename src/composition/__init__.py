"""Hydra's door: composes configs, checks names and keys, and builds the parts; nothing else knows Hydra."""
