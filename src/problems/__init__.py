"""Floor 1: what is minimized. One idea a file; each class has one yaml in ``conf/problem/``."""
