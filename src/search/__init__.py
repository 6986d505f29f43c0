"""Floor 1: gradient-free methods, by ask and tell. One idea a file; each class has one yaml in ``conf/search/``."""
