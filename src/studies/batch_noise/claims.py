"""Claims of the study of batch sizes, settled from its tables (C8, C9, C10, C11, C27; C31 in part)."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from src.core.result import Result, Tables
from src.protocol.claims import Claim, verdicts_table
from src.statistics.effects import paired_difference, paired_log_ratio
from src.statistics.intervals import UNKNOWN, Estimate, mean
from src.statistics.scaling import distance_from
from src.studies.batch_noise.descents import FASTEST, LOWEST, SHARED
from src.studies.batch_noise.laws import POOLED
from src.studies.batch_noise.tables import by_seed

AT_EDGE = "a best learning rate lies on the edge of the widened grid"
NOT_REACHED = "the reference descent did not reach the target with every seed"
RATE_WORDS = {LOWEST: "each at its own tuned rate", SHARED: "all at one rate"}
FLOOR = 1e-12  # of a loss above the minimum, before its logarithm is taken
_BATCHES = "runs of two batch sizes at least of one problem, as problem.batch_size=1,null"
_ACCURACIES = f"{_BATCHES}, and a problem with accuracies (digits_logistic, digits_mlp)"
# The claims that the tables can settle, and the runs that each of them needs.
CLAIMS = {
    "C8": _BATCHES,
    "C9.a": _BATCHES,
    "C9.b": _BATCHES,
    "C10.a": _ACCURACIES,
    "C10.b": _ACCURACIES,
    "C10.c": f"{_ACCURACIES}, in which a seed reaches the target",
    "C11.a": _BATCHES,
    "C11.b": _BATCHES,
    "C11.c": _BATCHES,
    "C27": "runs of two batch sizes at least, as problem.batch_size=1,null",
}


def verdicts(
    claims: Mapping[str, Claim], tables: Tables, cells: Sequence[Result], small: int
) -> tuple[pd.DataFrame, dict[str, str]]:
    """The ``verdicts`` table, one row per claim and setting; and for each claim without a row the runs that it needs.

    Args:
        claims: claims by name, each one of ``CLAIMS``.
        tables: the sweep's tables.
        cells: the sweep's runs.
        small: the small batch of C10; the nearest batch size of the sweep stands for it.
    """
    rows = [
        claims[name].settle(name, estimate, settings, blocked)
        for name, estimate, settings, blocked in (*_noise(tables), *_training(tables, cells, small))
        if name in claims
    ]
    settled = {row["claim"] for row in rows}
    return verdicts_table(rows), {name: f"needs {CLAIMS[name]}" for name in claims if name not in settled}


Row = tuple[str, Estimate, str, str]  # claim, estimate, settings, and the reason that blocks it or ""


def _estimate(row: Any, name: str) -> Estimate:
    return Estimate(*(float(row[column]) for column in (name, f"{name}_low", f"{name}_high")))


def _noise(tables: Tables) -> Iterator[Row]:
    law = tables["noise_law"]
    product = tables["noise_product"]
    batches = product.groupby("problem")["batch"].nunique()
    for _, row in law[law["point"] == POOLED].iterrows():
        if batches[row["problem"]] > 1:
            yield "C8", distance_from(_estimate(row, "exponent"), -1), f"{row['problem']}, {POOLED}", ""
    if len(tables["estimation"]) < 2:
        return
    error = _estimate(tables["estimation"].iloc[0], "exponent")
    yield "C27", distance_from(error, -0.5), "estimates of 2x from 2x + N(0, 0.5)", ""


def _training(tables: Tables, cells: Sequence[Result], small: int) -> Iterator[Row]:
    summary = tables["summary"]
    for problem in dict.fromkeys(summary["problem"]):
        own = [cell.about for cell in cells if cell.about["problem"] == problem]
        batches = sorted(about["batch"] for about in own)
        if len(batches) < 2:
            continue
        first, last = batches[0], batches[-1]
        edge = {
            purpose: AT_EDGE if any(about[key] for about in own) else ""
            for purpose, key in ((FASTEST, "fastest_at_edge"), (LOWEST, "learning_rate_at_edge"))
        }
        floor = own[0]["minimum"] or 0.0
        for purpose, words in RATE_WORDS.items():
            settings, blocked = f"{problem}: batch {first} against {last}, {words}", edge.get(purpose, "")
            early = (by_seed(summary, problem, purpose, "first_epoch") - floor).clip(lower=0)
            yield "C9.a", paired_log_ratio(early[first], early[last], floor=FLOOR), settings, blocked
            rises = by_seed(summary, problem, purpose, "rises")
            yield "C9.b", _difference(rises[first], rises[last]), settings, blocked
        yield from _generalization(summary, problem, min(batches, key=lambda b: abs(b - small)), last, edge)
        scaling = tables["scaling"].set_index("problem").loc[problem]
        yield "C11.a", _estimate(scaling, "rate_exponent"), f"{problem}: batch {first} to {last}", edge[FASTEST]
        yield "C11.b", _estimate(scaling, "decades_lost"), f"{problem}: batch {last} against {first}", edge[FASTEST]
        blocked = NOT_REACHED if scaling["reached"] < 1 else edge[FASTEST]
        yield "C11.c", distance_from(_estimate(scaling, "decades"), 0), problem, blocked


def _generalization(
    summary: pd.DataFrame, problem: str, small: int, large: int, edge: Mapping[str, str]
) -> Iterator[Row]:
    """C10: accuracy after equal epochs at one rate (a), at tuned rates (b), and at equal training loss (c)."""
    if "final_test_accuracy" not in summary:
        return
    against = f"{problem}: batch {small} against {large}"
    parts = (
        ("C10.a", SHARED, "final_test_accuracy", f"equal epochs, {RATE_WORDS[SHARED]}"),
        ("C10.b", LOWEST, "final_test_accuracy", f"equal epochs, {RATE_WORDS[LOWEST]}"),
        ("C10.c", FASTEST, "accuracy_at_target", "when each first reached the target"),
    )
    for name, purpose, column, words in parts:
        accuracy = by_seed(summary, problem, purpose, column)
        if accuracy.notna().any(axis=None):
            gap = _difference(100 * accuracy[small], 100 * accuracy[large])
            yield name, gap, f"{against}, {words}", edge.get(purpose, "")


def _difference(a: pd.Series, b: pd.Series) -> Estimate:
    """Mean difference over the seeds that have both values."""
    both = (a.notna() & b.notna()).to_numpy()
    return paired_difference(a[both], b[both], mean) if both.any() else UNKNOWN
