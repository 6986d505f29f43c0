"""Floor 1: what is watched while descending, and when to stop."""
