"""Ranking of methods on each problem with intervals, and over all problems."""

from collections.abc import Sequence
from itertools import combinations
from typing import NamedTuple

import numpy as np
import pandas as pd

from src.core.result import Result
from src.core.status import Status
from src.statistics.effects import paired_log_ratio
from src.statistics.intervals import UNKNOWN, Array, Estimate, bootstrap, mean, wilson
from src.statistics.multiplicity import holm
from src.statistics.pairwise_wins import LEVEL, Outcomes, able_test, fewest_runs, points
from src.statistics.ranks import critical_difference, friedman_test, performance_profile, ranks
from src.statistics.running_time import expected_running_time
from src.statistics.runtimes import attempts, success_rate
from src.statistics.survival import median_time
from src.tables.search_summary import FAILED

FLOOR = 1e-12  # gaps to a minimum below this value are rounding: ties
BEST, WORSE, TIED = "best", "worse", "not shown to be worse"
_AGAINST = [
    "log10_ratio", "log10_ratio_low", "log10_ratio_high", "superiority", "superiority_low", "superiority_high", "p",
    "p_holm",
]  # fmt: skip
_OVERALL = [
    "method", "mean_rank", "mean_rank_low", "mean_rank_high", "tied_with_best", "problems", "friedman_p",
    "critical_difference",
]  # fmt: skip


class _Field(NamedTuple):
    """All methods on one problem, on the test seeds that they share."""

    gaps: list[Array]  # (seeds,): score above the known minimum, at least the tolerance; or the score itself
    outcomes: list[Outcomes]
    tolerance: float  # scores that differ by less are ties


def _test(cell: Result) -> pd.DataFrame:
    return cell.tables["summary"].query("split == 'test'").sort_values("seed")


def _field(cells: Sequence[Result]) -> _Field:
    about = cells[0].about
    known = about["minimum"] is not None and about["target"] is not None
    tolerance = about["target"] - about["minimum"] if known else 0.0
    tables = [_test(cell).set_index("seed") for cell in cells]
    shared = tables[0].index
    for table in tables[1:]:
        shared = shared.intersection(table.index)
    scores = [table.loc[shared, "score"].to_numpy(np.float64) for table in tables]
    times = [table.loc[shared, "steps_to_target"].fillna(np.inf).to_numpy(np.float64) for table in tables]
    gaps = gaps_of(scores, about["minimum"], tolerance)
    return _Field(gaps, outcomes_of(times, gaps), tolerance)


def gaps_of(scores: Sequence[Array], minimum: float | None, tolerance: float) -> list[Array]:
    """Scores (seeds,) of each method above the minimum, at least the tolerance; as they are where none is known."""
    if minimum is None:
        return list(scores)
    return [np.maximum(score - minimum, tolerance or FLOOR) for score in scores]


def outcomes_of(times: Sequence[Array], gaps: Sequence[Array]) -> list[Outcomes]:
    """How each method's runs ended: where any run reached the target, the target decides, and else the gap does.

    Args:
        times: for each method, shape (seeds,), when the target was reached; inf where it was not.
        gaps: for each method, shape (seeds,), as of ``gaps_of``; inf where a run diverged.
    """
    solved = any(np.isfinite(each).any() for each in times)
    values = [np.where(np.isinf(gap), gap, 0.0) if solved else gap for gap in gaps]
    return [Outcomes(*pair) for pair in zip(times, values, strict=True)]


def _row(cell: Result) -> dict[str, object]:
    """Score, success and times of one run, with intervals."""
    test = _test(cell)
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
        "diverged_rate": test["status"].isin((Status.DIVERGED.label, FAILED)).mean(),
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


def _win_shares(field: _Field) -> Array:
    """Share of the pairs of a seed and another method that each method wins, ties counted half; (methods,)."""
    count = len(field.outcomes)
    won = np.full((count, count), 0.5)
    for one, other in combinations(range(count), 2):
        won[one, other] = points(field.outcomes[one], field.outcomes[other], field.tolerance).mean()
        won[other, one] = 1 - won[one, other]
    return np.asarray((won.sum(axis=1) - 0.5) / (count - 1)) if count > 1 else np.ones(1)


