"""Verdicts on the claims about searches for hyperparameters, from the best values of each seed and evaluation."""

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd

from src.protocol.claims import Claim, RunsMissing, settle_each
from src.statistics.effects import paired_difference
from src.statistics.intervals import Estimate
from src.statistics.running_time import running_time_log_ratio
from src.statistics.runtimes import attempts

BAYESIAN, RANDOM = "optuna_gp", "random_search"
OTHERS = {"random": RANDOM, "tpe": "optuna_tpe", "cost": RANDOM}  # by kind: the method to compare with
KINDS = tuple(OTHERS)


def verdicts(claims: Mapping[str, Claim], progress: pd.DataFrame) -> tuple[pd.DataFrame, dict[str, str]]:
    """The ``verdicts`` table, one row per claim and problem, and for each claim without a row the runs it needs."""
    best = {
        (str(problem), str(method)): found.pivot_table(index="seed", columns="evaluation", values="best")
        for (problem, method), found in progress.groupby(["problem", "method"], sort=False)
    }
    problems = list(dict.fromkeys(problem for problem, _ in best))

    def rows(name: str, claim: Claim) -> Iterator[dict[str, object]]:
        kind = name.rpartition(".")[2]
        other = OTHERS[kind]
        both = [one for one in problems if {(one, BAYESIAN), (one, other)} <= set(best)]
        if not both:
            raise RunsMissing(f"needs runs of {BAYESIAN} and {other} on the same problem")
        for problem in both:
            ours, theirs = best[problem, BAYESIAN], best[problem, other]
            estimate = _cost_ratio(ours, theirs) if kind == "cost" else _difference(ours, theirs)
            words = f"{problem}: {BAYESIAN} against {other}, {ours.shape[1]} trainings, {len(ours)} seeds"
            yield claim.settle(name, estimate, words)

    return settle_each(claims, rows)


def _difference(ours: pd.DataFrame, theirs: pd.DataFrame) -> Estimate:
    """Median over seeds of the difference in log10 of the validation loss, after all evaluations."""
    return paired_difference(ours.iloc[:, -1].to_numpy(), theirs.iloc[:, -1].to_numpy())


def _cost_ratio(ours: pd.DataFrame, theirs: pd.DataFrame) -> Estimate:
    """log10 of the ratio of expected trainings until the median end of ``theirs`` is reached."""
    target = float(theirs.iloc[:, -1].median())
    runs = []
    for best in (ours, theirs):
        reached = best.to_numpy() <= target
        times = np.where(reached.any(axis=1), reached.argmax(axis=1) + 1.0, np.nan)
        runs.append(attempts(times, best.shape[1]))
    return running_time_log_ratio(*runs)
