"""Mains of the DVC stages, and what writes their list. DVC is known here and nowhere else."""
