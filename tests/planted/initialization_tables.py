"""Small tables such as the studies of initialization and of starting points make."""

import numpy as np
import pandas as pd

GROWTH = {"level": 0.0, "vanishing": -2.0, "equal": 0.5}  # decades a layer
ACTIVATIONS, DEPTHS, STARTS = ("tanh", "relu"), (2, 4, 8), ("uniform", "sobol")


def make_layers(last=10):
    rows = []
    for activation in ACTIVATIONS:
        for scheme, decades in GROWTH.items():
            for stage in ("initial", "trained"):
                for direction in ("forward", "backward"):
                    for layer in range(1, last + 1):
                        passed = layer if direction == "forward" else last + 1 - layer
                        size = 10.0 ** (decades * passed)
                        theory = 1.01 * size if stage == "initial" and scheme != "equal" else np.nan
                        rows.append(
                            (activation, scheme, stage, direction, layer, size, 0.9 * size, 1.1 * size, theory)
                        )
    columns = ["activation", "init", "stage", "direction", "layer", "mean_square", "low", "high", "theory"]
    return pd.DataFrame(rows, columns=columns)


def make_accuracy():
    rows = [
        (activation, scheme, depth, accuracy, accuracy - 0.02, accuracy + 0.02)
        for activation in ACTIVATIONS
        for number, scheme in enumerate(GROWTH)
        for depth in DEPTHS
        for accuracy in [0.9 - 0.1 * number - 0.05 * depth]
    ]
    return pd.DataFrame(rows, columns=["activation", "init", "depth", "accuracy", "accuracy_low", "accuracy_high"])


def make_symmetry():
    rows = [
        (activation, scheme, seed, step, 16, 1 if scheme == "equal" else 16, 1 if scheme == "equal" else 15)
        for activation in ACTIVATIONS
        for scheme in GROWTH
        for seed in range(3)
        for step in (0, 1, 5, 20)
    ]
    return pd.DataFrame(
        rows, columns=["activation", "init", "seed", "step", "units", "distinct_units", "activation_rank"]
    )


def make_coverage(problems=("hills", "wells")):
    rows = []
    for p, problem in enumerate(problems):
        for s, start in enumerate(STARTS):
            values = {"discrepancy": 0.1 + 0.05 * s, "largest_hole": 0.3, "minima": 3.0 + p + s, "found_global": 0.5}
            row = {"problem": problem, "start": start, "known_minima": 6, "expected_minima": 3.5 + p}
            row["expected_global"] = 0.6
            for name, value in values.items():
                row |= {name: value, f"{name}_low": 0.9 * value, f"{name}_high": 1.1 * value}
            rows.append(row)
    return pd.DataFrame(rows)


def make_starts():
    x = np.linspace(-1.5, 1.5, 4)
    ends = np.where(x < 0, -1.0, 1.0)
    return pd.DataFrame({"design": 0, "x": x, "y": x, "end_x": ends, "end_y": 0.0, "minimum": np.where(x < 0, 0, -1)})


def make_basins():
    return pd.DataFrame(
        {"x": [-1.0, 1.0], "y": 0.0, "value": [-2.0, -1.0], "area": [0.6, 0.3], "global": [True, False]}
    )


def initialization_run_tables():
    return {"starts": make_starts(), "basins": make_basins()}


def initialization_study_tables():
    sweep = {"layers": make_layers(), "accuracy": make_accuracy(), "symmetry": make_symmetry()}
    # "contours" are those of the study of geometry, whose landscape this is.
    of = {"problem": "relu_valley"}
    drawn = {"starts": make_starts().assign(**of, start="uniform"), "basins": make_basins().assign(**of)}
    return sweep | {"coverage": make_coverage()} | drawn
