"""Small tables of the studies of schedules, warm-up and early stopping, as their ``gather`` makes them."""

import itertools

import numpy as np
import pandas as pd

SCHEDULES = ["constant", "cosine", "step"]
METHODS = ["momentum", "adam"]


def effects():
    rows = []
    for problem, metrics in (("bowl", ["final_loss"]), ("digits", ["final_loss", "final_test_loss"])):
        for metric, method, (place, schedule) in itertools.product(metrics, METHODS, enumerate(SCHEDULES)):
            effect = -0.1 * place * (1 if method == "adam" else -1)
            rows.append((problem, method, schedule, metric, effect, effect - 0.05, effect + 0.05))
    return pd.DataFrame(rows, columns=["problem", "method", "schedule", "metric", "effect", "low", "high"])


def schedule_study_tables():
    grid = list(itertools.product(METHODS, SCHEDULES, [0.01, 0.1, 1.0]))
    noise = pd.DataFrame(grid, columns=["method", "schedule", "learning_rate"]).assign(
        mean=lambda t: t["learning_rate"] ** 2
    )
    noise = noise.assign(problem="bowl", low=noise["mean"] / 2, high=noise["mean"] * 2)
    theory = noise[noise["method"] == "momentum"].rename(columns={"mean": "expected", "low": "floor"})
    step = np.arange(21)
    loss = 0.9**step
    curves = [
        pd.DataFrame({"metric": "loss", "step": step, "q25": loss / 2, "median": loss, "q75": loss * 2})
        .assign(problem="bowl", method=method, schedule=schedule)
        for method, schedule in itertools.product(METHODS, SCHEDULES)
    ]  # fmt: skip
    factors = [
        pd.DataFrame({"epoch": range(100), "factor": np.linspace(1, place / 3, 100)}).assign(schedule=schedule)
        for place, schedule in enumerate(SCHEDULES)
    ]
    trained = noise.rename(columns={"mean": "share"}).assign(init="he")
    return {
        "effects": effects(),
        "noise": noise,
        "theory": theory,
        "schedule_curves": pd.concat(curves, ignore_index=True),
        "factors": pd.concat(factors, ignore_index=True),
        "trained": trained,
    }


def stopping_study_tables():
    rules = [("patience 1", "patience", 1), ("patience 5", "patience", 5), ("GL 1", "GL", 1), ("GL 5", "GL", 5)]
    rows = []
    for factor, (place, (rule, family, setting)) in itertools.product([1.0, 4.0], enumerate(rules)):
        time, cost = 0.1 * (place + 1), 0.03 / (place + 1)
        rows.append((factor, rule, family, setting, "valid_loss", 0.0, time, cost, place != 2))
    columns = ["rate_factor", "rule", "family", "setting", "metric", "min_delta", "time", "test_cost", "front"]
    rules = pd.DataFrame(rows, columns=columns)
    rules = rules.assign(accuracy_cost=10 * rules["test_cost"])
    for name in ("time", "test_cost", "accuracy_cost"):
        rules = rules.assign(**{f"{name}_low": rules[name] * 0.9, f"{name}_high": rules[name] * 1.1})
    tasks = [rules.assign(problem="digits", method=method) for method in METHODS]
    return {"tradeoff": rules, "by_task": pd.concat(tasks, ignore_index=True)}


def stopping_run_tables():
    rows = [("GL 5", factor, step) for factor in (1.0, 4.0) for step in (10.0, 12.0, 14.0)]
    never = [("UP 4", 1.0, np.nan)] * 3
    share = [1.0, 0.5, 0.0]
    trained = {"learning_rate": [0.01, 0.1, 1.0], "share": share, "low": [0.8, 0.3, 0.0], "high": [1.0, 0.7, 0.2]}
    stops = pd.DataFrame(rows + never, columns=["rule", "rate_factor", "stopped_step"])
    return {"stops": stops, "trained": pd.DataFrame(trained)}
