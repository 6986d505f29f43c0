"""A search seen as a benchmark sees it: when each of many targets is reached, and what a gradient is charged."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import pandas as pd
import torch
from torch import Tensor

from src.core.checks import check_count, refuse
from src.core.problem import Minimum, Problem
from src.core.search import SearchMethod
from src.core.streams import seeds
from src.engine.search import Searcher
from src.problems.bit_string import BitString
from src.problems.landscape import Landscape
from src.search.gradient_descent import GradientDescent
from src.statistics.ranks import mean_ranks
from src.studies.quantiles import quantiles
from src.studies.searched import checkpoints
from src.studies.study import Cell

Searched = Landscape | BitString
VALUES, BACKWARD, DIFFERENCES = "values", "backward", "differences"
_PROBES = 1001  # uniform points whose median gap is a landscape's scale


@dataclass(frozen=True, kw_only=True)
class RateTuning:
    """How a gradient method's rate is chosen.

    Attributes:
        rates: those tried, each above 0.
        seeds: tuning seeds that choose, at least 1.
    """

    rates: Sequence[float]
    seeds: int

    def __post_init__(self) -> None:
        check_count(self, "seeds")
        if not self.rates or not all(rate > 0 for rate in self.rates):
            raise refuse(self, "rates", self.rates, "numbers above 0")


class Charge(NamedTuple):
    """What a call of the problem costs, in evaluations of its value."""

    cost: str  # how it is counted
    each: int


def charges(method: SearchMethod, dimension: int) -> list[Charge]:
    """What a call costs: 1 without a gradient; with one, 1 more (a backward pass) or D more (forward differences).

    A backward pass costs at most about three times the value, whatever D (Baur and Strassen 1983).
    """
    if not method.needs_gradient:
        return [Charge(VALUES, 1)]
    return [Charge(BACKWARD, 2), Charge(DIFFERENCES, dimension + 1)]


def known(problem: Searched) -> Minimum:
    """The known minimum. Raises FieldError where there is none."""
    if problem.minimum is None:
        raise refuse("cell", "problem", type(problem).__name__, "a problem whose minimum is known")
    return problem.minimum


def lowest(problem: Searched) -> float:
    """The known minimum's value. Raises FieldError where there is none."""
    return known(problem).value


def tolerance_of(problem: Searched) -> float:
    """How far above the minimum still counts as solved."""
    assert problem.target is not None
    return problem.target - lowest(problem)


def scale_of(problem: Searched) -> float:
    """The median gap to the minimum at points uniform in the box, or at uniform strings of bits.

    It is what a target's precision is relative to.
    """
    lower, upper = problem.box()
    uniform = torch.from_numpy(np.random.default_rng(0).random((_PROBES, problem.dimension)))
    points = uniform.round() if problem.domain == "bits" else lower + (upper - lower) * uniform
    return float(problem.value(points).median()) - lowest(problem)


def searcher_on(problem: Problem, box: tuple[Tensor, Tensor], method: SearchMethod, budget: int) -> Searcher:
    """A searcher that may spend ``budget`` evaluations at the lowest charge."""
    lower, upper = box
    calls = budget // charges(method, len(lower))[0].each
    return Searcher(problem=problem, method=method, lower=lower, upper=upper, budget=calls, snapshots=len(lower) == 2)


def tuned(searcher: Searcher, cell: Cell, problem: Searched, tuning: RateTuning) -> Searcher:
    """The searcher with its method's best rate on the tuning seeds; as it is where the method has no rate.

    Each tuning seed ranks the rates by the gap at the budget, and where they tie by the whole curve; the lowest mean
    rank wins. By mean gaps, or their logarithms, one lucky seed would choose. A gap below 1e-8 of the problem's scale
    counts as that.
    """
    if not isinstance(searcher.method, GradientDescent):
        return searcher
    of = seeds(min(tuning.seeds, cell.seeds), "tuning", cell.root)
    rates = torch.tensor(tuning.rates, dtype=torch.float64)
    best = searcher.run(cell.start.draw(problem, of), of, {"rate": rates}).best
    gaps = best[:, checkpoints(best.shape[1]) - 1] - lowest(problem)
    decades = gaps.clamp(min=1e-8 * scale_of(problem)).log10().reshape(len(of), len(rates), -1)
    chosen = int(mean_ranks((decades[..., -1] + 1e-3 * decades.mean(dim=-1)).numpy()).argmin())
    return replace(searcher, method=replace(searcher.method, rate=float(rates[chosen])))


def rate_of(method: SearchMethod) -> float:
    """The method's rate; NaN where it has none."""
    return float(getattr(method, "rate", np.nan))


def outcomes_table(
    best: np.ndarray, used: np.ndarray, problem: Searched, method: SearchMethod, budget: int
) -> pd.DataFrame:
    """One row a seed and charge: ``gap`` left at the budget, ``time`` to the target (NaN: never) and ``spent``.

    Args:
        best: best value after each call, shape (S, E).
        used: calls that each seed made, shape (S,).
        problem: what was searched.
        method: how.
        budget: in evaluations of the value.
    """
    target = np.array([problem.target])
    frames = []
    for cost, each in charges(method, problem.dimension):
        calls = min(budget // each, best.shape[1])
        allowed = best[:, :calls]
        frames.append(
            pd.DataFrame(
                {
                    "seed": np.arange(len(best)),
                    "cost": cost,
                    "gap": np.maximum(allowed[:, -1] - lowest(problem), 0),
                    "time": first_times(allowed, target)[:, 0] * each,
                    "spent": np.minimum(used, calls) * each,
                }
            )
        )
    return pd.concat(frames, ignore_index=True)


def times_table(
    best: np.ndarray, problem: Searched, method: SearchMethod, budget: int, precisions: np.ndarray
) -> pd.DataFrame:
    """One row a seed, charge and precision: evaluations until the gap is within ``precision`` times the scale."""
    targets = lowest(problem) + scale_of(problem) * precisions
    frames = []
    for cost, each in charges(method, problem.dimension):
        times = first_times(best[:, : budget // each], targets) * each
        frame = pd.DataFrame(times, columns=precisions).assign(seed=np.arange(len(best)), cost=cost)
        frames.append(frame.melt(id_vars=["seed", "cost"], var_name="precision", value_name="time"))
    return pd.concat(frames, ignore_index=True)


def first_times(best: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """Calls until best-so-far (S, E) is at or below each of ``targets`` (K,), shape (S, K); NaN: never."""
    # Each row falls, so its negative rises and can be searched.
    first = np.stack([np.searchsorted(-row, -targets, side="left") for row in best]) + 1.0
    return np.where(first > best.shape[1], np.nan, first)


def curves_table(best: np.ndarray, each: int, metric: str = "loss") -> pd.DataFrame:
    """The best value so far in evaluations, quantiles over seeds, from (S, E) calls of ``each`` evaluations."""
    at = checkpoints(best.shape[1])
    low, middle, high = quantiles(best[:, at - 1].T)
    curves = pd.DataFrame({"metric": metric, "step": at * each, "q25": low, "median": middle, "q75": high})
    return curves.replace([np.inf, -np.inf], np.nan)
