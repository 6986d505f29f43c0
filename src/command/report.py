"""What is printed when a sweep has ended."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from src.command.study_page import PAGE
from src.core.result import Result
from src.monitor.run_diagnosis import counts_in_words
from src.protocol.ledger import overall
from src.protocol.study import Study
from src.protocol.until_decided import Outcome
from src.statistics.looks import Look
from src.statistics.verdict import Verdict


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


def decisions(outcome: Outcome, looks: Sequence[Look], most: int) -> str:
    """For each claim that was to be decided its verdict, and the look and the seeds that decided it.

    Args:
        outcome: what the looks have come to.
        looks: as they were planned.
        most: test seeds that might have been spent.
    """
    verdicts = outcome.result.tables["verdicts"]
    lines = []
    for claim, look in outcome.decided.items():
        own = verdicts[verdicts["claim"] == claim]
        verdict = overall(list(own["verdict"]))
        if look is None:
            open_rows = int((own["verdict"] == Verdict.INCONCLUSIVE).sum())
            of = f", {open_rows} of {len(own)} settings" if len(own) > 1 else ""
            lines.append(f"{claim}: not decided within {outcome.seeds} seeds{of}")
            continue
        seeds = int(own.loc[own["look"] == look, "seeds"].iloc[0])
        level = f"{100 * looks[look - 1].confidence:.4g} % intervals"
        lines.append(f"{claim}: {verdict}, {seeds} seeds (look {look} of {len(looks)}, {level})")
    spent = f"test seeds spent: {outcome.seeds} of at most {most}, at {outcome.looks} of {len(looks)} planned looks"
    return "\n".join([*lines, spent])


def _text(table: pd.DataFrame) -> str:
    return table.to_string(index=False, float_format=lambda value: f"{value:.4g}", na_rep="-")
