"""Outcomes of a search as in a benchmark: evaluations until each of many targets, and the charge for a gradient."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import pandas as pd
import torch
from torch import Tensor

from src.core.checks import check_count, field_error
from src.core.problem import Minimum, Problem
from src.core.search import SearchMethod
from src.core.streams import seeds
from src.engine.search import SearchLoop
from src.problems.bit_string import BitString
from src.problems.landscape import Landscape
from src.protocol.search_cell import evaluations_per_call
from src.protocol.study import Cell
from src.search.gradient_descent import GradientDescent
from src.statistics.ranks import mean_ranks
from src.tables.quantiles import quantiles
from src.tables.search_tables import checkpoints

Searched = Landscape | BitString
VALUES, BACKWARD, DIFFERENCES = "values", "backward", "differences"
_PROBES = 1001  # uniform points whose median gap is a landscape's scale


@dataclass(frozen=True, kw_only=True)
class RateTuning:
    """Choice of a gradient method's learning rate.

    Attributes:
        rates: learning rates that are tried, each above 0.
        seeds: tuning seeds that choose, at least 1.
    """

    rates: Sequence[float]
    seeds: int

    def __post_init__(self) -> None:
        check_count(self, "seeds")
        if not self.rates or not all(rate > 0 for rate in self.rates):
            raise field_error(self, "rates", self.rates, "numbers above 0")


class Charge(NamedTuple):
    """Charge for a call of the problem, in evaluations of its value."""

    gradient_charge: str  # way of counting
    evaluations: int  # per call


def charges(method: SearchMethod, dimension: int) -> list[Charge]:
    """Charges for a call: 1 without a gradient; with one, 1 more (a backward pass) or D more (forward differences).

    A backward pass costs at most about three times the value, whatever D (Baur and Strassen 1983).
    """
    if not method.needs_gradient:
        return [Charge(VALUES, 1)]
    return [Charge(BACKWARD, evaluations_per_call(method)), Charge(DIFFERENCES, dimension + 1)]


def known_minimum(problem: Searched) -> Minimum:
    """The known minimum of the problem. Raises FieldError where none is known."""
    if problem.minimum is None:
        raise field_error("cell", "problem", type(problem).__name__, "a problem whose minimum is known")
    return problem.minimum


def minimum_value(problem: Searched) -> float:
    """Value of the known minimum. Raises FieldError where none is known."""
    return known_minimum(problem).value


def tolerance_of(problem: Searched) -> float:
    """Largest gap to the minimum that counts as solved."""
    assert problem.target is not None
    return problem.target - minimum_value(problem)


def scale_of(problem: Searched) -> float:
    """The median gap to the minimum at points uniform in the box, or at uniform strings of bits.

    A target's precision is relative to this gap.
    """
    return typical_value(problem) - minimum_value(problem)


def typical_value(problem: Searched) -> float:
    """The median value at points uniform in the box, or at uniform strings of bits.

    A value that is not finite counts as the worst finite one. Raises FieldError where no value is finite.
    """
    lower, upper = problem.box()
    uniform = torch.from_numpy(np.random.default_rng(0).random((_PROBES, problem.dimension)))
    points = uniform.round() if problem.domain == "bits" else lower + (upper - lower) * uniform
    values = problem.value(points)
    finite = values.isfinite()
    if not finite.any():
        raised = f"; {problem.failures.first}" if problem.failures and problem.failures.first else ""
        raise field_error(
            "cell", "problem", type(problem).__name__, f"a problem with finite values in its box{raised}"
        )
    return float(torch.where(finite, values, values[finite].max()).median())


def searcher_on(problem: Problem, box: tuple[Tensor, Tensor], method: SearchMethod, budget: int) -> SearchLoop:
    """A searcher that may spend ``budget`` evaluations at the lowest charge."""
    lower, upper = box
    calls = budget // charges(method, len(lower))[0].evaluations
    return SearchLoop(
        problem=problem, method=method, lower=lower, upper=upper, budget=calls, snapshots=len(lower) == 2
    )


def with_tuned_learning_rate(searcher: SearchLoop, cell: Cell, problem: Searched, tuning: RateTuning) -> SearchLoop:
    """The searcher with its method's best learning rate on the tuning seeds; unchanged where the method has none.

    Each tuning seed ranks the rates by the gap at the budget, and where they tie by the whole curve; the lowest mean
    rank wins. By mean gaps, or their logarithms, one lucky seed would choose. A gap below 1e-8 of the problem's scale
    counts as that.
    """
    if not isinstance(searcher.method, GradientDescent):
        return searcher
    drawn = seeds(min(tuning.seeds, cell.seeds), "tuning", cell.root_seed)
    rates = torch.tensor(tuning.rates, dtype=torch.float64)
    best = searcher.run(cell.start.draw(problem, drawn), drawn, {"learning_rate": rates}).best
    gaps = best[:, checkpoints(best.shape[1]) - 1] - minimum_value(problem)
    decades = gaps.clamp(min=1e-8 * scale_of(problem)).log10().reshape(len(drawn), len(rates), -1)
    chosen = int(mean_ranks((decades[..., -1] + 1e-3 * decades.mean(dim=-1)).numpy()).argmin())
    return replace(searcher, method=replace(searcher.method, learning_rate=float(rates[chosen])))


def learning_rate_of(method: SearchMethod) -> float:
    """The method's learning rate; NaN where the method has none."""
    return float(getattr(method, "learning_rate", np.nan))


