"""Floor 3: a study's measurement and the tables that answer its question."""
