"""Speed, side by side with the field's code: ``python -m benchmarks.run``. Nothing here is a test of a time."""
