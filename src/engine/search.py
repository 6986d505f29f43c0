"""Gradient-free search of many replicates at once: the one loop over generations, and over a library's solver.

With S seeds and L settings the batch has R = S * L rows, row r = s * L + l. The loop records the *true* value of the
best point so far after each evaluation: with observation noise the method sees noisy values and is judged by true
values.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import torch
from torch import Tensor

from src.core.checks import FieldError
from src.core.draws import Draws
from src.core.failures import error_line
from src.core.finite import worst_if_not_finite
from src.core.problem import Problem
from src.core.search import BudgetSpent, Search, SearchMethod, Setup, Solver
from src.core.streams import Seed
from src.engine.counted_objective import CountedObjective

CHUNK_VALUES = 2**22  # best values so far that are held for one chunk of seeds
SNAPSHOTS = 60  # generations of the first row that are kept to be drawn


@dataclass(frozen=True)
class Snapshot:
    """A generation of the first row: evaluations spent by then, its points (N, D) and their true values (N,)."""

    evaluations: int
    points: Tensor
    values: Tensor


@dataclass(frozen=True)
class SearchResult:
    """Result of a search with R replicates.

    Attributes:
        best: true value of the best point after each evaluation, shape (R, E); inf before the first finite value.
        point: best point of each row, shape (R, D); NaN where no value was finite.
        used: number of evaluations that each row spent, shape (R,); a solver may end before its budget.
        failures: exception that a library's solver raised, by row.
        failed_evaluations: number of evaluations of all rows in which the objective raised an exception.
        first_failure: the first exception of the objective in one line; empty when there is none.
        snapshots: some generations of the first row.
    """

    best: Tensor
    point: Tensor
    used: Tensor
    failures: dict[int, str] = field(default_factory=dict)
    snapshots: tuple[Snapshot, ...] = ()
    failed_evaluations: int = 0
    first_failure: str = ""


@dataclass(frozen=True, kw_only=True)
class SearchLoop:
    """The loop's settings, shared by all replicates of a run.

    Attributes:
        problem: problem to minimize.
        method: search method, which chooses the points.
        lower: lower edge of the box, shape (D,).
        upper: upper edge of the box, shape (D,).
        budget: number of evaluations that a row may spend; the last generation is cut to fit.
        observation_noise: standard deviation of the noise on the values that the method sees, in units of the value,
            and of the independent noise on each coordinate of its gradients, per unit of the coordinate. Every
            method gets the same noise, by ask and tell or as a library's solver.
        snapshots: whether generations of the first row are kept.
        target: value at which a row is done; the loop ends when all rows of a chunk are done. None: the loop runs to
            the end of the budget.
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
    ) -> SearchResult:
        """Search from ``start`` (S, D), one row per seed and per entry of the values (L,) in ``settings``."""
        settings = settings or {}
        failures = self.problem.failures
        failed = failures.count if failures else 0
        repeats = len(next(iter(settings.values()))) if settings else 1
        width = chunk or max(1, CHUNK_VALUES // (self.budget * repeats))
        # Records are written where they stay: those of all chunks and a copy would be twice the memory.
        best = torch.empty(repeats * len(seeds), self.budget, dtype=self.problem.dtype)
        parts = []
        for low in range(0, len(seeds), width):
            chunk_seeds = seeds[low : low + width]
            setup = Setup(
                start=start[low : low + width].to(self.problem.dtype).repeat_interleave(repeats, dim=0),
                lower=self.lower,
                upper=self.upper,
                budget=self.budget,
                settings={name: values.repeat(len(chunk_seeds)) for name, values in settings.items()},
            )
            part = self._chunk(setup, chunk_seeds, repeats, first=low == 0)
            rows = best[low * repeats : (low + len(chunk_seeds)) * repeats]
            parts.append(replace(part, best=rows.copy_(part.best)))
        result = _joined(parts, best)
        self.problem.check_found(best[:, -1], result.point)
        if failures and failures.count > failed:
            result = replace(result, failed_evaluations=failures.count - failed, first_failure=failures.first)
        return result

    def _chunk(self, setup: Setup, seeds: Sequence[Seed], repeats: int, *, first: bool) -> SearchResult:
        if isinstance(self.method, Search):
            return self._generations(self.method, setup, Draws(seeds, repeats), keep=self.snapshots and first)
        if isinstance(self.method, Solver):
            return self._solve_rows(self.method, setup, seeds, repeats)
        raise TypeError(f"{type(self.method).__name__} is neither a Search nor a Solver")

    def _generations(self, method: Search, setup: Setup, draws: Draws, *, keep: bool) -> SearchResult:
        state = method.init(setup)
        best = torch.full((setup.rows, 1), torch.inf, dtype=setup.start.dtype)
        point = torch.full_like(setup.start, torch.nan)
        spent, curves = 0, []
        snapshots: list[Snapshot] = []
        while spent < self.budget:
            points, state = method.ask(state, draws)
            left = points[:, : self.budget - spent]
            true, gradients = self._evaluate(left, method)
            observed, gradients = self._observed(true, gradients, draws)
            running = torch.cat([best, true], dim=1).cummin(dim=1).values
            curves.append(running[:, 1:])
            lowest, index = true.min(dim=1, keepdim=True)
            better = lowest < best
            chosen = left.gather(1, index[..., None].expand(-1, -1, left.shape[2]))[:, 0]
            point = torch.where(better, chosen, point)
            best = running[:, -1:]
            spent += left.shape[1]
            if keep:
                snapshots.append(Snapshot(spent, left[0].clone(), true[0].clone()))
            if left.shape[1] < points.shape[1] or self._done(best):
                break
            state = method.tell(state, points, observed, gradients, draws)
        curves.append(best.expand(-1, self.budget - spent))
        used = torch.full((setup.rows,), spent)
        return SearchResult(torch.cat(curves, dim=1), point, used, snapshots=_thinned(snapshots))

    def _done(self, best: Tensor) -> bool:
        return self.target is not None and bool((best <= self.target).all())

    def _evaluate(self, points: Tensor, method: Search) -> tuple[Tensor, Tensor | None]:
        """True values (R, N), inf where they are not finite, and gradients (R, N, D) where the method needs them."""
        if not method.needs_gradient:
            return worst_if_not_finite(self.problem.value(points.clone())), None
        flat = points.reshape(-1, points.shape[2])
        value, gradient = self.problem.gradient(flat.clone())
        value = worst_if_not_finite(value)
        return value.reshape(points.shape[:2]), gradient.clone().reshape(points.shape)

    def _observed(self, true: Tensor, gradients: Tensor | None, draws: Draws) -> tuple[Tensor, Tensor | None]:
        """Values (R, N) and gradients (R, N, D) as the method sees them."""
        if self.observation_noise == 0:
            return true, gradients
        count = true.shape[1]
        values = true + self.observation_noise * draws.normal(f"observation of {count}", count)
        if gradients is None:
            return values, None
        noise = draws.normal(f"gradient observation of {count}", count, gradients.shape[2])
        return values, gradients + self.observation_noise * noise.to(gradients.dtype)

    def _solve_rows(self, method: Solver, setup: Setup, seeds: Sequence[Seed], repeats: int) -> SearchResult:
        objectives, failures = [], {}
        stream = method.stream_name or type(method).__name__
        for row in range(setup.rows):
            seed = seeds[row // repeats]
            row_setup = Setup(
                start=setup.start[row : row + 1],
                lower=setup.lower,
                upper=setup.upper,
                budget=setup.budget,
                settings={name: values[row : row + 1] for name, values in setup.settings.items()},
            )
            objective = CountedObjective(
                self.problem,
                self.lower,
                self.upper,
                self.budget,
                self.observation_noise,
                seed.generator("search", "observation"),
            )
            try:
                method.solve(objective, row_setup, seed.generator("search", stream))
            except BudgetSpent:
                pass
            except FieldError:
                raise
            except Exception as error:
                failures[row] = error_line(error)
            objectives.append(objective)
        best = torch.from_numpy(np.stack([objective.best for objective in objectives])).to(setup.start.dtype)
        point = torch.from_numpy(np.stack([objective.point for objective in objectives])).to(setup.start.dtype)
        used = torch.tensor([setup.budget - objective.remaining for objective in objectives])
        return SearchResult(best, point, used, failures)


def _thinned(snapshots: Sequence[Snapshot]) -> tuple[Snapshot, ...]:
    """All early generations, and fewer and fewer of the later ones: a population changes most at first."""
    if not snapshots:
        return ()
    indices = np.unique(np.geomspace(1, len(snapshots), SNAPSHOTS).astype(int)) - 1
    return tuple(snapshots[int(index)] for index in indices)


def _joined(parts: Sequence[SearchResult], best: Tensor) -> SearchResult:
    failures: dict[int, str] = {}
    rows = 0
    for part in parts:
        failures |= {rows + row: error for row, error in part.failures.items()}
        rows += len(part.used)
    return SearchResult(
        best=best,
        point=torch.cat([part.point for part in parts]),
        used=torch.cat([part.used for part in parts]),
        failures=failures,
        snapshots=parts[0].snapshots,
    )
