"""A laboratory for optimization: studies that are configured, tracked and settled."""
