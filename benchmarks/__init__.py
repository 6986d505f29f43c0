"""Speed compared with the field's code: ``python -m benchmarks.run``. No test asserts a time."""
