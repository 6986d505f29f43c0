"""Factors on the learning rate: one per file; each class has a yaml in ``conf/schedule/``."""
