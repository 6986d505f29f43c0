"""Measured comparisons of methods, read from the tables of finished studies.

A study's ``summary`` (every study owes one) is a comparison of the methods on one problem where nothing but the
method varies: each method is a yaml of ``conf/optimizer`` or ``conf/search`` as it stands, a seed has one run of
each, and methods that descend were tuned. Other studies vary a batch, a start or a schedule, and are left out, with
the reason.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from src.advice.traits import Traits
from src.protocol.ranking import gaps_of, outcomes_of
from src.statistics.intervals import Array
from src.statistics.pairwise_wins import Outcomes, points
from src.tables.read_table import read_table

PLAIN = "smooth"  # condition under which a problem is as its yaml has it
STEP = 2  # evaluations that a step of a descent counts as: the value and, by a backward pass, its gradient


@dataclass(frozen=True)
class Comparison:
    """Runs of several methods on one problem, within one study: equal budgets, seeds and starts.

    Attributes:
        study: name of the study.
        problem: name of the problem's yaml.
        condition: what was done to the problem, as ``noisy``; empty for nothing.
        dimension: number of coordinates, where the study sets it; None for the problem's own.
        methods: names of M methods.
        times: evaluations to the target, shape (M, S); inf where a run did not reach it, NaN where there is no run.
        scores: what the study ranks by, lower is better, shape (M, S); inf where a run diverged.
        budget: evaluations that a run was allowed.
        profile: profile of the runs; ``full`` for all seeds and steps.
        minimum: lowest value of the score; None where it is not known.
        tolerance: scores that differ by less are ties.
        traits: traits of the problem.
    """

    study: str
    problem: str
    condition: str
    dimension: int | None
    methods: tuple[str, ...]
    times: Array
    scores: Array
    budget: int
    profile: str
    minimum: float | None = None
    tolerance: float = 0.0
    traits: Traits = field(default_factory=Traits)

    @property
    def label(self) -> str:
        """The problem as it is called in the answer."""
        size = "" if self.dimension is None else f" {self.dimension}-D"
        return f"{self.problem}{size}{f' ({self.condition})' if self.condition else ''}"

    def won(self, methods: Sequence[str], budget: float = np.inf) -> Array:
        """Each seed's wins among ``methods``, shape (S, M, M): 1 where the row's method wins, 0.5 for a tie.

        NaN on the diagonal and where one of the two methods has no run. As in the study's own ranking, reaching the
        target decides, then the time to it; the score does where no method reaches it.

        Args:
            methods: names of the M methods; one that was not measured here has NaN throughout.
            budget: evaluations after which reaching the target does not count.
        """
        places = {name: place for place, name in enumerate(self.methods)}
        here = [name for name in methods if name in places]
        rows = [places[name] for name in here]
        found = np.full((self.times.shape[1], len(methods), len(methods)), np.nan)
        if not rows:
            return found
        late = self.times[rows] > budget
        times = list(np.where(late, np.inf, self.times[rows]))
        gaps = gaps_of(list(self.scores[rows]), self.minimum, self.tolerance)
        outcomes = outcomes_of(times, gaps)
        there = ~np.isnan(self.times[rows])
        at = [methods.index(name) for name in here]
        for one, first in enumerate(outcomes):
            for other, second in enumerate(outcomes):
                both = there[one] & there[other]
                if one != other and both.any():
                    pair = [Outcomes(each.time[both], each.value[both]) for each in (first, second)]
                    found[both, at[one], at[other]] = points(pair[0], pair[1], self.tolerance)
        return found


def read_comparisons(
    results: Path, studies: Sequence[str], optimizers: Sequence[str], searches: Sequence[str]
) -> tuple[list[Comparison], dict[str, str]]:
    """All comparisons in ``results``, without traits, and for each study that is left out the reason.

    Args:
        results: folder with ``STUDY/summary.csv``.
        studies: names of the studies.
        optimizers: names of methods that descend.
        searches: names of methods that search.
    """
    found: list[Comparison] = []
    left_out: dict[str, str] = {}
    for study in studies:
        summary = read_table(results / study / "summary.csv")
        if summary is None or not {"problem", "method", "seed"} <= set(summary):
            continue
        descents = set(optimizers)
        tuned = (results / study / "rates.csv").is_file()
        reason, runs = _comparable(summary, descents, searches, tuned=tuned)
        if reason:
            left_out[study] = reason
            continue
        budgets = _with_evaluations(runs, descents)
        outcomes = read_table(results / study / "outcomes.csv")
        if outcomes is not None and {"problem", "method", "seed", "condition", "gap"} <= set(outcomes):
            most = budgets.groupby("problem")["evaluations"].max()
            frame = outcomes[outcomes["condition"] != PLAIN]  # measured by other studies, with times to the target
            frame = frame.assign(time=np.inf, score=frame["gap"], profile=outcomes.get("profile", "full"))
            frame = frame.assign(evaluations=frame["problem"].map(most))
        else:
            frame = budgets
        found += _split(study, frame)
    return found, left_out


def _comparable(
    summary: pd.DataFrame, optimizers: set[str], searches: Sequence[str], *, tuned: bool
) -> tuple[str, pd.DataFrame]:
    """Why the runs of a summary compare no methods (empty where they do), and the test runs."""
    runs = summary[summary["split"] == "test"] if "split" in summary else summary
    methods = set(runs["method"].astype(str))
    if methods - optimizers - set(searches):
        return "its methods are not yamls as they stand", runs
    if len(methods) < 2:
        return "it has one method", runs
    keys = [name for name in ("problem", "dimension", "method", "seed") if name in runs]
    if runs.duplicated(keys).any():
        return "more than the method varies", runs
    if methods & optimizers and not tuned:
        return "its learning rates are set by hand", runs
    return "", runs


def _with_evaluations(runs: pd.DataFrame, optimizers: set[str]) -> pd.DataFrame:
    """The runs with columns time, score and evaluations; a step of a descent counts as ``STEP`` of them."""
    charge = np.where(runs["method"].isin(optimizers), STEP, 1)
    steps = pd.to_numeric(runs["steps_to_target"], errors="coerce") if "steps_to_target" in runs else np.nan
    score = runs["score"] if "score" in runs else runs["final_loss"]
    return runs.assign(
        time=(steps * charge) if isinstance(steps, float) else (steps * charge).fillna(np.inf),
        score=pd.to_numeric(score, errors="coerce").fillna(np.inf),
        evaluations=runs["steps"] * charge,
        profile=runs.get("profile", "full"),
    )


def _split(study: str, frame: pd.DataFrame) -> list[Comparison]:
    """One comparison per problem, number of coordinates and condition, with at least two methods."""
    keyed = frame.assign(
        size=frame.get("dimension", 0),
        under=frame.get("condition", ""),
    )
    found = []
    for (problem, size, condition), rows in keyed.groupby(["problem", "size", "under"], sort=False):
        methods = tuple(dict.fromkeys(rows["method"]))
        if len(methods) < 2:
            continue
        seeds = np.sort(rows["seed"].unique())
        at = (
            rows["method"].map({name: place for place, name in enumerate(methods)}),
            np.searchsorted(seeds, rows["seed"]),
        )
        times, scores = np.full((2, len(methods), len(seeds)), np.nan)
        times[at], scores[at] = rows["time"], rows["score"]
        found.append(
            Comparison(
                study=study,
                problem=str(problem),
                condition=str(condition),
                dimension=int(str(size)) or None,
                methods=methods,
                times=times,
                scores=np.where(np.isnan(scores), np.inf, scores),
                budget=int(rows["evaluations"].max()),
                profile=str(rows["profile"].iloc[0]),
            )
        )
    return found


def methods_of(comparisons: Sequence[Comparison]) -> list[str]:
    """Names of all methods that were compared, in order."""
    return list(dict.fromkeys(name for one in comparisons for name in one.methods))


def studies_of(comparisons: Sequence[Comparison]) -> list[str]:
    """Names of the studies, in order."""
    return list(dict.fromkeys(one.study for one in comparisons))
