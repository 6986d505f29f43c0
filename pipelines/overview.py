"""The stage that gathers the end metrics of all studies into one tidy table, ``results/overview.csv``."""

import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pandas as pd

COLUMNS = ["study", "problem", "optimizer", "metric", "value", "profile"]
Row = tuple[str, str, str, str, float, str]


def overview(results: Path, studies: Sequence[str]) -> pd.DataFrame:
    """One row for each study, problem, optimizer and metric, in the order of ``studies`` and their files.

    Args:
        results: folder with ``<study>/metrics.json`` (problem -> optimizer -> metric -> value) and ``summary.csv``.
        studies: names of studies that have run.

    Returns:
        Columns study, problem, optimizer, metric, value, profile. The profile is on every row, because numbers of a
        quick run must not be taken for those of a full one.

    Raises:
        FileNotFoundError: a study has not run.
    """
    return pd.DataFrame([row for study in studies for row in _rows(results / study)], columns=COLUMNS)


def _rows(folder: Path) -> Iterator[Row]:
    profile = _profile(folder / "summary.csv")
    nested = json.loads((folder / "metrics.json").read_text(encoding="utf-8"))
    for problem, methods in nested.items():
        for optimizer, metrics in methods.items():
            for metric, value in metrics.items():
                yield folder.name, problem, optimizer, metric, float(value), profile


def _profile(summary: Path) -> str:
    """The profile that a study's tables were made with; those of the full one do not say it."""
    return str(pd.read_csv(summary, nrows=1).get("profile", pd.Series(["full"])).iloc[0])


def main(studies: Sequence[str]) -> int:
    """Write the overview of ``studies``."""
    results = Path("results")
    table = overview(results, studies)
    table.to_csv(results / "overview.csv", index=False)
    print(f"results/overview.csv: {len(table)} metrics of {table['study'].nunique()} studies")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
