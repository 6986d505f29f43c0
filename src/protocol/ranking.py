"""Ranking of methods on each problem with intervals, and over all problems."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from src.core.result import Result
from src.core.status import Status
from src.statistics.effects import paired_log_ratio, probability_of_superiority, sign_test
from src.statistics.intervals import UNKNOWN, bootstrap
from src.statistics.multiplicity import holm
from src.statistics.ranks import mean_ranks, performance_profile, ranks
from src.statistics.running_time import expected_running_time
from src.statistics.runtimes import attempts, success_rate
from src.statistics.survival import median_time

FLOOR = 1e-12  # gaps to a minimum below this value are rounding: ties


def _gap(cell: Result) -> np.ndarray:
    """Each test seed's score above the known minimum (at least FLOOR), or the score itself; ordered by seed."""
    test = cell.tables["summary"].query("split == 'test'").sort_values("seed")
    minimum = cell.about["minimum"]
    score = test["score"].to_numpy(np.float64)
    return score if minimum is None else np.maximum(score - minimum, FLOOR)


def _row(cell: Result) -> dict[str, object]:
    """Score, success and times of one run, with intervals."""
    test = cell.tables["summary"].query("split == 'test'").sort_values("seed")
    score = bootstrap(test["score"].to_numpy(np.float64))
    row: dict[str, object] = {
        "problem": cell.about["problem"],
        "method": cell.about["method"],
        "best_learning_rate": cell.about["best_learning_rate"],
        "learning_rate_at_edge": cell.about["learning_rate_at_edge"],
        "test_metric": cell.about["test_metric"],
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
    """Comparison of the best method with another by pairs of seeds, in decades (negative: the best is lower).

    Scores without a known minimum may be negative, and negative scores have no ratio.
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


def ranking_table(cells: Sequence[Result]) -> pd.DataFrame:
    """One row per problem and method, the best of each problem first.

    Columns: ``score`` (median over the test seeds of the problem's ``test_metric``) with a 95 % interval, success
    rate, ``ert`` (expected running time in steps) and ``median_steps`` to the target with intervals, ``rank``
    within the problem (ties share their mean), and for every method but the best how the best does against it:
    ``log10_ratio``, ``superiority``, ``p`` and ``p_holm``, adjusted over all comparisons of the table.
    ``tied_with_best`` is true where the seeds do not show the method to be worse than the best at the 5 % level. The
    test is the sign test, which belongs to ``superiority``: each diverged seed counts as one lost pair.
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
            rows.join(pd.DataFrame(others, index=rows.index)).iloc[order].assign(best=group[order[0]].about["method"])
        )
    table = pd.concat(blocks, ignore_index=True)
    if "p" not in table:
        return table.assign(p=np.nan, p_holm=np.nan, tied_with_best=True)
    compared = table["p"].notna()
    table.loc[compared, "p_holm"] = holm(table.loc[compared, "p"].to_numpy())
    return table.assign(tied_with_best=~((table["p_holm"] < 0.05) & (table["superiority"] > 0.5)))


def _matrix(ranking: pd.DataFrame, column: str) -> pd.DataFrame:
    """``column`` by problem and method, for the problems that every method was tried on."""
    return ranking.pivot_table(index="problem", columns="method", values=column, sort=False, dropna=False).dropna()


def overall_table(ranking: pd.DataFrame) -> pd.DataFrame:
    """One row per method: its mean rank, and the number of problems on which it is tied with the best."""
    matrix = _matrix(ranking, "rank")
    if matrix.empty:
        return pd.DataFrame(columns=["method", "mean_rank", "tied_with_best", "problems"])
    tied_with_best = ranking[ranking["problem"].isin(matrix.index)].groupby("method")["tied_with_best"].sum()
    table = pd.DataFrame({"method": matrix.columns, "mean_rank": mean_ranks(matrix.to_numpy())})
    table["tied_with_best"] = tied_with_best.reindex(table["method"]).to_numpy()
    return table.assign(problems=len(matrix)).sort_values("mean_rank", ignore_index=True)


def profile_table(ranking: pd.DataFrame) -> pd.DataFrame:
    """Performance profile by expected running time: columns ``tau``, ``method``, ``fraction``."""
    columns = ["tau", "method", "fraction"]
    if "ert" not in ranking:
        return pd.DataFrame(columns=columns)
    cost = _matrix(ranking, "ert")
    if cost.empty:
        return pd.DataFrame(columns=columns)
    profile = performance_profile(np.maximum(cost.to_numpy(), 1.0))
    wide = pd.DataFrame(profile.solved, columns=cost.columns).assign(tau=profile.tau)
    return wide.melt(id_vars="tau", var_name="method", value_name="fraction")[columns]


def winners(ranking: pd.DataFrame) -> pd.DataFrame:
    """One row per problem: the best method, its score with interval, and the methods that are tied with it."""
    rows = []
    for problem, group in ranking.groupby("problem", sort=False):
        best = group.iloc[0]
        level = group.iloc[1:].query("tied_with_best")["method"]
        rows.append(
            {
                "problem": problem,
                "best": best["method"],
                "learning_rate": best["best_learning_rate"],
                "measured by": best["test_metric"],
                "median": best["score"],
                "95 % interval": f"{best['score_low']:.3g} … {best['score_high']:.3g}",
                "not separated from it": ", ".join(level) or "none",
            }
        )
    return pd.DataFrame(rows)
