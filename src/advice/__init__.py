"""The advisor: which method to use on a problem, and how sure, from what has been measured on problems like it."""