def share_of_wins(one: Result, other: Result) -> tuple[Estimate, int]:
    """Share of the seeds in which a run of ``one`` wins against that of ``other``, ties counted half, and the seeds.

    Wins are as in the ranking: reaching the target decides, then the time to it; the interval is Wilson's.
    """
    field = _field([one, other])
    [first, second] = field.outcomes
    won = points(first, second, field.tolerance)
    return wilson(float(won.mean()), won.size), won.size


def _p_values(field: _Field) -> dict[frozenset[int], dict[str, float]]:
    """``p`` and Holm's ``p_holm`` of each pair of methods; none where the seeds are too few for any test.

    The family is all pairs, so that it does not matter that the best method was chosen by the same runs.
    """
    pairs = list(combinations(range(len(field.outcomes)), 2))
    test = able_test(len(field.gaps[0]), len(pairs))
    if test is None or not pairs:
        return {}
    p = [test.p_value(field.outcomes[one], field.outcomes[other], field.tolerance) for one, other in pairs]
    adjusted = holm(p).tolist()
    return {frozenset(pair): {"p": p[i], "p_holm": adjusted[i]} for i, pair in enumerate(pairs)}


def _against(field: _Field, best: int, other: int) -> dict[str, float]:
    """How the best method does against another by pairs of seeds; in decades, negative: the best is lower.

    Scores without a known minimum may be negative, and negative scores have no ratio.
    """
    measurable = min(field.gaps[best].min(), field.gaps[other].min()) >= 0
    ratio = paired_log_ratio(field.gaps[best], field.gaps[other], floor=FLOOR) if measurable else UNKNOWN
    won = points(field.outcomes[best], field.outcomes[other], field.tolerance)
    superiority = wilson(float(won.mean()), won.size)
    return {
        "log10_ratio": ratio.value,
        "log10_ratio_low": ratio.low,
        "log10_ratio_high": ratio.high,
        "superiority": superiority.value,
        "superiority_low": superiority.low,
        "superiority_high": superiority.high,
    }


def ranking_table(cells: Sequence[Result]) -> pd.DataFrame:
    """One row per problem and method, the best of each problem first.

    A run wins against another of the same seed by reaching the problem's target, or by reaching it earlier; where
    neither reaches it they tie, unless one diverged, which loses. On a problem whose target no run of any method
    reaches, or that has none, the lower score wins, if it is lower by more than the problem's tolerance.

    Columns: ``score`` (median over the test seeds of the problem's ``test_metric``) with a 95 % interval, success
    rate, ``ert`` (expected running time in steps) and ``median_steps`` to the target with intervals; ``win_share``,
    the share of pairs of a seed and another method that the method wins, ties counted half; ``rank`` within the
    problem by ``win_share`` (ties share their mean). For every method but the best how the best does against it:
    ``log10_ratio`` of the scores above the minimum, ``superiority`` (share of the seeds that it wins), ``p`` and
    ``p_holm``, adjusted over all pairs of the problem's methods: other problems have no part in it, and the best may
    be chosen by the same runs. The test is the sign test over pairs of seeds, which belongs to ``superiority``; where
    so few seeds cannot carry it, a permutation test of two samples.
    ``tied_with_best`` is false where the best method is shown to win (at the 5 % level); ``against_best`` says
    ``best``, ``worse`` or ``not shown to be worse``, or that so many seeds cannot tell, and how many could.
    """
    blocks = []
    for problem in dict.fromkeys(cell.about["problem"] for cell in cells):
        group = [cell for cell in cells if cell.about["problem"] == problem]
        field = _field(group)
        rows = pd.DataFrame([_row(cell) for cell in group])
        rows["win_share"] = _win_shares(field)
        rows["rank"] = ranks(-rows["win_share"].to_numpy()[None].round(9))[0]  # rounding makes no ranks
        effort = rows["ert"].to_numpy() if "ert" in rows else np.zeros(len(rows))
        order = np.lexsort((rows["score"], effort, rows["rank"]))
        best = int(order[0])
        others = [i for i in range(len(group)) if i != best]
        p_values = _p_values(field)
        against = pd.DataFrame(
            [_against(field, best, i) | p_values.get(frozenset((best, i)), {}) for i in others],
            index=others,
        ).reindex(rows.index, columns=_AGAINST)
        worse = (against["p_holm"] < LEVEL) & (against["superiority"] > 0.5)
        rows = rows.join(against).assign(best=group[best].about["method"], tied_with_best=~worse)
        rows["against_best"] = np.where(worse, WORSE, TIED if p_values else _too_few(field))
        rows.loc[best, "against_best"] = BEST
        blocks.append(rows.iloc[order])
    return pd.concat(blocks, ignore_index=True)


