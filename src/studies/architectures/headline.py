"""The few numbers of the study of architectures, for comparison between versions of its code."""

from typing import Any

from src.core.result import Tables
from src.statistics.intervals import mean

ROWS = 4
UNIT = "percentage points"


def headline_rows(tables: Tables) -> list[tuple[object, ...]]:
    """Rows of the ``headline`` table: the mean gain of tuning, the largest gain, and the best tuned accuracy."""
    gains = tables["tuning_gains"]
    whole = float(mean(gains["gain"].to_numpy(dtype=float)))
    nowhere = float("nan")
    runs = gains if len(gains) == 1 else gains.nlargest(1, "gain")
    rows: list[tuple[object, ...]] = []
    if len(gains) > 1:
        about = f"test accuracy at the tuned rate less that at the default rate, mean over {len(gains)} runs"
        rows.append(("tuning_gain", whole, nowhere, nowhere, UNIT, about))
    rows += [_gain(row) for row in runs.to_dict("records")]
    accuracies = tables["accuracies"]
    tuned = accuracies[accuracies["setting"] == "tuned"]
    rows += [_accuracy(row) for row in tuned.nlargest(1, "accuracy").to_dict("records")]
    return rows[:ROWS]


def _gain(row: dict[Any, Any]) -> tuple[object, ...]:
    about = f"{row['method']} on {row['problem']}, test accuracy at the tuned rate less that at the default rate"
    return "tuning_gain", row["gain"], row["low"], row["high"], UNIT, about


def _accuracy(row: dict[Any, Any]) -> tuple[object, ...]:
    about = f"{row['method']} on {row['problem']}, batch {row['batch']}, tuned: highest mean test accuracy"
    return "test_accuracy", row["accuracy"], row["low"], row["high"], "%", about
