"""Small tables such as the study of conditioning makes."""

import numpy as np
import pandas as pd

METHODS = ("gd", "momentum", "adam")
CONDITIONS = (1.0, 10.0, 100.0, 1000.0)


def around(name, value, spread=1.1):
    return {name: value, f"{name}_low": value / spread, f"{name}_high": value * spread}


def conditioning_study_tables():
    steps, decays, edges, scan, oscillation, fading = [], [], [], [], [], []
    for number, method in enumerate(METHODS):
        for family in ("aligned", "rotated", "units"):
            for condition in CONDITIONS:
                place = {"problem": f"{family}_{condition:g}", "method": method, "family": family}
                steps.append(place | {"condition": condition} | around("steps", 8 * condition ** (1 - number / 2)))
        for problem, condition in (("features_raw", 1e3), ("features_standardized", 1.2), ("narrow_valley", 10.0)):
            place = {"problem": problem, "method": method, "family": "other", "condition": condition}
            steps.append(place | around("steps", 10.0 + condition))
        own = {"problem": "narrow_valley", "method": method}
        measures = {"crossings_per_step": 0.5, "turning": 40.0 + number, "path_ratio": 1.5}
        oscillation.append(own | {k: v for name, value in measures.items() for k, v in around(name, value).items()})
        if method == "adam":
            continue
        for condition in CONDITIONS[1:]:
            pace = 2 / condition ** (1 - number / 2)
            place = {"method": method, "condition": condition, "predicted": pace}
            decays.append(place | around("pace", pace, 1.001) | around("ratio", 1.001, 1.001))
            edges.append(place | around("ratio", 0.999, 1.001))
            scan += [
                {"method": method, "condition": condition, "memory_factor": memory, "rate_factor": rate}
                | {"share": 1 - abs(rate - 1) - abs(memory - 1)}
                for memory in ((1.0,) if method == "gd" else (0.5, 1.0, 2.0))
                for rate in (0.8, 1.0, 1.2)
            ]
    for problem in ("deep_plain", "deep_normalized"):
        for gain in (0.5, 1.0):
            fading += [
                {"problem": problem, "gain": gain, "layer": layer, **around("signal", gain**layer)}
                for layer in range(1, 6)
            ]
    theory = [
        {"method": method, "condition": condition, "steps": 2 * condition ** (1 - number / 2)}
        for number, method in enumerate(METHODS[:2])
        for condition in np.geomspace(2, 1000, 9)
    ]
    found = {"condition_steps": steps, "condition_theory": theory, "decays": decays, "edges": edges, "scan": scan}
    found |= {"oscillation": oscillation, "fading": fading}
    return {name: pd.DataFrame(rows) for name, rows in found.items()}
