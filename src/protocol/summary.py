"""The end of a sweep as one contract: the tables that every study owes, and its few numbers for DVC."""

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from src.core.result import Result
from src.protocol.claims import VERDICTS, without_too_few_seeds
from src.protocol.ledger import cards_table
from src.protocol.study import Study
from src.statistics.verdict import Verdict
from src.tables.concat_tables import concat_tables

HEADLINE = (
    "quantity",  # what was measured, as a name
    "value",  # the estimate
    "low",  # lower end of its 95 % interval; NaN: it has none
    "high",  # upper end
    "unit",  # of the value
    "about",  # which problem, method and setting, in words
)


FEWEST_HALVED = 4  # test seeds that are halved; half of fewer would be a single one


class StudyError(Exception):
    """A study is at fault; the message is one line."""


class OwedTableError(StudyError):
    """A study does not return a table that every study owes."""


def gather_study(study: Study, cells: Sequence[Result]) -> Result:
    """The study's own tables, with ``summary``, ``headline`` and ``verdicts`` as every study owes them.

    ``summary`` defaults to the test replicates of the cells' own summaries. ``verdicts`` is owed by studies that have
    claims; ``missing`` names each claim that the sweep has no runs for.

    Raises:
        OwedTableError: a table is missing, empty or lacks a column.
    """
    gathered = study.gather(cells)
    tables = dict(gathered.tables)
    if "summary" not in tables:
        tables["summary"] = _test_rows(concat_tables(cells, "summary"))
    tables["headline"] = pd.DataFrame(study.headline(replace(gathered, tables=tables)), columns=list(HEADLINE))
    _check(study, "summary", tables, ("problem", "method", "seed"))
    _check(study, "headline", tables, HEADLINE)
    claims = getattr(study, "claims", None)
    if claims:
        _check(study, "verdicts", tables, VERDICTS, may_be_empty=bool(gathered.missing))
        named = set(tables["verdicts"]["claim"])
        if unknown := named - set(claims):
            raise OwedTableError(f"study {study.name}: a verdict on {min(unknown)}, which is none of its claims")
        if lost := [name for name in claims if name not in named and name not in gathered.missing]:
            raise OwedTableError(f"study {study.name}: claim {lost[0]} has neither a verdict nor a reason in missing")
        seeds = _test_rows(tables["summary"])["seed"].nunique()
        settled = without_too_few_seeds(tables["verdicts"], claims, seeds)
        halved = _half_seeds(study, cells, settled, seeds)
        tables["verdicts"] = settled.assign(given=_given(cells), half_seeds=halved)
        tables["claims"] = cards_table(claims, int(cells[0].about.get("root_seed", 0)) if cells else 0)
    return replace(gathered, tables=tables)


def _half_seeds(study: Study, cells: Sequence[Result], verdicts: pd.DataFrame, seeds: int) -> list[str]:
    """Each row's verdict from the first half of the test seeds; empty where the row does not depend on seeds."""
    unknown = [""] * len(verdicts)
    if verdicts.empty or not cells or seeds < FEWEST_HALVED:
        return unknown
    halved = study.gather([_half(cell) for cell in cells]).tables["verdicts"]
    if list(halved["claim"]) != list(verdicts["claim"]):  # a row went, or came, with the seeds
        return unknown
    ends = ["estimate", "low", "high"]
    same = (halved[ends].eq(verdicts[ends]) | (halved[ends].isna() & verdicts[ends].isna())).all(axis=1)
    return [str(verdict) for verdict in halved["verdict"].mask(same, "")]


def _half(cell: Result) -> Result:
    """``cell`` with the first half, rounded up, of the seeds in each of its tables; tuning seeds stay."""
    tables = {}
    for name, table in cell.tables.items():
        tables[name] = table
        if "seed" in table:
            seeds = np.sort(_test_rows(table)["seed"].unique())
            kept = table["seed"].isin(seeds[: (len(seeds) + 1) // 2])
            tables[name] = table[kept | (table["split"] != "test") if "split" in table else kept]
    return replace(cell, tables=tables)


def _test_rows(summary: pd.DataFrame) -> pd.DataFrame:
    """The test replicates of a ``summary``; all rows where nothing was tuned."""
    return summary[summary["split"] == "test"] if "split" in summary else summary


def _given(cells: Sequence[Result]) -> str:
    """What all verdicts of a sweep take as certain: how a learning rate, say, was chosen on tuning seeds."""
    counts = [
        table.loc[table["split"] == "tuning", "seed"].nunique()
        for cell in cells
        for table in cell.tables.values()
        if {"split", "seed"} <= set(table)
    ]
    most = max(counts, default=0)
    return f"what was chosen on {most} tuning seed{'s' if most > 1 else ''}" if most else ""


def _check(
    study: Study, name: str, tables: dict[str, pd.DataFrame], columns: Sequence[str], *, may_be_empty: bool = False
) -> None:
    found = tables.get(name)
    if found is None or (found.empty and not may_be_empty):
        raise OwedTableError(f"study {study.name}: gather returns no table {name!r}, which every study owes")
    if lacking := [column for column in columns if column not in found]:
        raise OwedTableError(f"study {study.name}: its table {name!r} lacks the column {lacking[0]!r}")


def headline_metrics(gathered: Result) -> dict[str, float | int | str]:
    """Few numbers under names that all studies share, for ``dvc metrics``: headline, verdicts and replicates.

    The first row of ``headline`` gives ``headline`` (its quantity) and ``value``, which is left out where it is not
    finite, as json has no word for it.
    """
    first = gathered.tables["headline"].iloc[0]
    verdicts = gathered.tables.get("verdicts", pd.DataFrame(columns=["verdict"]))["verdict"]
    counts: dict[str, float | int | str] = {str(kind): int((verdicts == str(kind)).sum()) for kind in Verdict}
    value = float(first["value"])
    known: dict[str, float | int | str] = {"value": value} if math.isfinite(value) else {}
    return (
        {"headline": str(first["quantity"])}
        | known
        | counts
        | {"replicates": len(_test_rows(gathered.tables["summary"]))}
    )
