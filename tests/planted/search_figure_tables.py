"""Small tables such as the search for hyperparameters makes."""

import itertools

import numpy as np
import pandas as pd

METHODS = {"optuna_gp": 0.2, "random_search": 0.3}


def search_study_tables():
    progress = [
        {"problem": "digits", "method": method, "step": step, "q25": end + 0.9 / step, "median": end + 1 / step,
         "q75": end + 2 / step}
        for method, end in METHODS.items() for step in range(1, 31)
    ]  # fmt: skip
    costs = [
        {"problem": "digits", "learning_rate": rate, "beta": beta, "cost": float(np.log10(rate / (1 - beta))) ** 2}
        for rate, beta in itertools.product([1e-3, 1e-2, 1e-1], [0.0, 0.9])
    ]
    found = [
        {"problem": "digits", "method": method, "learning_rate": 0.01, "beta": 0.5 + end, "best": end, "judged": end}
        for method, end in METHODS.items()
    ]
    networks = [
        {"problem": "digits", "method": method, "sample_passes": cost, "q25": end / cost, "median": end / cost,
         "q75": 2 / cost}
        for method, end in (("genetic", 1e3), ("momentum", 1.0)) for cost in (1e3, 1e4, 1e5)
    ]  # fmt: skip
    reached = [{"problem": "digits", "method": "genetic", "accuracy": 0.6}]
    reached += [{"problem": "digits", "method": "momentum", "accuracy": 0.95}]
    rows = {"network_costs": networks, "network_methods": reached}
    rows |= {"search_progress": progress, "cost_map": costs, "found": found}
    return {name: pd.DataFrame(table) for name, table in rows.items()}


def search_run_tables():
    draw = np.random.default_rng(0)
    shots = [
        pd.DataFrame({"generation": g, "evaluations": 10 * (g + 1), "x": x, "y": y, "value": x**2 + y**2})
        for g in range(8) for x, y in [draw.uniform(-1, 1, (2, 10)) / (g + 1)]
    ]  # fmt: skip
    return {"population": pd.concat(shots, ignore_index=True)}
