"""What is minimized: one idea per file; each class has a yaml in ``conf/problem/``."""
