"""The advice: methods ranked by what was measured near, what is left out and why, and how sure the ranking is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from src.advice.comparisons import Comparison, methods_of
from src.advice.nearest import Near, nearest
from src.advice.needs import Limits, Needs, refusals
from src.advice.ranking import Ranking, rank
from src.advice.traits import Traits


@dataclass(frozen=True)
class Advice:
    """Advice on one problem.

    Attributes:
        near: comparisons that count.
        rankings: rankings by these, the one of most weight first; empty where nothing measured is near, or where no
            method that was measured near can be used.
        refused: methods that were measured near and need what the user lacks, each with the reason.
    """

    near: Near
    rankings: tuple[Ranking, ...]
    refused: Mapping[str, str]


def advise(
    asked: Traits,
    limits: Limits,
    measured: Sequence[Comparison],
    needs: Mapping[str, Needs],
    *,
    budget: float = np.inf,
    itself: str = "",
) -> Advice:
    """Rank the methods that were measured on problems near the asked traits and that need nothing the user lacks.

    Args:
        asked: traits of the user's problem.
        limits: what the user lacks.
        measured: comparisons, with the traits of their problems.
        needs: what each method needs, by name; a method without an entry is left out.
        budget: evaluations that the user can spend.
        itself: name of the user's problem where it is one of the laboratory's, unchanged.
    """
    near = nearest(asked, measured, itself)
    voting = methods_of([one for one, _ in near.votes])
    refused = refusals({name: needs[name] for name in voting if name in needs}, limits)
    usable = [name for name in voting if name in needs and name not in refused]
    return Advice(near, tuple(rank(near.votes, usable, budget)), refused)
