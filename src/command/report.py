"""What is printed when a sweep has ended."""

from pathlib import Path

import pandas as pd

from src.command.study_page import PAGE
from src.core.result import Result
from src.monitor.run_diagnosis import counts_in_words
from src.protocol.study import Study


def report(study: Study, gathered: Result, results: Path, link: str | None, *, ended: str) -> str:
    """The study's answer as text, and where its figures, tables and charts are."""
    blocks = [ended]
    profile = str(gathered.about.get("profile"))
    if profile != "full":
        blocks.append(
            f"{profile.upper()} PROFILE: few seeds, short runs. This shows that the study runs, not what is true."
        )
    blocks += [f"{title}\n{_text(table)}" for title, table in study.answer(gathered).items() if not table.empty]
    if (verdicts := gathered.tables.get("verdicts")) is not None:
        blocks += [f"verdicts take as certain {given}" for given in verdicts["given"].dropna().unique() if given]
    if gathered.missing:
        left_out = "\n".join(f"{part}: {why}" for part, why in gathered.missing.items())
        blocks.append(f"left out, because the sweep lacks their runs\n{left_out}")
    if (diagnoses := gathered.tables.get("diagnoses")) is not None:
        blocks.append(f"what the runs' curves show: {counts_in_words(diagnoses['diagnosis'])}")
    blocks.append(
        f"page     {results / PAGE}\nfigures  {results / 'figures'}\ntables   {results}\n"
        f"charts   make ui, then {link or 'http://127.0.0.1:5000'}"
    )
    return "\n\n".join(blocks)


def _text(table: pd.DataFrame) -> str:
    return table.to_string(index=False, float_format=lambda value: f"{value:.4g}", na_rep="-")
