"""Gradient-free search of many replicates at once: the one loop over generations, and over a library's solver.

With S seeds and L settings the batch has R = S * L rows, row r = s * L + l. What is recorded is the *true* value of
the best point seen so far, after each evaluation: with observation noise the method is told noisy values and judged
by true ones.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import torch
from torch import Tensor

from src.core.checks import FieldError
from src.core.draws import Draws
from src.core.problem import Problem
from src.core.search import BudgetSpent, Objective, Search, SearchMethod, Setup, Solver
from src.core.streams import Seed

CHUNK_VALUES = 2**22  # records of best-so-far that are held for one chunk of seeds
SNAPSHOTS = 60  # generations of the first row that are kept to be drawn


@dataclass(frozen=True)
class Snapshot:
    """A generation of the first row: evaluations spent by then, its points (N, D) and their true values (N,)."""

    evaluations: int
    points: Tensor
    values: Tensor


@dataclass(frozen=True)
class Trace:
    """What came of R replicates.

    Attributes:
        best: true value of the best point after each evaluation, shape (R, E); inf before the first finite one.
        point: the best point of each row, shape (R, D); NaN where no value was finite.
        used: evaluations that each row spent, shape (R,); a solver may end before its budget.
        failures: what a library's solver raised, by row.
        snapshots: some generations of the first row.
    """

    best: Tensor
    point: Tensor
    used: Tensor
    failures: dict[int, str] = field(default_factory=dict)
    snapshots: tuple[Snapshot, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Searcher:
    """The loop's settings, shared by all replicates of a run.

    Attributes:
        problem: what is minimized.
        method: how points are chosen.
        lower: lower edge of the box, shape (D,).
        upper: upper edge of the box, shape (D,).
        budget: evaluations a row may spend; the last generation is cut to fit.
        observation_noise: standard deviation of the noise on the values (and on each coordinate of the gradients)
            that the method is told.
        snapshots: whether generations of the first row are kept.
        target: a value at which a row is done; the loop ends when all rows of a chunk are. None to go on.
    """

    problem: Problem
    method: SearchMethod
    lower: Tensor
    upper: Tensor
    budget: int
    observation_noise: float = 0.0
    snapshots: bool = False
    target: float | None = None

    def __post_init__(self) -> None:
        if self.method.domain != self.problem.domain:
            method, problem = type(self.method).__name__, type(self.problem).__name__
            raise FieldError(f"search = {method}: must be a method for {self.problem.domain}, as {problem} has them")

    def run(
        self,
        start: Tensor,
        seeds: Sequence[Seed],
        settings: Mapping[str, Tensor] | None = None,
        chunk: int | None = None,
    ) -> Trace:
        """Search from ``start`` (S, D), one row for each seed and each of L values in ``settings``, each (L,)."""
        settings = settings or {}
        repeats = len(next(iter(settings.values()))) if settings else 1
        width = chunk or max(1, CHUNK_VALUES // (self.budget * repeats))
        # Records are written where they stay: those of all chunks and a copy would be twice the memory.
        best = torch.empty(repeats * len(seeds), self.budget, dtype=self.problem.dtype)
        parts = []
        for low in range(0, len(seeds), width):
            of = seeds[low : low + width]
            setup = Setup(
                start=start[low : low + width].to(self.problem.dtype).repeat_interleave(repeats, dim=0),
                lower=self.lower,
                upper=self.upper,
                budget=self.budget,
                settings={name: values.repeat(len(of)) for name, values in settings.items()},
            )
            part = self._chunk(setup, of, repeats, first=low == 0)
            own = best[low * repeats : (low + len(of)) * repeats]
            parts.append(replace(part, best=own.copy_(part.best)))
        return _joined(parts, best)

    def _chunk(self, setup: Setup, of: Sequence[Seed], repeats: int, *, first: bool) -> Trace:
        if isinstance(self.method, Search):
            return self._generations(self.method, setup, Draws(of, repeats), keep=self.snapshots and first)
        if isinstance(self.method, Solver):
            return self._rows(self.method, setup, of, repeats)
        raise TypeError(f"{type(self.method).__name__} is neither a Search nor a Solver")

    def _generations(self, method: Search, setup: Setup, draws: Draws, *, keep: bool) -> Trace:
        state = method.init(setup)
        best = torch.full((setup.rows, 1), torch.inf, dtype=setup.start.dtype)
        point = torch.full_like(setup.start, torch.nan)
        spent, records = 0, []
        snapshots: list[Snapshot] = []
        while spent < self.budget:
            points, state = method.ask(state, draws)
            left = points[:, : self.budget - spent]
            true, gradients = self._evaluate(left, method)
            told = self._observed(true, draws)
            running = torch.cat([best, true], dim=1).cummin(dim=1).values
            records.append(running[:, 1:])
            lowest, where = true.min(dim=1, keepdim=True)
            better = lowest < best
            chosen = left.gather(1, where[..., None].expand(-1, -1, left.shape[2]))[:, 0]
            point = torch.where(better, chosen, point)
            best = running[:, -1:]
            spent += left.shape[1]
            if keep:
                snapshots.append(Snapshot(spent, left[0].clone(), true[0].clone()))
            if left.shape[1] < points.shape[1] or self._done(best):
                break
            state = method.tell(state, points, told, gradients, draws)
        records.append(best.expand(-1, self.budget - spent))
        used = torch.full((setup.rows,), spent)
        return Trace(torch.cat(records, dim=1), point, used, snapshots=_thinned(snapshots))

    def _done(self, best: Tensor) -> bool:
        return self.target is not None and bool((best <= self.target).all())

    def _evaluate(self, points: Tensor, method: Search) -> tuple[Tensor, Tensor | None]:
        """True values (R, N), NaN made inf, and gradients (R, N, D) where the method needs them."""
        if not method.needs_gradient:
            return self.problem.value(points).nan_to_num(nan=torch.inf, posinf=torch.inf, neginf=-torch.inf), None
        flat = points.reshape(-1, points.shape[2])
        value, gradient = self.problem.gradient(flat)
        value = value.nan_to_num(nan=torch.inf, posinf=torch.inf, neginf=-torch.inf)
        return value.reshape(points.shape[:2]), gradient.reshape(points.shape)

    def _observed(self, true: Tensor, draws: Draws) -> Tensor:
        if self.observation_noise == 0:
            return true
        return true + self.observation_noise * draws.normal(f"observation of {true.shape[1]}", true.shape[1])

    def _rows(self, method: Solver, setup: Setup, of: Sequence[Seed], repeats: int) -> Trace:
        objectives, failures = [], {}
        for row in range(setup.rows):
            seed = of[row // repeats]
            alone = Setup(
                start=setup.start[row : row + 1],
                lower=setup.lower,
                upper=setup.upper,
                budget=setup.budget,
                settings={name: values[row : row + 1] for name, values in setup.settings.items()},
            )
            objective = _Counted(self, seed.generator("search", "observation"))
            try:
                method.solve(objective, alone, seed.generator("search", type(method).__name__))
            except BudgetSpent:
                pass
            except Exception as error:
                failures[row] = f"{type(error).__name__}: {error}"
            objectives.append(objective)
        best = torch.from_numpy(np.stack([one.best for one in objectives])).to(setup.start.dtype)
        point = torch.from_numpy(np.stack([one.point for one in objectives])).to(setup.start.dtype)
        used = torch.tensor([setup.budget - one.remaining for one in objectives])
        return Trace(best, point, used, failures)


class _Counted(Objective):
    """The problem as a library sees it: points (D,) in, numbers out, and no more than the budget."""

    def __init__(self, how: Searcher, noise: np.random.Generator) -> None:
        self._how = how
        self._noise = noise
        self._used = 0
        self._lower, self._upper = how.lower.numpy(), how.upper.numpy()
        self._record = np.full(how.budget, np.inf)
        self.point = np.full(len(self._lower), np.nan)

    @property
    def remaining(self) -> int:
        return self._how.budget - self._used

    @property
    def best(self) -> np.ndarray:
        """Best true value after each evaluation, shape (E,); a solver that ended early keeps its last."""
        return np.minimum.accumulate(self._record)

    def __call__(self, point: np.ndarray) -> float:
        return float(self.many(np.asarray(point, dtype=float)[None])[0])

    def many(self, points: np.ndarray) -> np.ndarray:
        left = self._taken(points)
        true = self._how.problem.value(torch.from_numpy(left).to(self._how.problem.dtype)).double().numpy()
        return self._seen(points, left, true)

    def with_gradient(self, point: np.ndarray) -> tuple[float, np.ndarray]:
        points = self._taken(np.asarray(point, dtype=float)[None])
        theta = torch.from_numpy(points).to(self._how.problem.dtype)
        true, gradient = self._how.problem.gradient(theta)
        value = self._seen(points, points, true.double().numpy())
        slope: np.ndarray = gradient[0].double().numpy()
        if self._how.observation_noise:
            slope = slope + self._how.observation_noise * self._noise.standard_normal(len(slope))
        return float(value[0]), slope

    def _taken(self, points: np.ndarray) -> np.ndarray:
        """The points that the budget has room for."""
        if self.remaining == 0:
            raise BudgetSpent
        return np.array(points[: self.remaining], dtype=float)

    def _seen(self, asked: np.ndarray, points: np.ndarray, true: np.ndarray) -> np.ndarray:
        """Record the true values of ``points``; what the solver is told of them."""
        true = np.where(np.isnan(true), np.inf, true)
        slack = 1e-9 * (self._upper - self._lower)
        inside = ((points >= self._lower - slack) & (points <= self._upper + slack)).all(axis=1)
        counted = np.where(inside, true, np.inf)  # a library that leaves the box finds nothing there
        before = self._record[: self._used].min(initial=np.inf)
        self._record[self._used : self._used + len(points)] = counted
        self._used += len(points)
        if counted.min() < before:
            self.point = points[int(counted.argmin())].copy()
        if len(points) < len(asked):
            raise BudgetSpent
        if self._how.observation_noise:
            true = true + self._how.observation_noise * self._noise.standard_normal(len(true))
        return true


def _thinned(snapshots: Sequence[Snapshot]) -> tuple[Snapshot, ...]:
    """Early generations all, later ones ever more sparsely: a population changes most at first."""
    if not snapshots:
        return ()
    places = np.unique(np.geomspace(1, len(snapshots), SNAPSHOTS).astype(int)) - 1
    return tuple(snapshots[int(at)] for at in places)


def _joined(parts: Sequence[Trace], best: Tensor) -> Trace:
    failures: dict[int, str] = {}
    rows = 0
    for part in parts:
        failures |= {rows + row: why for row, why in part.failures.items()}
        rows += len(part.used)
    return Trace(
        best=best,
        point=torch.cat([part.point for part in parts]),
        used=torch.cat([part.used for part in parts]),
        failures=failures,
        snapshots=parts[0].snapshots,
    )
