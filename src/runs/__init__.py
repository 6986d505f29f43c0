"""Finished runs on disk, each under the identity of what produced it."""
