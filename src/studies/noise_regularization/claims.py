"""Claim C31: gradient noise improves generalization."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from src.core.result import Result
from src.protocol.claims import Claim, RunsMissing, settle_each
from src.statistics.intervals import bootstrap, mean
from src.statistics.strata import stratified_mean
from src.studies.noise_regularization.effects import Gaps, by_problem, gaps

KINDS = ("C31", "loss")  # test accuracy; test loss
NEEDED = (
    "needs a run without noise (optimizer.scale=0.0) and one with noise of the same problem, with the learning rate "
    "tuned, by which the scale is chosen"
)


@dataclass(frozen=True)
class _Comparison:
    """The chosen noise compared with none, on one problem.

    Attributes:
        settings: scale, problem and seeds in words.
        gaps: differences of the test seeds.
        blocked: reason why no verdict may be given, or nothing.
    """

    settings: str
    gaps: Gaps
    blocked: str


def verdicts(
    claims: Mapping[str, Claim], cells: Sequence[Result], effects: pd.DataFrame
) -> tuple[pd.DataFrame, dict[str, str]]:
    """The ``verdicts`` table, and for each claim without a verdict the runs that it lacks.

    Args:
        claims: ``C31`` and ``C31.loss``, a verdict per problem and one for all problems, which count alike.
        cells: runs.
        effects: table of ``effects_of_noise``.
    """
    compared, blocked = _comparisons(cells, effects)

    def rows(name: str, claim: Claim) -> list[dict[str, object]]:
        if not compared:
            raise RunsMissing(NEEDED)
        values = [one.gaps.decades if name.endswith(".loss") else one.gaps.points for one in compared]
        found = [
            claim.settle(name, bootstrap(own, mean), one.settings, one.blocked)
            for one, own in zip(compared, values, strict=True)
        ]
        if len(values) > 1:
            found.append(claim.settle(name, stratified_mean(values), "all problems", "; ".join(blocked)))
        return found

    return settle_each(claims, rows)


def _comparisons(cells: Sequence[Result], effects: pd.DataFrame) -> tuple[list[_Comparison], list[str]]:
    """The comparison on each problem that has its runs, and the reasons that block verdicts."""
    compared: list[_Comparison] = []
    blocked: list[str] = []
    for group in by_problem(cells):
        problem = group[0].about["problem"]
        chosen = effects.loc[(effects["problem"] == problem) & effects["chosen"], "scale"]
        own = next((cell for cell in group if cell.about["scale"] in set(chosen)), None)
        without = next((cell for cell in group if cell.about["scale"] == 0), None)
        if own is None or without is None:
            continue
        edges = [str(one.about["method"]) for one in (own, without) if one.about["learning_rate_at_edge"]]
        blocked += [f"the tuned rate lies on the edge of what was tried: {', '.join(edges)}"] if edges else []
        settings = f"noise of scale {own.about['scale']:g}; {problem}, {own.about['seeds']} seeds"
        compared.append(_Comparison(settings, gaps(own, without), "; ".join(blocked[-1:])))
    return compared, blocked