def _too_few(field: _Field) -> str:
    methods = len(field.outcomes)
    return f"{len(field.gaps[0])} seeds cannot tell, {fewest_runs(methods * (methods - 1) // 2)} could"


def _matrix(ranking: pd.DataFrame, column: str) -> pd.DataFrame:
    """``column`` by problem and method, for the problems that every method was tried on."""
    return ranking.pivot_table(index="problem", columns="method", values=column, sort=False, dropna=False).dropna()


def overall_table(ranking: pd.DataFrame) -> pd.DataFrame:
    """One row per method: its mean rank over the problems, and the number of them on which it is tied with the best.

    Columns: ``mean_rank`` with Student's 95 % interval over problems (``mean_rank_low``, ``mean_rank_high``),
    ``tied_with_best`` and ``problems``; and the same in every row: ``friedman_p``, of the test that all methods rank
    alike, and ``critical_difference``, which the mean ranks of two methods must differ by to be told apart.
    Problems are chosen and not drawn: intervals and tests are as if these stood for many like them.
    """
    matrix = _matrix(ranking, "rank")
    if matrix.empty:
        return pd.DataFrame(columns=_OVERALL)
    tied_with_best = ranking[ranking["problem"].isin(matrix.index)].groupby("method")["tied_with_best"].sum()
    each = [bootstrap(matrix[method].to_numpy(), mean) for method in matrix]
    table = pd.DataFrame(each, columns=["mean_rank", "mean_rank_low", "mean_rank_high"]).clip(1, len(matrix.columns))
    table.insert(0, "method", matrix.columns)
    table["tied_with_best"] = tied_with_best.reindex(table["method"]).to_numpy()
    table = table.assign(
        problems=len(matrix),
        friedman_p=friedman_test(matrix.to_numpy()),
        critical_difference=critical_difference(*matrix.shape),
    )
    return table.sort_values("mean_rank", ignore_index=True)[_OVERALL]


def overall_title(overall: pd.DataFrame) -> str:
    """What the mean ranks say, in a line."""
    first = overall.iloc[0]
    over, p = f"Over all {first['problems']} problems", first["friedman_p"]
    if not p < LEVEL:
        return f"{over}, mean ranks (1 is best) differ by no more than chance would have it (Friedman's p = {p:.2g}):"
    apart = f"methods less than {first['critical_difference']:.2g} apart are not told apart"
    return f"{over} (rank 1 is best; {apart}; Friedman's p = {p:.2g}):"


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
        others = group.iloc[1:]
        cannot_tell = [each for each in others["against_best"] if each not in (WORSE, TIED)]
        level = ", ".join(others.query("tied_with_best")["method"])
        rows.append(
            {
                "problem": problem,
                "best": best["method"],
                "learning_rate": best["best_learning_rate"],
                "success": best.get("success_rate", np.nan),
                "expected steps": best.get("ert", np.nan),
                "measured by": best["test_metric"],
                "median": best["score"],
                "95 % interval": f"{best['score_low']:.3g} … {best['score_high']:.3g}",
                "not shown to be worse": cannot_tell[0] if cannot_tell else level or "none",
            }
        )
    return pd.DataFrame(rows)
