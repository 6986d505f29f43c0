"""Where a descent begins: one idea per file; each class has a yaml in ``conf/start/`` or ``conf/init/``."""
