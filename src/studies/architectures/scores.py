"""Accuracies by method and network, with intervals over seeds, and gains from tuning and from a small batch."""

import numpy as np
import pandas as pd

from src.statistics.intervals import Array, bootstrap, mean

SCORES = (
    "problem",
    "method",
    "setting",  # tuned, or default: at the method's default rate
    "batch",  # samples per step
    "seed",  # of the test split
    "learning_rate",
    "at_edge",  # whether the tuned rate lies on the edge of the widened grid
    "test_accuracy",  # in percent
    "valid_accuracy",
    "train_loss",
    "diverged",
)
ACCURACIES = (
    "problem",
    "method",
    "setting",
    "batch",
    "learning_rate",
    "at_edge",
    "accuracy",  # on the test part, in percent: mean over seeds, with its 95 % interval
    "low",
    "high",
    "valid_accuracy",  # mean
    "train_loss",  # median
    "diverged",  # share of seeds
)
ARM = ["problem", "method", "setting", "batch"]


def points(rows: pd.DataFrame) -> Array:
    """Test accuracies in the order of seeds, (S,), in percent."""
    return np.asarray(rows.sort_values("seed")["test_accuracy"], dtype=np.float64)


def accuracies_table(scores: pd.DataFrame) -> pd.DataFrame:
    """One row for each problem, method, setting and batch; columns ``ACCURACIES``."""
    rows = []
    for arm, group in scores.groupby(ARM, sort=False):
        rate, at_edge = float(group["learning_rate"].iloc[0]), bool(group["at_edge"].iloc[0])
        others = (group["valid_accuracy"].mean(), group["train_loss"].median(), group["diverged"].mean())
        rows.append((*arm, rate, at_edge, *bootstrap(points(group), mean), *others))
    return pd.DataFrame(rows, columns=list(ACCURACIES))


def tuning_gains_table(scores: pd.DataFrame) -> pd.DataFrame:
    """Test accuracy at the tuned rate less that at the default one, in points, by pairs of seeds."""
    rows = []
    for (problem, method), group in scores.groupby(["problem", "method"], sort=False):
        own = group[group["batch"] == group["batch"].min()]
        tuned, default = (own[own["setting"] == name] for name in ("tuned", "default"))
        rates = (
            float(default["learning_rate"].iloc[0]),
            float(tuned["learning_rate"].iloc[0]),
            bool(tuned["at_edge"].iloc[0]),
        )
        rows.append((problem, method, *rates, *bootstrap(points(tuned) - points(default), mean)))
    columns = ["problem", "method", "default_rate", "best_learning_rate", "at_edge", "gain", "low", "high"]
    return pd.DataFrame(rows, columns=columns)


def batch_gains_table(scores: pd.DataFrame) -> pd.DataFrame:
    """Test accuracy with the smaller batch less that with the larger, each tuned, in points, by pairs of seeds."""
    rows = []
    tuned = scores[scores["setting"] == "tuned"]
    for (problem, method), group in tuned.groupby(["problem", "method"], sort=False):
        sizes = sorted(group["batch"].unique())
        if len(sizes) < 2:
            continue
        small, large = (group[group["batch"] == size] for size in (sizes[0], sizes[-1]))
        losses = (float(small["train_loss"].median()), float(large["train_loss"].median()))
        edge = bool(small["at_edge"].iloc[0] or large["at_edge"].iloc[0])
        gain = bootstrap(points(small) - points(large), mean)
        rows.append((problem, method, sizes[0], sizes[-1], *losses, edge, *gain))
    columns = ["problem", "method", "small", "large", "small_train_loss", "large_train_loss", "at_edge"]
    return pd.DataFrame(rows, columns=[*columns, "gain", "low", "high"])
