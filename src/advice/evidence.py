"""What a ranking rests on: the finished runs on disk, and the verdicts on claims by the same studies."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import pandas as pd

from src.tables.read_table import read_table

SHOWN = 6


def runs_of(here: Path, studies: Iterable[str]) -> dict[tuple[str, str, str], str]:
    """Identity of the run behind each (study, problem, method) of ``results/``, where that run is on disk."""
    found: dict[tuple[str, str, str], str] = {}
    for study in studies:
        rows = read_table(here / "results" / study / "diagnoses.csv")
        if rows is None or not {"problem", "method", "run"} <= set(rows):
            continue
        for problem, method, run in rows[["problem", "method", "run"]].dropna().itertuples(index=False):
            if (here / "runs" / run).is_dir():
                found[(study, problem, method)] = run
    return found


def verdicts_on(here: Path, studies: Sequence[str], method: str) -> list[str]:
    """A line for each claim of these studies whose judged settings name the method, from ``results/claims.csv``.

    Where the ledger is missing, the studies' own verdicts are read.
    """
    ledger = read_table(here / "results" / "claims.csv")
    lines: list[str] = []
    for study in studies:
        rows = read_table(here / "results" / study / "verdicts.csv")
        if rows is None or rows.empty or not {"claim", "settings", "verdict", "statement"} <= set(rows):
            continue
        named = rows[rows["settings"].fillna("").str.split(r"[^\w]+").map(lambda words: method in words)]
        for claim, group in named.groupby("claim", sort=False):
            statement = str(group["statement"].iloc[0])
            verdict = _overall(ledger, study, str(claim)) or ", ".join(dict.fromkeys(group["verdict"]))
            lines.append(f"{claim} ({study}): {verdict}: {statement}")
    return lines[:SHOWN]


def _overall(ledger: pd.DataFrame | None, study: str, claim: str) -> str:
    """The ledger's one verdict on a claim; nothing where it has none."""
    if ledger is None or not {"study", "claim", "verdict"} <= set(ledger):
        return ""
    rows = ledger[(ledger["study"] == study) & (ledger["claim"] == claim)]
    return str(rows["verdict"].iloc[0]) if len(rows) == 1 else ""