def outcomes_table(
    best: np.ndarray, used: np.ndarray, problem: Searched, method: SearchMethod, budget: int
) -> pd.DataFrame:
    """One row per seed and charge: ``gap`` left at the budget, ``time`` to the target (NaN: never) and ``spent``.

    Args:
        best: best value after each call, shape (S, E).
        used: calls that each seed made, shape (S,).
        problem: problem that was searched.
        method: search method.
        budget: budget in evaluations of the value.
    """
    assert problem.target is not None
    counts = charges(method, problem.dimension)
    return outcomes_above(best, used, counts, budget, minimum_value(problem), problem.target)


def outcomes_above(
    best: np.ndarray, used: np.ndarray, counts: Sequence[Charge], budget: int, minimum: float, target: float
) -> pd.DataFrame:
    """``outcomes_table`` for gaps above ``minimum``, under each of the charges ``counts``."""
    frames = []
    for gradient_charge, each in counts:
        calls = min(budget // each, best.shape[1])
        allowed = best[:, :calls]
        frames.append(
            pd.DataFrame(
                {
                    "seed": np.arange(len(best)),
                    "gradient_charge": gradient_charge,
                    "gap": np.maximum(allowed[:, -1] - minimum, 0),
                    "time": calls_to_targets(allowed, np.array([target]))[:, 0] * each,
                    "spent": np.minimum(used, calls) * each,
                }
            )
        )
    return pd.concat(frames, ignore_index=True)


def times_table(
    best: np.ndarray, problem: Searched, method: SearchMethod, budget: int, precisions: np.ndarray
) -> pd.DataFrame:
    """One row per seed, charge and precision: evaluations until the gap is within ``precision`` times the scale."""
    counts = charges(method, problem.dimension)
    return times_above(best, counts, budget, minimum_value(problem), scale_of(problem), precisions)


def times_above(
    best: np.ndarray, counts: Sequence[Charge], budget: int, minimum: float, scale: float, precisions: np.ndarray
) -> pd.DataFrame:
    """``times_table`` for gaps above ``minimum`` in units of ``scale``, under each of the charges ``counts``."""
    targets = minimum + scale * precisions
    frames = []
    for gradient_charge, each in counts:
        times = calls_to_targets(best[:, : budget // each], targets) * each
        frame = pd.DataFrame(times, columns=precisions).assign(
            seed=np.arange(len(best)), gradient_charge=gradient_charge
        )
        frames.append(frame.melt(id_vars=["seed", "gradient_charge"], var_name="precision", value_name="time"))
    return pd.concat(frames, ignore_index=True)


def calls_to_targets(best: np.ndarray, targets: np.ndarray) -> np.ndarray:
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
