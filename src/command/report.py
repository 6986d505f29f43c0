"""What is printed when a sweep has ended."""

from pathlib import Path

import pandas as pd

from src.studies.study import Measured

SHOWN_RUNS = 40  # a longer list of runs is not read


def report(gathered: Measured, results: Path, link: str | None, *, ended: str) -> str:
    """The study's answer as text, and where its figures, tables and charts are."""
    tables = gathered.tables
    blocks = [ended]
    if gathered.about.get("profile") != "full":
        blocks.append("QUICK PROFILE: few seeds, short runs. This shows that the study runs, not what is true.")
    if "settings" in tables:
        blocks.append(_text(tables["settings"]))
    elif len(tables["ranking"]) <= SHOWN_RUNS or tables["overall"].empty:
        blocks.append(_ranking(tables["ranking"]))
    else:
        blocks.append(_winners(tables["ranking"]))
    overall = tables.get("overall", pd.DataFrame())
    if len(overall) > 1:
        blocks.append("Over all problems (rank 1 is best):\n" + _text(overall))
    blocks.append(
        f"figures  {results / 'figures'}\ntables   {results}\n"
        f"charts   make ui, then {link or 'http://127.0.0.1:5000'}"
    )
    return "\n\n".join(blocks)


def _ranking(ranking: pd.DataFrame) -> str:
    wanted = ["problem", "rank", "optimizer", "best_rate", "score", "score_low", "score_high", "success_rate", "ert"]
    return _text(ranking[[column for column in wanted if column in ranking]])


def _winners(ranking: pd.DataFrame) -> str:
    """One line a problem: the best method, its score with interval, and who is not separated from it."""
    rows = []
    for problem, group in ranking.groupby("problem", sort=False):
        best = group.iloc[0]
        level = group.iloc[1:].query("with_best")["optimizer"]
        rows.append(
            {
                "problem": problem,
                "best": best["optimizer"],
                "rate": best["best_rate"],
                "measured by": best["yardstick"],
                "median": best["score"],
                "95 % interval": f"{best['score_low']:.3g} … {best['score_high']:.3g}",
                "not separated from it": ", ".join(level) or "none",
            }
        )
    return _text(pd.DataFrame(rows))


def _text(table: pd.DataFrame) -> str:
    return table.to_string(index=False, float_format=lambda value: f"{value:.4g}", na_rep="-")
