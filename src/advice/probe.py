"""Traits of a problem from few evaluations of it: one function for a user's problem and for the measured ones.

Ruggedness is counted along lines between random points. Of bits it is the number of coordinates that the effect of
one flip depends on: -n ln r, where r is the correlation of the values of neighbours (Weinberger 1990, Biological
Cybernetics 63: 1 - (K+1)/n on an NK landscape, so K+1; 2 where each bit counts by itself).
"""

import math
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from src.advice.traits import LEAST_NOISE, Kind, Traits, exactly
from src.core.checks import field_error
from src.core.problem import Problem
from src.core.streams import Seed
from src.problems.bit_string import BitString
from src.problems.confined import Confined
from src.problems.landscape import Landscape
from src.protocol.searched_problem import SearchedProblem
from src.starts.lecun import LeCun

LINES, POINTS = 8, 24  # lines through the box, and points on each
LINES_OF_NETWORKS = 3
REPEATS, REPEATED = 4, 2  # evaluations of one point, and points that are evaluated again
BASES, COORDINATES = 5, 20  # points at which curvature is taken, and coordinates that are looked at
STEP = 1e-4  # of the differences of gradients, in edges of the box
WORST_CONDITION = 8.0  # log10 beyond which a ratio of curvatures is rounding
TINY = 1e-9  # changes along a line below this share of its range are rounding


@dataclass(frozen=True)
class Probe:
    """Traits of a problem and what they rest on.

    Attributes:
        traits: what was found.
        lines: a line of text for each finding.
        evaluations: number of evaluations spent, a gradient counted as one more.
    """

    traits: Traits
    lines: tuple[str, ...]
    evaluations: int


def seen_by_a_search(problem: Problem) -> SearchedProblem:
    """The problem with its box; where it has none, within 1 of its start or of 0.

    A network is looked at between initial weights, whatever its box.
    """
    if isinstance(problem, Landscape | BitString | Confined):
        return SearchedProblem(problem, *problem.box(), 0.0)
    start = getattr(problem, "start", None) or [0.0] * problem.dimension
    middle = torch.tensor(start, dtype=problem.dtype)
    return SearchedProblem(problem, middle - 1, middle + 1, 0.0)


def kind_of(problem: Problem) -> Kind:
    """Kind of the problem, without an evaluation."""
    return "data" if problem.is_learning or problem.size else "bits" if problem.domain == "bits" else "box"


def probe(searched: SearchedProblem, lines_at_most: int = LINES) -> Probe:
    """Find the traits of a problem.

    Args:
        searched: the problem as a search sees it.
        lines_at_most: number of lines through the box, at least 1; fewer where an evaluation is expensive.

    Raises:
        FieldError: no evaluation gives a finite number.
    """
    problem = searched.problem
    kind = kind_of(problem)
    numbers = {"dimension": exactly(math.log10(problem.dimension))}
    lines = [f"dimension: {problem.dimension}"]
    look = _Look(searched, lines_at_most)
    gradients = kind != "bits" and problem.is_differentiable and look.has_slope()
    lines.append(f"differentiable: {_slope_in_words(problem, kind, useful=gradients)}")
    noise = look.noise()
    numbers["noise"] = exactly(max(LEAST_NOISE, math.log10(max(noise, 10**LEAST_NOISE))))
    lines.append(f"noise: {noise:.2g} of the spread between points, from {REPEATS} evaluations of each of {REPEATED}")
    if isinstance(problem, BitString):
        coupled = look.coupling()
        numbers["ruggedness"] = exactly(coupled)
        lines.append(
            f"ruggedness: the effect of a flip depends on {coupled:.2g} bits (2 where each counts by itself)"
        )
    else:
        excess, count = look.excess_minima(noise)
        numbers["ruggedness"] = exactly(math.log10(1 + excess))
        lines.append(f"ruggedness: {excess:.2g} local minima beyond one on each of {count} lines of {POINTS} points")
    if gradients and (curvature := look.curvature()) is not None:
        condition, coupling = curvature
        numbers |= {"conditioning": exactly(condition), "coupling": exactly(coupling)}
        lines.append(f"conditioning: curvatures differ by a factor of about {10**condition:.2g}")
        lines.append(f"coupling: {coupling:.0%} of the curvature is between coordinates")
    if look.lost:
        lines.append(f"failures: {look.lost} of {look.evaluations} evaluations gave no finite number")
    return Probe(Traits(kind, gradients, numbers), tuple(lines), look.evaluations)


