"""Floor 4: finished runs on disk, each under the identity of what produced it."""
