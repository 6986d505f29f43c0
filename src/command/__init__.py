"""A sweep: its jobs, their states, the gathering at its end, and the report on the terminal."""
