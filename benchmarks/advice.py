"""Judge the advice: each measured landscape is hidden, the advisor is asked by its traits, its choice is judged.

``python -m benchmarks.advice [FOLDER]`` reads the finished results of FOLDER (default: here). The choice is judged by
the runs that were hidden: it is good when it is among the best three methods on that landscape.
"""

import argparse
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import torch

from src.advice.advice import advise
from src.advice.comparisons import Comparison
from src.advice.needs import Limits, Needs
from src.advice.ranking import win_shares
from src.advice.traits import Traits
from src.composition.laboratory import Laboratory
from src.run import CONF

BEST = 3
NO_RESULTS = "must hold results of finished studies; make repro makes them"
LANDSCAPES = Traits(kind="box")


@dataclass(frozen=True)
class Judged:
    """The advice on a hidden landscape, and what its runs say.

    Attributes:
        study, problem, dimension: what was hidden.
        choice: the method that the advisor puts first among those that were run; empty when nothing was near.
        place: its place by the hidden runs, 1 for the best; NaN without a choice.
        methods: number of methods that were run.
        best: the method that is best by the hidden runs.
        sure: how sure the advisor was, as the share of bootstrap rankings in which its choice was first.
    """

    study: str
    problem: str
    dimension: int | None
    choice: str
    place: float
    methods: int
    best: str
    sure: float

    @property
    def good(self) -> bool:
        """Whether the choice is among the best."""
        return self.place <= BEST


def hide_and_ask(hidden: Comparison, measured: Sequence[Comparison], needs: Mapping[str, Needs]) -> Judged:
    """Ask for advice on the landscape of ``hidden`` without any comparison on the problem of that name."""
    others = [one for one in measured if one.problem != hidden.problem]
    limits = Limits(kind="box", gradients=True, memory=False, box=False)
    answer = advise(hidden.traits, limits, others, needs, budget=hidden.budget)
    ranked = [one for ranking in answer.rankings for one in ranking.ranked if one.method in hidden.methods]
    shares = win_shares(hidden.won(hidden.methods))
    best = hidden.methods[int(np.nanargmax(shares))]
    about = (hidden.study, hidden.problem, hidden.dimension)
    if not ranked:
        return Judged(*about, "", np.nan, len(hidden.methods), best, np.nan)
    own = shares[hidden.methods.index(ranked[0].method)]
    place = 1 + int((shares > own + 1e-9).sum())
    return Judged(*about, ranked[0].method, place, len(hidden.methods), best, ranked[0].first)


def leave_one_out(measured: Sequence[Comparison], needs: Mapping[str, Needs]) -> list[Judged]:
    """Each landscape of each study, hidden in turn; what was transformed, or is no landscape, is never hidden."""
    plain = [one for one in measured if not one.condition and one.minimum is not None]
    return [hide_and_ask(one, measured, needs) for one in plain]


def table(judged: Sequence[Judged]) -> pd.DataFrame:
    """One row per hidden comparison."""
    columns = ("study", "problem", "dimension", "choice", "place", "methods", "best", "sure", "good")
    return pd.DataFrame([[getattr(one, name) for name in columns] for one in judged], columns=list(columns))


def summary(judged: Sequence[Judged]) -> str:
    """The share of good choices, by comparison and by landscape, and what one method picked at random would have."""
    rows = table(judged)
    by_landscape = rows.groupby(["study", "problem"], sort=False)["good"].mean()
    good = int((by_landscape >= 0.5).sum())
    chance = float((BEST / rows["methods"]).clip(upper=1).mean())
    lines = [
        f"{int(rows['good'].sum())} of {len(rows)} hidden comparisons: the choice is among the best {BEST}",
        f"{good} of {len(by_landscape)} landscapes of a study (in at least half of their numbers of coordinates)",
        f"a method at random would be in {chance:.0%} of them",
    ]
    for study, share in rows.groupby("study", sort=False)["good"].agg(["sum", "count"]).iterrows():
        lines.append(f"  {study}: {int(share['sum'])} of {int(share['count'])}")
    return "\n".join(lines)


def lines(folder: Path) -> Iterator[str]:
    """The hidden comparisons and the share of good choices by the results of ``folder``, or one line without any."""
    laboratory = Laboratory(CONF, folder)
    judged = leave_one_out(laboratory.comparisons(LANDSCAPES), laboratory.needs())
    if not judged:
        yield f"advice: {folder / 'results'}: {NO_RESULTS}"
        return
    yield table(judged).to_string(index=False, float_format=lambda value: f"{value:.3g}")
    yield summary(judged)


def main(arguments: Sequence[str] | None = None) -> int:
    """Judge the advice by the results of a folder; 2 where there are none."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.advice", description=__doc__)
    parser.add_argument("folder", nargs="?", default=".", type=Path, help="holds results/; here unless given")
    folder = parser.parse_args(arguments).folder
    torch.set_num_threads(1)
    if not Laboratory(CONF, folder).has_results():
        print(f"error: {folder / 'results'}: {NO_RESULTS}", file=sys.stderr)
        return 2
    for line in lines(folder):
        print(line)
    return 0


if __name__ == "__main__":
    sys.exit(main())