def _slope_in_words(problem: Problem, kind: Kind, *, useful: bool) -> str:
    if useful:
        return "yes"
    if kind == "bits" or not problem.is_differentiable:
        return "no gradient is given"
    return "no: the gradient is zero or not finite"


class _Look:
    """Evaluations of a problem at random points, counted."""

    def __init__(self, searched: SearchedProblem, lines: int) -> None:
        self._problem, self._lower, self._upper, self._noise = searched
        self._random = np.random.default_rng(0)
        self._lines = LINES_OF_NETWORKS if searched.problem.is_learning else lines
        self.evaluations = self.lost = 0

    def _restart(self, stream: int) -> None:
        """Draw from a stream of its own, so that one finding does not depend on which others were looked for."""
        self._random = np.random.default_rng((0, stream))

    def points(self, count: int) -> Tensor:
        """Random points, shape (count, D): uniform in the box, or initial weights."""
        problem = self._problem
        if problem.is_learning:
            drawn = [Seed(int(number)) for number in self._random.integers(2**31, size=count)]
            return LeCun(distribution="normal").draw(problem, drawn)
        uniform = torch.from_numpy(self._random.random((count, problem.dimension))).to(self._lower.dtype)
        if problem.domain == "bits":
            return uniform.round()
        return self._lower + (self._upper - self._lower) * uniform

    def values(self, points: Tensor, batch: Tensor | None = None) -> np.ndarray:
        """Values (N,) at points (N, D) as the user sees them; NaN where there is no finite number."""
        with torch.no_grad():
            found = self._problem.value(points, batch).double().numpy().copy()
        found += self._noise * self._random.standard_normal(found.shape)
        self.evaluations += found.size
        found[~np.isfinite(found)] = np.nan
        self.lost += int(np.isnan(found).sum())
        return np.asarray(found)

    def has_slope(self) -> bool:
        """Whether gradients at random points are finite and somewhere not zero."""
        self._restart(1)
        slopes = self._slopes(self.points(REPEATED))
        return slopes is not None and bool(slopes.isfinite().all()) and bool((slopes != 0).any())

    def noise(self) -> float:
        """Standard deviation between evaluations of one point, over that between points; 0 without noise."""
        self._restart(2)
        problem = self._problem
        points = self.points(16)
        values = self.values(points)
        if not np.isfinite(values).any():
            failures = problem.failures
            raised = f"; {failures.first}" if failures and failures.first else ""
            raise field_error("advice", "problem", type(problem).__name__, f"a problem with finite values{raised}")
        spread = float(np.nanstd(values))
        repeated = points[:REPEATED].repeat_interleave(REPEATS, dim=0)
        batch = None
        if problem.size and problem.batch_size and problem.batch_size < problem.size:
            drawn = [self._random.permutation(problem.size)[: problem.batch_size] for _ in repeated]
            batch = torch.from_numpy(np.stack(drawn))
        again = self.values(repeated, batch).reshape(REPEATED, REPEATS)
        whole = again[np.isfinite(again).all(axis=1)]
        if not len(whole):  # no point has a value each time
            return 0.0
        noise = float(np.sqrt(whole.var(axis=1, ddof=1).mean()))
        if noise <= TINY * max(spread, float(np.abs(whole).max())):  # rounding
            return 0.0
        return noise / spread if spread > 0 else 1.0

    def excess_minima(self, noise: float) -> tuple[float, int]:
        """Mean number of local minima beyond one inside a line between random points, and the number of lines."""
        self._restart(3)
        count = self._lines
        first, last = self.points(count), self.points(count)
        share = torch.linspace(0, 1, POINTS, dtype=first.dtype)[:, None]
        along = torch.cat([a + (b - a) * share for a, b in zip(first, last, strict=True)])
        found = self.values(along).reshape(count, POINTS)
        spread = np.nanstd(found) if np.isfinite(found).any() else 0.0
        excess = [max(0, _minima(line, 3 * noise * spread) - 1) for line in found]
        return float(np.mean(excess)), count

    def coupling(self) -> float:
        """``-n ln r`` for the correlation r between the values of strings that differ in one bit."""
        self._restart(4)
        size = self._problem.dimension
        strings = self.points(LINES * POINTS // 2)
        flipped = strings.clone()
        places = self._random.integers(size, size=len(strings))
        flipped[np.arange(len(strings)), places] = 1 - flipped[np.arange(len(strings)), places]
        before, after = self.values(strings), self.values(flipped)
        spread = float(np.nanvar(np.append(before, after)))
        if not spread > 0:
            return 0.0
        correlation = 1 - float(np.nanmean((after - before) ** 2)) / (2 * spread)
        return size * abs(math.log(min(1.0, max(correlation, 1 / size))))

    def curvature(self) -> tuple[float, float] | None:
        """log10 of the ratio of curvatures, and the share of the curvature that is between coordinates.

        Both are medians over random points, for at most ``COORDINATES`` coordinates. Curvature is the absolute
        eigenvalue of the Hessian's part for these coordinates, by differences of gradients; the share is that of the
        part's Frobenius norm which is off its diagonal. None where the gradients do not tell.
        """
        self._restart(5)
        size = self._problem.dimension
        chosen = torch.from_numpy(self._random.permutation(size)[:COORDINATES])
        # Networks are in float32, whose rounding calls for longer steps.
        steps = STEP * (self._upper - self._lower)[chosen] * (10 if self._problem.is_learning else 1)
        found = []
        for point in self.points(2 if self._problem.is_learning else BASES):
            moved = point.repeat(2 * len(chosen), 1)
            rows = torch.arange(len(chosen))
            moved[rows, chosen] += steps
            moved[rows + len(chosen), chosen] -= steps
            slopes = self._slopes(moved)
            if slopes is None or not slopes.isfinite().all():
                continue
            part = (slopes[: len(chosen), chosen] - slopes[len(chosen) :, chosen]) / (2 * steps[:, None])
            curvatures = torch.linalg.eigvalsh((part + part.T) / 2).abs()
            if curvatures.max() > 0:
                ratio = float(curvatures.max() / curvatures.min().clamp(min=float(curvatures.max()) * 1e-12))
                between = float((part - part.diag().diag()).norm() / part.norm())
                found.append((min(math.log10(ratio), WORST_CONDITION), between))
        if not found:
            return None
        condition, coupling = np.median(np.array(found), axis=0).tolist()
        return condition, coupling

    def _slopes(self, points: Tensor) -> Tensor | None:
        """Gradients (N, D) at points (N, D); None where they cannot be taken."""
        self.evaluations += 2 * len(points)
        try:
            return self._problem.gradient(points)[1]
        except (RuntimeError, ValueError):  # of autograd, where the value does not depend on the point by tensors
            return None


def _minima(values: np.ndarray, rounding: float) -> int:
    """Local minima inside a line of values (P,), changes of at most ``rounding`` left out, as are missing values."""
    kept = values[np.isfinite(values)]
    if kept.size < 3:
        return 0
    least = max(rounding, TINY * float(np.ptp(kept)))
    last, falling, count = float(kept[0]), False, 0
    for value in kept[1:].tolist():
        if abs(value - last) <= least:
            continue
        count += falling and value > last
        falling = value < last
        last = value
    return int(count)
