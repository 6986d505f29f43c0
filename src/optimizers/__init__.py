"""Gradient methods and the parts of a chain: one per file; each class has a yaml in ``conf/optimizer/``."""
