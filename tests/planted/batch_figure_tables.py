"""Small tables such as the study of batch sizes makes."""

import numpy as np
import pandas as pd

BATCHES = (1, 8, 64, 500)
NAMES = ("problem_0", "problem_1")


def around(name, value, spread=1.1):
    return {name: value, f"{name}_low": value / spread, f"{name}_high": value * spread}


def batch_study_tables():
    products, steps, scaling, ends, progress, scale = [], [], [], [], [], []
    for number, problem in enumerate(NAMES):
        scaling.append(
            {"problem": problem, "least_steps": 10.0, **around("critical", 40.0 * (number + 1)), "noise_mean": 30.0}
        )
        for batch in BATCHES:
            place = {"problem": problem, "batch": batch}
            products.append(place | {"point": "all points"} | around("ratio", 1 + 0.05 / batch, 1.05))
            taken = 10 * (1 + 40 * (number + 1) / batch)
            rates = {**around("fastest", 0.01 * batch**0.8), "lowest": 0.005 * batch**0.8}
            steps.append(place | around("steps", taken) | rates | {"samples": taken * batch})
            for purpose, level in (("shared", 0.8), ("lowest", 0.9), ("fastest", 0.92)):
                accuracy = level - 0.01 * np.log2(batch) if number else np.nan
                ends.append(place | {"purpose": purpose} | around("accuracy", accuracy, 1.01))
            for purpose in ("shared", "lowest"):
                epochs = np.arange(1, 6)
                median = np.exp(-epochs / np.sqrt(batch))
                curve = {"epochs": epochs, "step": epochs * 500 // batch, "q25": median / 2, "median": median}
                progress.append(
                    pd.DataFrame({**place, "purpose": purpose, "metric": "objective", **curve, "q75": 2 * median})
                )
            scale += [place | {"progress": way} | around("scale", 5.0 + 50 * way, 1.5) for way in (0.0, 0.5, 1.0)]
        for share in (0.0, 0.5, 1.0, np.nan):
            known = 0.5 if np.isnan(share) else share
            scale.append({"problem": problem, "progress": share, "batch": np.nan} | around("scale", 5.0 + 50 * known))
    errors = [
        {"batch": batch, **around("rms", 0.5 / batch**0.5, 1.02), "theory": 0.5 / batch**0.5}
        | {"exponent": -0.5, "exponent_low": -0.51, "exponent_high": -0.49}
        for batch in BATCHES
    ]
    return {
        "noise_product": pd.DataFrame(products),
        "steps_to_target": pd.DataFrame(steps),
        "scaling": pd.DataFrame(scaling),
        "ends": pd.DataFrame(ends),
        "progress": pd.concat(progress, ignore_index=True),
        "noise_scale": pd.DataFrame(scale),
        "estimation": pd.DataFrame(errors),
    }
