"""What a report is made of, read from ``results/`` and ``conf/``: absent tables are left out, never an error."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import yaml

from pipelines.overview import FULL
from src.command.help_text import names
from src.command.study_page import PAGE
from src.protocol.claims import VERDICTS
from src.protocol.ledger import LEDGER
from src.tables.read_table import read_table

EFFECT = ("estimate", "low", "high", "smallest_effect")
VERDICT_COLUMNS = ("study", *VERDICTS, "profile", "other_root", "p", "q", "verdict_fdr")


@dataclass(frozen=True)
class StudyTables:
    """One study.

    Attributes:
        name: the study's name.
        config: path of the study's yaml.
        question, how_to_read: texts of the yaml; empty where it has none.
        meanings: for each claim what a verdict means, by verdict, as the yaml says it.
        tables: the study's tables by name.
        figures: files of the study's figures.
        has_page: whether its findings in words, page.md, were written.
    """

    name: str
    config: Path
    question: str
    how_to_read: str
    meanings: Mapping[str, Mapping[str, str]]
    tables: Mapping[str, pd.DataFrame]
    figures: tuple[Path, ...]
    has_page: bool


def read_claims(results: Path) -> pd.DataFrame:
    """The ledger, columns LEDGER; empty where it was not written."""
    return _words_and_numbers(read_table(results / "claims.csv"), LEDGER, (*EFFECT, "settings"))


def read_verdicts(results: Path) -> pd.DataFrame:
    """The verdicts under each setting of all studies, columns VERDICT_COLUMNS; empty where they were not written."""
    return _words_and_numbers(read_table(results / "verdicts.csv"), VERDICT_COLUMNS, (*EFFECT, "p", "q"))


def _words_and_numbers(rows: pd.DataFrame | None, columns: Sequence[str], numbers: Sequence[str]) -> pd.DataFrame:
    """``columns`` of the table: words are never missing, numbers may be NaN."""
    table = (pd.DataFrame() if rows is None else rows).reindex(columns=list(columns))
    for name in columns:
        if name in numbers:
            table[name] = pd.to_numeric(table[name], errors="coerce")
        else:
            table[name] = table[name].astype(object).where(table[name].notna(), "")
    return table


def study_names(root: Path) -> list[str]:
    """Names of all studies in ``conf/study`` and of those whose claims are in the ledger, sorted."""
    return sorted(set(names(root / "conf", "study")) | set(read_claims(root / "results")["study"]) - {""})


def read_study(root: Path, name: str) -> StudyTables:
    """The study called ``name`` of the project at ``root``."""
    config = Path("conf") / "study" / f"{name}.yaml"
    own = yaml.safe_load((root / config).read_text(encoding="utf-8")) if (root / config).is_file() else None
    about = (own or {}).get("study") or {}
    folder = root / "results" / name
    tables = {path.stem: read_table(path) for path in sorted(folder.glob("*.csv"))}
    return StudyTables(
        name,
        config,
        str(about.get("question", "")).strip(),
        str(about.get("how_to_read", "")).strip(),
        {claim: own.get("meaning") or {} for claim, own in (about.get("claims") or {}).items()},
        {stem: table for stem, table in tables.items() if table is not None},
        tuple(sorted((folder / "figures").glob("*.png"))),
        (folder / PAGE).is_file(),
    )


def profile_of(table: pd.DataFrame) -> str:
    """The profile whose runs made ``table``."""
    if "profile" not in table:
        return FULL
    return ", ".join(sorted(table["profile"].dropna().astype(str).unique())) or FULL
