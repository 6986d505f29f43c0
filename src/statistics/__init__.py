"""Floor 2: intervals, effects and verdicts; numbers in, numbers out, and no experiment in sight."""
