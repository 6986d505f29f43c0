"""Small tables such as the study of diagnoses makes."""

import numpy as np
import pandas as pd

from src.monitor.diagnosis import State

STATES = [str(state) for state in State]
RIGHT = 9  # of ten runs of each state; the tenth is taken for the next state


def diagnosis_study_tables():
    counts = []
    for row, made in enumerate(STATES):
        for column, diagnosed in enumerate(STATES):
            runs = RIGHT if row == column else int(column == (row + 1) % len(STATES))
            counts.append({"part": "held-out tasks", "made": made, "diagnosed": diagnosed, "runs": runs})
    step = np.arange(50)
    curves = [
        pd.DataFrame(
            {
                "step": step, "loss": np.exp(-step / (2 + row)), "grad_norm": 2 * np.exp(-step / (2 + row)),
                "valid_loss": np.where(step % 10 == 0, 1.0, np.nan), "made": made, "problem": "problem_0",
                "optimizer": "adam", "start": "good", "rate": 0.1, "evidence": f"evidence of {made}",
            }
        )
        for row, made in enumerate(STATES)
    ]  # fmt: skip
    return {"confusion": pd.DataFrame(counts), "gallery": pd.concat(curves, ignore_index=True)}
