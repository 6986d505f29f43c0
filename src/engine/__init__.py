"""Floor 2: the loops. Nothing else in the project steps an optimizer."""
