"""Small tables such as the study of diagnoses makes."""

import numpy as np
import pandas as pd

from src.monitor.diagnosis import CurveState

STATES = [str(state) for state in CurveState]
RIGHT = 9  # of ten runs of each state; the tenth is taken for the next state


def diagnosis_study_tables():
    counts = []
    for row, true in enumerate(STATES):
        for column, predicted in enumerate(STATES):
            runs = RIGHT if row == column else int(column == (row + 1) % len(STATES))
            counts.append({"part": "held-out tasks", "true_state": true, "predicted_state": predicted, "runs": runs})
    step = np.arange(50)
    curves = [
        pd.DataFrame(
            {
                "step": step, "loss": np.exp(-step / (2 + row)), "grad_norm": 2 * np.exp(-step / (2 + row)),
                "valid_loss": np.where(step % 10 == 0, 1.0, np.nan), "true_state": true, "problem": "problem_0",
                "method": "adam", "start": "good", "learning_rate": 0.1, "evidence": f"evidence of {true}",
            }
        )
        for row, true in enumerate(STATES)
    ]  # fmt: skip
    return {"confusion": pd.DataFrame(counts), "gallery": pd.concat(curves, ignore_index=True)}
