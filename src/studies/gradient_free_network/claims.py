"""Verdicts on the claims about a network that is trained without gradients, from the ends of each cell."""

from collections.abc import Iterator, Mapping, Sequence

import pandas as pd

from src.core.result import Result
from src.protocol.claims import Claim, settle_each
from src.statistics.effects import differences, log_ratios
from src.statistics.intervals import bootstrap, mean

KINDS = ("loss", "accuracy")


def verdicts(claims: Mapping[str, Claim], cells: Sequence[Result]) -> tuple[pd.DataFrame, dict[str, str]]:
    """The ``verdicts`` table, one row per claim and cell, and the claims that lack runs: none, as a cell has both."""
    return settle_each(claims, lambda name, claim: _rows(name, claim, cells))


def _rows(name: str, claim: Claim, cells: Sequence[Result]) -> Iterator[dict[str, object]]:
    kind = name.rpartition(".")[2]
    for cell in cells:
        ends = cell.tables["ends"].sort_values("seed")
        ours, theirs = (ends[ends["method"] == method] for method in (cell.about["method"], "momentum"))
        pair = (ours[kind].to_numpy(float), theirs[kind].to_numpy(float))
        gaps = log_ratios(*pair) if kind == "loss" else 100 * differences(*pair)
        at_edge = cell.about["learning_rate_at_edge"]
        blocked = "momentum's learning rate lies on the edge of what was tried" if at_edge else ""
        yield claim.settle(name, bootstrap(gaps, mean), _settings(cell), blocked)


def _settings(cell: Result) -> str:
    about = cell.about
    return f"{about['problem']}: {about['method']} with {about['evaluations']} evaluations against momentum"
