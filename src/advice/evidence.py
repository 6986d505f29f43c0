"""What a ranking rests on: the finished runs on disk, and the verdicts on claims by the same studies."""

import hashlib
from collections.abc import Iterable, Sequence
from pathlib import Path

import pandas as pd
import yaml

from src.advice.comparisons import read_table
from src.runs.directories import RECORD, read_record

SHOWN = 6


def runs_of(here: Path, studies: Iterable[str]) -> dict[tuple[str, str, str], str]:
    """Identity of the run behind each (study, problem, method) of ``results/``; empty where the runs are not on disk.

    The sweep that wrote a study's results is the one whose ``summary.csv`` has the same digest.
    """
    sweeps = {}
    for path in (here / "runs" / "sweeps").glob(f"*/{RECORD}"):
        try:
            record = read_record(path.parent)
            sweeps[(str(record["study"]), str(record["files"]["summary.csv"]))] = path.parent
        except (OSError, ValueError, KeyError, TypeError):  # a damaged record tells nothing
            continue
    found: dict[tuple[str, str, str], str] = {}
    for study in studies:
        summary = here / "results" / study / "summary.csv"
        sweep = sweeps.get((study, hashlib.sha256(summary.read_bytes()).hexdigest())) if summary.is_file() else None
        if sweep is None:
            continue
        for identity in yaml.safe_load((sweep / "config.yaml").read_text(encoding="utf-8")).get("runs", []):
            try:
                about = read_record(here / "runs" / identity)["about"]
            except (OSError, ValueError, KeyError):
                continue
            found[(study, about["problem"], about["method"])] = identity
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
