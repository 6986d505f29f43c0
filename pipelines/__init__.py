"""Mains of the DVC stages that are not the command itself. DVC is known here and in ``dvc.yaml``, nowhere else."""
