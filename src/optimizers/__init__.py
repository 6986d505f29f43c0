"""Floor 1: gradient methods and the parts of a chain. One a file; each class has a yaml in ``conf/optimizer/``."""
