"""Small tables such as the studies of safeguards and of noise as a regularizer make."""

import numpy as np
import pandas as pd

METHODS = ["gd", "clip", "noise", "noise_variance", "clip_noise", "clip_noise_precondition"]
PARTS = {"gd": [], "clip": ["clip"], "noise": ["noise"], "noise_variance": ["noise"]}
PARTS |= {"clip_noise": ["clip", "noise"], "clip_noise_precondition": ["clip", "noise", "precondition"]}
ABOUT = {"parts": PARTS, "singles": ["clip", "noise", "precondition"], "chain": "clip_noise_precondition"}
PROBLEMS = ["valley", "saddle"]
RATES = [1e-3, 1e-2, 1e-1, 1.0, 10.0]


def safeguard_study_tables():
    robustness, shares, activity, times = [], [], [], []
    for problem in PROBLEMS:
        for m, method in enumerate(METHODS):
            name = {"problem": problem, "method": method}
            robustness.append({**name, "robustness": 0.1 * m, "low": 0.1 * m - 0.02, "high": 0.1 * m + 0.03})
            for r, rate in enumerate(RATES):
                share = {"share": r / 4, "low": r / 5, "high": min(1, r / 3)}
                exploded = {"exploded": r / 4, "exploded_low": r / 5, "exploded_high": min(1, r / 3)}
                shares.append({**name, "learning_rate": rate, **share, **exploded, "median_loss": 1.0})
                if problem == "saddle" and "noise" in method and method != ABOUT["chain"]:
                    late = {"left_share": 1.0, "median": 9 / rate, "low": 8 / rate, "high": np.inf}
                    times.append({**name, "learning_rate": rate, **late, "theory": 9.5 / rate})
        for progress in (0.25, 0.75):
            row = {"progress": progress, "share": 1 - progress, "low": 0.1, "high": 0.9}
            activity.append({"problem": problem, "method": "clip", **row})
    effects = [
        {"problem": problem, "scale": scale, "chosen": scale == 0.1, "points": 10 * scale, "points_low": 5 * scale,
         "points_high": 20 * scale, "decades": -scale, "decades_low": -2 * scale, "decades_high": 0.0}
        for problem in PROBLEMS for scale in (0.0, 0.01, 0.1)
    ]  # fmt: skip
    rows = {"robustness": robustness, "shares": shares, "activity_curve": activity, "escape_times": times}
    return {name: pd.DataFrame(table) for name, table in (rows | {"effects_of_noise": effects}).items()}


def safeguard_run_tables():
    edges = np.linspace(-1, 1, 51)
    tables = [
        pd.DataFrame(
            {
                "stage": stage, "number": number, "left": edges[:-1] * size, "right": edges[1:] * size,
                "count": np.arange(50), "norm": 100.0 * size,
            }
        )
        for number, (stage, size) in enumerate((("gradient", 100.0), ("clip", 0.01)))
    ]  # fmt: skip
    return {"distribution": pd.concat(tables, ignore_index=True)}
