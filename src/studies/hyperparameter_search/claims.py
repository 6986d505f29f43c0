"""Verdicts on the claims about searches for hyperparameters.

What a search found is judged by trainings on seeds that the search did not see: its own best value is a minimum over
noise, and the lower the more noise there is.
"""

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


def verdicts(
    claims: Mapping[str, Claim], progress: pd.DataFrame, found: pd.DataFrame
) -> tuple[pd.DataFrame, dict[str, str]]:
    """The ``verdicts`` table, one row per claim and problem, and for each claim without a row the runs it needs.

    Args:
        claims: by name.
        progress: best value so far by seed and evaluation, on the trainings of the search.
        found: by seed, ``judged``: log10 of the validation loss of trainings with what was found, on other seeds.
    """
    judged = {
        (str(problem), str(method)): rows.set_index("seed")["judged"]
        for (problem, method), rows in found.groupby(["problem", "method"], sort=False)
    }
    best = {
        (str(problem), str(method)): rows.pivot_table(index="seed", columns="evaluation", values="best")
        for (problem, method), rows in progress.groupby(["problem", "method"], sort=False)
    }
    problems = list(dict.fromkeys(problem for problem, _ in best))

    def settle(name: str, claim: Claim) -> Iterator[dict[str, object]]:
        kind = name.rpartition(".")[2]
        other = OTHERS[kind]
        both = [one for one in problems if {(one, BAYESIAN), (one, other)} <= set(best)]
        if not both:
            raise RunsMissing(f"needs runs of {BAYESIAN} and {other} on the same problem")
        for problem in both:
            ours, theirs = best[problem, BAYESIAN], best[problem, other]
            if kind == "cost":
                estimate = _cost_ratio(ours, theirs)
            else:
                pair = pd.concat([judged[problem, BAYESIAN], judged[problem, other]], axis=1, join="inner")
                estimate = paired_difference(pair.iloc[:, 0], pair.iloc[:, 1])
            words = f"{problem}: {BAYESIAN} against {other}, {ours.shape[1]} trainings, {len(ours)} seeds"
            yield claim.settle(name, estimate, words)

    return settle_each(claims, settle)


def _cost_ratio(ours: pd.DataFrame, theirs: pd.DataFrame) -> Estimate:
    """log10 of the ratio of expected trainings until the median end of ``theirs`` is reached."""
    target = float(theirs.iloc[:, -1].median())
    runs = []
    for best in (ours, theirs):
        reached = best.to_numpy() <= target
        times = np.where(reached.any(axis=1), reached.argmax(axis=1) + 1.0, np.nan)
        runs.append(attempts(times, best.shape[1]))
    return running_time_log_ratio(*runs)
