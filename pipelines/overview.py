"""The stage that gathers the headline numbers of all studies: ``results/overview.csv``.

The profile stands on every row, because numbers of a quick run must not be taken for those of a full one.
"""

import sys
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from src.command.help_text import names
from src.protocol.summary import HEADLINE
from src.tables.read_table import read_table

FULL = "full"  # the profile that a study's tables do not name


def gathered(results: Path, studies: Sequence[str], table: str, columns: Sequence[str]) -> pd.DataFrame:
    """The tables called ``table`` of the studies, one under the other.

    Args:
        results: folder with ``<study>/<table>.csv``.
        studies: names of studies that have run.
        table: its name; a study without such a table adds no row.
        columns: of the table.

    Returns:
        Columns study, ``columns``, profile.
    """
    frames = []
    for study in studies:
        rows = read_table(results / study / f"{table}.csv")
        if rows is not None:
            profile = rows.get("profile", FULL)
            frames.append(rows.reindex(columns=list(columns)).assign(study=study, profile=profile))
    wanted = ["study", *columns, "profile"]
    return pd.concat(frames, ignore_index=True)[wanted] if frames else pd.DataFrame(columns=wanted)


def main() -> int:
    """Write the table of all studies in ``conf/study``; 1 when one of them has no headline."""
    results = Path("results")
    studies = names(Path("conf"), "study")
    overview = gathered(results, studies, "headline", HEADLINE)
    if absent := sorted(set(studies) - set(overview["study"])):
        print(f"error: results/{absent[0]}/headline.csv: missing; run python -m src.run +study={absent[0]}")
        return 1
    overview.to_csv(results / "overview.csv", index=False)
    print(f"results/overview.csv: {len(overview)} numbers of {len(studies)} studies")
    return 0


if __name__ == "__main__":
    sys.exit(main())
