"""The comparison's answer: methods ranked on each problem with intervals, and over all problems."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from src.core.status import Status
from src.statistics.attempts import attempts, success_rate
from src.statistics.effects import paired_log_ratio, probability_of_superiority, sign_test
from src.statistics.intervals import UNKNOWN, bootstrap
from src.statistics.multiplicity import holm
from src.statistics.ranks import mean_ranks, performance_profile, ranks
from src.statistics.running_time import expected_running_time
from src.statistics.survival import median_time
from src.studies.study import Measured

FLOOR = 1e-12  # gaps to a minimum below this are rounding: a tie


def _gap(cell: Measured) -> np.ndarray:
    """Each test seed's score above the known minimum (not below FLOOR), or the score itself; ordered by seed."""
    test = cell.tables["summary"].query("split == 'test'").sort_values("seed")
    minimum = cell.about["minimum"]
    score = test["score"].to_numpy(np.float64)
    return score if minimum is None else np.maximum(score - minimum, FLOOR)


def _row(cell: Measured) -> dict[str, object]:
    test = cell.tables["summary"].query("split == 'test'").sort_values("seed")
    score = bootstrap(test["score"].to_numpy(np.float64))
    row: dict[str, object] = {
        "problem": cell.about["problem"],
        "optimizer": cell.about["optimizer"],
        "best_rate": cell.about["best_rate"],
        "rate_at_edge": cell.about["rate_at_edge"],
        "yardstick": cell.about["yardstick"],
        "score": score.value,
        "score_low": score.low,
        "score_high": score.high,
        "diverged_rate": (test["status"] == Status.DIVERGED.label).mean(),
    }
    if cell.about["target"] is None:
        return row
    runs = attempts(test["steps_to_target"].to_numpy(np.float64), cell.about["steps"], spent=test["steps"].to_numpy())
    for name, estimate in (
        ("success", success_rate(runs)),
        ("ert", expected_running_time(runs)),
        ("median_steps", median_time(runs)),
    ):
        row |= {name: estimate.value, f"{name}_low": estimate.low, f"{name}_high": estimate.high}
    row["success_rate"] = row.pop("success")
    return row


def _against(best: np.ndarray, other: np.ndarray) -> dict[str, float]:
    """How the best method does against another, by seed pairs, in decades (negative: the best is lower).

    Scores without a known minimum to measure from may be negative, and then have no ratio.
    """
    measurable = min(best.min(), other.min()) >= 0
    ratio = paired_log_ratio(best, other, floor=FLOOR) if measurable else UNKNOWN
    superiority = probability_of_superiority(best, other)
    return {
        "log10_ratio": ratio.value,
        "log10_ratio_low": ratio.low,
        "log10_ratio_high": ratio.high,
        "superiority": superiority.value,
        "superiority_low": superiority.low,
        "superiority_high": superiority.high,
        "p": sign_test(best, other),
    }


def ranking_table(cells: Sequence[Measured]) -> pd.DataFrame:
    """One row a problem and method, the best of each problem first.

    Columns: ``score`` (median over the test seeds of the problem's ``yardstick``) with a 95 % interval, success
    rate, ``ert`` (expected running time in steps) and ``median_steps`` to the target with intervals, ``rank``
    within the problem (ties share their mean), and for every method but the best how the best does against it:
    ``log10_ratio``, ``superiority``, ``p`` and ``p_holm``, adjusted over all comparisons of the table.
    ``with_best`` tells that the seeds do not show the method to be worse than the best at 5 %. The test is the sign
    test, which belongs to ``superiority``: a few diverged seeds count as lost pairs and no more.
    """
    blocks = []
    for problem in dict.fromkeys(cell.about["problem"] for cell in cells):
        group = [cell for cell in cells if cell.about["problem"] == problem]
        gaps = [_gap(cell) for cell in group]
        rows = pd.DataFrame([_row(cell) for cell in group])
        cost = np.array([np.median(gap) for gap in gaps])
        rows["rank"] = ranks(cost[None])[0]
        effort = rows["ert"].to_numpy() if "ert" in rows else np.zeros(len(rows))
        order = np.lexsort((effort, cost))
        best = gaps[order[0]]
        others = [{} if i == order[0] else _against(best, gap) for i, gap in enumerate(gaps)]
        blocks.append(
            rows.join(pd.DataFrame(others, index=rows.index))
            .iloc[order]
            .assign(best=group[order[0]].about["optimizer"])
        )
    table = pd.concat(blocks, ignore_index=True)
    if "p" not in table:
        return table.assign(p=np.nan, p_holm=np.nan, with_best=True)
    compared = table["p"].notna()
    table.loc[compared, "p_holm"] = holm(table.loc[compared, "p"].to_numpy())
    return table.assign(with_best=~((table["p_holm"] < 0.05) & (table["superiority"] > 0.5)))


def _matrix(ranking: pd.DataFrame, column: str) -> pd.DataFrame:
    """``column`` by problem and method, only problems that every method was tried on."""
    return ranking.pivot_table(index="problem", columns="optimizer", values=column, sort=False, dropna=False).dropna()


def overall_table(ranking: pd.DataFrame) -> pd.DataFrame:
    """One row a method: its mean rank over the problems, and on how many of them it is with the best."""
    matrix = _matrix(ranking, "rank")
    if matrix.empty:
        return pd.DataFrame(columns=["optimizer", "mean_rank", "with_best", "problems"])
    with_best = ranking[ranking["problem"].isin(matrix.index)].groupby("optimizer")["with_best"].sum()
    table = pd.DataFrame({"optimizer": matrix.columns, "mean_rank": mean_ranks(matrix.to_numpy())})
    table["with_best"] = with_best.reindex(table["optimizer"]).to_numpy()
    return table.assign(problems=len(matrix)).sort_values("mean_rank", ignore_index=True)


def profile_table(ranking: pd.DataFrame) -> pd.DataFrame:
    """Performance profile by expected running time: columns ``tau``, ``optimizer``, ``fraction``."""
    columns = ["tau", "optimizer", "fraction"]
    if "ert" not in ranking:
        return pd.DataFrame(columns=columns)
    cost = _matrix(ranking, "ert")
    if cost.empty:
        return pd.DataFrame(columns=columns)
    profile = performance_profile(np.maximum(cost.to_numpy(), 1.0))
    wide = pd.DataFrame(profile.solved, columns=cost.columns).assign(tau=profile.tau)
    return wide.melt(id_vars="tau", var_name="optimizer", value_name="fraction")[columns]


def winners(ranking: pd.DataFrame) -> pd.DataFrame:
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
    return pd.DataFrame(rows)
