"""Small, deterministic tables such as a study makes, with a method that diverges."""

import numpy as np
import pandas as pd
import pytest
from architecture_tables import architecture_run_tables, architecture_study_tables
from batch_figure_tables import batch_study_tables
from conditioning_tables import conditioning_study_tables
from diagnosis_figure_tables import diagnosis_study_tables
from ga_figure_tables import ga_study_tables
from geometry_tables import geometry_run_tables, geometry_study_tables
from gradient_free_tables import gradient_free_run_tables, gradient_free_study_tables
from initialization_tables import initialization_run_tables, initialization_study_tables
from safeguard_tables import safeguard_run_tables, safeguard_study_tables
from schedule_tables import schedule_study_tables, stopping_run_tables, stopping_study_tables
from search_figure_tables import search_run_tables, search_study_tables

PROBLEMS = [f"problem_{number}" for number in range(5)]
METHODS = [
    "gd",
    "momentum",
    "nesterov",
    "adagrad",
    "rmsprop",
    "adam",
    "adamw",
    "clip_noise_precondition",
    "clipped_adam",
]


def make_curves(rate=0.05, metrics=("loss", "grad_norm", "param_norm", "update_ratio"), steps=200):
    step = np.arange(steps + 1)
    median = 5 * np.exp(-rate * step)
    parts = [
        pd.DataFrame({"metric": m, "step": step, "q25": median / 2, "median": median, "q75": 2 * median})
        for m in metrics
    ]
    return pd.concat(parts, ignore_index=True)


def make_rates(best=1e-2):
    rate = np.logspace(-4, 0, 9)
    away = np.log10(rate / best)
    median = np.where(away > 1, np.inf, 1e-3 * 10 ** (2 * np.abs(away)))
    return pd.DataFrame(
        {
            "learning_rate": rate,
            "q25": median / 2,
            "median": median,
            "q75": np.where(away > 0.6, np.inf, 2 * median),
            "diverged": np.clip(away - 0.2, 0, 1),
            "chosen": np.isclose(rate, best),
        }
    )


def make_paths(seeds=7, steps=50):
    rows = [(s, k, 0.9 * 0.9**k * np.cos(s), 0.9 * 0.8**k * np.sin(s)) for s in range(seeds) for k in range(steps)]
    return pd.DataFrame(rows, columns=["seed", "step", "x", "y"])


def make_contours(side=41):
    x, y = np.meshgrid(np.linspace(-2, 2, side), np.linspace(-1, 3, side))
    return pd.DataFrame({"x": x.ravel(), "y": y.ravel(), "value": (x**2 + 10 * y**2).ravel()})


def make_study(problems=PROBLEMS, methods=METHODS):
    curves, rates, ranking = [], [], []
    for p, problem in enumerate(problems):
        for m, method in enumerate(methods):
            name = {"problem": problem, "method": method}
            curve = make_curves(0.01 + 0.01 * m, ["loss"], 60)
            score = 10.0 ** (m - p)
            if (p, method) == (1, "gd"):
                curve.loc[20:, ["median", "q75"]] = np.inf
                score = np.inf
            curves.append(curve.assign(**name))
            rates.append(make_rates(10.0 ** -(1 + m % 3)).assign(**name))
            share = m / 8
            interval = {"success_low": max(0, share - 0.1), "success_high": min(1, share + 0.1), "ert": np.nan}
            bounds = {"score": score, "score_low": score / 2, "score_high": score * 2, "rank": m + 1}
            ranking.append({**name, **bounds, "success_rate": share, **interval})
    tau = np.geomspace(1, 100, 20)
    profile = [pd.DataFrame({"tau": tau, "method": m, "fraction": np.linspace(0, 1, 20)}) for m in methods]
    return {
        "curves": pd.concat(curves, ignore_index=True),
        "rates": pd.concat(rates, ignore_index=True),
        "ranking": pd.DataFrame(ranking),
        "profile": pd.concat(profile, ignore_index=True),
    }


@pytest.fixture
def run_tables():
    own = {"curves": make_curves(), "rates": make_rates(), "paths": make_paths(), "contours": make_contours()}
    own |= geometry_run_tables() | search_run_tables() | safeguard_run_tables() | gradient_free_run_tables()
    own |= architecture_run_tables()
    return own | initialization_run_tables() | stopping_run_tables()


@pytest.fixture
def learning_curves():
    return make_curves(metrics=("loss", "train_loss", "valid_loss", "valid_accuracy"))


@pytest.fixture
def run_about():
    return {
        "study": "comparison",
        "problem": "bowl",
        "method": "adam",
        "profile": "full",
        "best_learning_rate": 0.01,
        "seeds": 30,
        "steps": 200,
        "minimum": 0.0,
        "target": 1e-4,
        "stopped_step": 120.0,
        "minimum_points": [[0.0, 0.0]],
    }


@pytest.fixture
def study_tables():
    return make_study()


@pytest.fixture
def small_study_tables():
    own = make_study(PROBLEMS[:2], ["gd", "adam", "my_method"])
    own |= conditioning_study_tables()
    own |= schedule_study_tables() | stopping_study_tables()
    own |= ga_study_tables() | search_study_tables() | diagnosis_study_tables()
    own |= gradient_free_study_tables()
    own |= safeguard_study_tables() | architecture_study_tables()
    return own | geometry_study_tables(make_contours(21)) | initialization_study_tables() | batch_study_tables()


@pytest.fixture
def study_about():
    return {"study": "comparison", "profile": "full", "seeds": 30, "minimum": dict.fromkeys(PROBLEMS, 0.0)}
