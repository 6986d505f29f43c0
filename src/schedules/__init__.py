"""Floor 1: factors on the rate. One a file; each class has one yaml in ``conf/schedule/``."""
