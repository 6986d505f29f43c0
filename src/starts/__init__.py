"""Floor 1: where descent begins. One idea a file; each class has one yaml in ``conf/start/`` or ``conf/init/``."""
