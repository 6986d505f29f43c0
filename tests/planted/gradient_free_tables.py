"""Small tables such as the studies of search methods make."""

import numpy as np
import pandas as pd

METHODS = [("random_search", "values"), ("cma_es", "values"), ("lbfgs", "backward"), ("lbfgs", "differences")]
AT = np.array([1.0, 3.0, 10.0, 30.0, 100.0])


def make_profiles() -> pd.DataFrame:
    frames = []
    for d, dimension in enumerate(["2", "10", "all"]):
        for m, (method, cost) in enumerate(METHODS):
            if dimension == "all" and cost != "values":
                continue
            share = np.linspace(0.0, 0.9 - 0.1 * d - 0.05 * m, len(AT))
            names = {"dimension": dimension, "method": method, "gradient_charge": cost, "evaluations": AT}
            frames.append(pd.DataFrame(names | {"share": share, "low": share - 0.05, "high": share + 0.05}))
    return pd.concat(frames, ignore_index=True)


def make_running_times() -> pd.DataFrame:
    rows = []
    for problem, dimension in (("sines", 2), ("ackley_off_centre", 2), ("ackley_off_centre", 10)):
        for m, (method, cost) in enumerate(METHODS):
            if dimension == 10 and cost == "differences":
                continue
            success = 1.0 - m / 3
            ert = 100.0 * dimension / success if success > 0 else np.inf
            names = {"problem": problem, "dimension": dimension, "method": method, "gradient_charge": cost}
            rows.append(names | {"success_rate": success, "ert": ert})
    return pd.DataFrame(rows)


def make_contests() -> pd.DataFrame:
    rows = []
    for claim in ("C20.restarts", "C23.continuous", "C23.high_dimension"):
        for dimensions, verdict, estimate in (("2", "supported", 0.8), ("5, 10", "refuted", 0.3)):
            names = {"claim": claim, "method": "cma_es", "other": "lbfgs", "dimensions": dimensions}
            names["verdict"] = verdict
            rows.append(names | {"estimate": estimate, "low": estimate - 0.1, "high": estimate + 0.1})
    return pd.DataFrame(rows).assign(smallest_effect=0.6)


def make_conditions() -> pd.DataFrame:
    rows = []
    for m, (method, kind) in enumerate([("cma_es", "evolution"), ("random_search", "other"), ("lbfgs", "gradients")]):
        for c, condition in enumerate(["smooth", "noisy", "stepped", "rounded", "cusped"]):
            decades = -3.0 + 0.5 * m + 0.1 * c
            names = {"method": method, "kind": kind, "condition": condition}
            rows.append(names | {"decades": decades, "low": decades - 0.1, "high": decades + 0.1})
    return pd.DataFrame(rows)


def make_start_effects() -> pd.DataFrame:
    methods = ["cma_es", "random_search", "lbfgs"]
    columns = {name: [0.1, 0.2, 0.3] for name in ("between", "between_low", "between_high")}
    columns |= {name: [0.4, 0.5, 0.0] for name in ("within", "within_low", "within_high")}
    return pd.DataFrame({"method": methods, "kind": ["evolution", "other", "gradients"]} | columns)


def gradient_free_run_tables() -> dict[str, pd.DataFrame]:
    step = np.arange(1, 201)
    curve = pd.DataFrame({"step": step, "q25": 0.5 / step, "median": 1.0 / step, "q75": 2.0 / step})
    frames = [curve.assign(dimension=dimension) for dimension in (2, 5)]
    return {"dimension_curves": pd.concat(frames, ignore_index=True)}


def gradient_free_study_tables() -> dict[str, pd.DataFrame]:
    return {
        "runtime_profiles": make_profiles(),
        "running_times": make_running_times(),
        "contests": make_contests(),
        "conditions": make_conditions(),
        "start_effects": make_start_effects(),
    }
