"""Intervals, effects and verdicts: numbers in, numbers out, without any experiment."""
