"""Search methods, by ask and tell or by a library: one method per file, each with a yaml in ``conf/search/``."""
