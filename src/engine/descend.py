"""Gradient descent of many replicates at once: the one loop over steps.

A replicate is one seed at one learning rate. With S seeds and L rates the batch has R = S * L rows, row r = s * L +
l. Rows of one seed share start, noise and data order. Rows are worked on in chunks of whole seeds that fit the cache;
the numbers of a row depend neither on its neighbours nor on the chunk.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce

import torch
from torch import Tensor

from src.core.optimizer import Optimizer
from src.core.problem import Problem
from src.core.schedule import Schedule
from src.core.status import Status
from src.core.streams import NormalStream, OrderStream, Seed
from src.engine.series_buffer import SeriesBuffer
from src.monitor.rule import HIGHER_IS_BETTER, RuleState, StoppingRule

CPU = torch.device("cpu")
CHUNK_VALUES = 2**18  # parameters that are worked on together: about the second-level cache with an optimizer's state
CEILING = 1e8  # a loss that rose by this many times 1 + |initial loss| has diverged


@dataclass(frozen=True)
class Series:
    """One monitored metric: its steps (K,) and its values (K, R)."""

    steps: Tensor
    values: Tensor


@dataclass(frozen=True)
class DescentResult:
    """Result of a descent with R replicates.

    Attributes:
        theta: last parameters, shape (R, D).
        status: Status of each row, shape (R,).
        taken: number of steps before the row was frozen or the budget ended, shape (R,).
        stopped_step: step at which the stopping rule fired, or NEVER, shape (R,); an ended row is not watched.
        series: Series by metric name: ``loss``, ``grad_norm``, ``param_norm`` at steps 0 … T (before each step's
            update, and after the last), ``update_ratio`` (length of the update over the length of the parameters) at
            0 … T - 1, and the problem's evaluations at the steps where they were taken. A frozen row repeats its
            last point.
        path: parameters of the first ``paths`` rows at steps 0 … T, shape (T + 1, paths, D).
    """

    theta: Tensor
    status: Tensor
    taken: Tensor
    stopped_step: Tensor
    series: dict[str, Series]
    path: Tensor


@dataclass(frozen=True, kw_only=True)
class DescentLoop:
    """The loop's settings, shared by all replicates of a run.

    Attributes:
        problem: problem to minimize.
        optimizer: optimizer, which turns gradients into directions.
        schedule: factor on the learning rate at each step.
        stopping: rule by which a row counts as converged or stopped early.
        steps: number of steps T.
        evaluate_every: number of steps between two calls of ``problem.evaluate``; the last point is always evaluated.
        device: device of the tensors.
        paths: number of leading rows whose parameters are recorded at every step.
    """

    problem: Problem
    optimizer: Optimizer
    schedule: Schedule
    stopping: StoppingRule
    steps: int
    evaluate_every: int
    device: torch.device = CPU
    paths: int = 0

    def run(
        self, start: Tensor, rates: Tensor, seeds: Sequence[Seed], chunk_rows: int | None = None
    ) -> DescentResult:
        """Descend from ``start`` (S, D), one row per seed, at each of ``rates`` (L,)."""
        rows = chunk_rows or max(1, CHUNK_VALUES // self.problem.dimension)
        width = max(1, rows // len(rates))
        chunks = [
            _Chunk(
                self, start[low : low + width], rates, seeds[low : low + width], self.paths - low * len(rates)
            ).run()
            for low in range(0, len(seeds), width)
        ]
        return reduce(_joined, chunks)


def _joined(left: DescentResult, right: DescentResult) -> DescentResult:
    series = {
        name: Series(part.steps, torch.cat([part.values, right.series[name].values], dim=1))
        for name, part in left.series.items()
    }
    return DescentResult(
        theta=torch.cat([left.theta, right.theta]),
        status=torch.cat([left.status, right.status]),
        taken=torch.cat([left.taken, right.taken]),
        stopped_step=torch.cat([left.stopped_step, right.stopped_step]),
        series=series,
        path=torch.cat([left.path, right.path], dim=1),
    )


class _Chunk:
    """The loop over the steps of one chunk of rows, and the loop's memory."""

    def __init__(self, loop: DescentLoop, start: Tensor, rates: Tensor, seeds: Sequence[Seed], paths: int) -> None:
        self._loop = loop
        self._repeats = len(rates)
        problem = loop.problem
        self._theta = start.to(loop.device, problem.dtype).repeat_interleave(self._repeats, dim=0)
        self._rate = rates.to(loop.device, problem.dtype).repeat(len(seeds))[:, None]
        rows = len(self._theta)
        self._noise = NormalStream(seeds, problem.dimension) if loop.optimizer.needs_noise else None
        self._order = None
        if problem.batch_size is not None and problem.batch_size < problem.size:
            self._order = OrderStream(seeds, problem.size, problem.batch_size)
        self._active = torch.ones(rows, dtype=torch.bool, device=loop.device)
        self._all_active = True
        self._status = torch.full((rows,), int(Status.RUNNING), dtype=torch.int64, device=loop.device)
        self._taken = torch.full((rows,), loop.steps, dtype=torch.int64, device=loop.device)
        self._watched = loop.stopping.watched(problem.tuning_metric)
        self._stopping: RuleState = loop.stopping.init(rows, loop.device)
        self._ceiling: Tensor | None = None
        self._buffers: dict[str, SeriesBuffer] = {}
        self._path: list[Tensor] = []
        self._paths = max(0, paths)

    def run(self) -> DescentResult:
        loop = self._loop
        state = loop.optimizer.init(self._theta)
        for step in range(loop.steps + 1):
            loss, grad = loop.problem.gradient(self._theta, self._rows_of(self._order))
            length = torch.linalg.vector_norm(self._theta, dim=-1)
            self._observe(step, loss, torch.linalg.vector_norm(grad, dim=-1), length)
            if step == loop.steps or not (self._all_active or bool(self._active.any())):
                break
            noise = self._rows_of(self._noise)
            direction, state = loop.optimizer.update(grad, state, self._theta, step, noise)
            self._move(step, direction, length)
        return self._finished()

    def _rows_of(self, stream: NormalStream | OrderStream | None) -> Tensor | None:
        """The stream's next draw, each seed's repeated for its rates."""
        if stream is None:
            return None
        drawn = torch.from_numpy(stream.next())
        kind = self._theta.dtype if drawn.is_floating_point() else drawn.dtype
        return drawn.to(self._loop.device, kind).repeat_interleave(self._repeats, dim=0)

    def _move(self, step: int, direction: Tensor, length: Tensor) -> None:
        update = (self._rate * self._loop.schedule.factor(step)) * direction
        if not self._all_active:
            # where, not a product: a frozen row may hold NaN, and NaN * 0 is NaN
            update = torch.where(self._active[:, None], update, 0)
        self._theta = self._theta - update
        ratio = torch.linalg.vector_norm(update, dim=-1) / length
        if not self._all_active:
            ratio = torch.where(self._active, ratio, 0)  # of a row that ended on NaN, too
        self._record("update_ratio", ratio)
        if self._watched == "update_ratio":
            self._check_stopping(step, ratio, taken=step + 1)

    def _observe(self, step: int, loss: Tensor, grad_norm: Tensor, length: Tensor) -> None:
        """SeriesBuffer step ``step`` before its update, and freeze the rows that end there."""
        if not self._all_active:
            # A frozen row is still given mini-batches; its loss on them is not recorded.
            ended = self._taken < step
            loss = torch.where(ended, self._buffers["loss"].last, loss)
            grad_norm = torch.where(ended, self._buffers["grad_norm"].last, grad_norm)
        self._record("loss", loss)
        self._record("grad_norm", grad_norm)
        self._record("param_norm", length)
        if self._paths:
            self._path.append(self._theta[: self._paths])
        if self._ceiling is None:
            self._ceiling = loss + CEILING * (1 + loss.abs())
        finite = (loss < self._ceiling) & (grad_norm < torch.inf)
        # A mini-batch of well-fitted samples may have no gradient while the other samples have one.
        going = finite & ((grad_norm > self._loop.stopping.gradient_tolerance) | (self._order is not None))
        if not bool((going | ~self._active).all()):
            self._freeze(~finite, Status.DIVERGED, step)
            self._freeze(~going, Status.CONVERGED, step)
        measured = {"loss": loss, "grad_norm": grad_norm, "param_norm": length}
        if step % self._loop.evaluate_every == 0 or step == self._loop.steps:
            evaluated = self._loop.problem.evaluate(self._theta)
            for name, value in evaluated.items():
                self._record(name, value)
            measured |= evaluated
        if self._watched in measured:
            self._check_stopping(step, measured[self._watched], taken=step)

    def _check_stopping(self, step: int, value: Tensor, taken: int) -> None:
        """Pass ``value`` (R,) to the rule, measured at ``step`` when ``taken`` steps had been taken."""
        rule = self._loop.stopping
        higher = self._watched in HIGHER_IS_BETTER
        after = rule.check(self._stopping, value, step, higher_is_better=higher)
        if not self._all_active:
            # Else the rule would fire for an ended row if its neighbours keep the loop going, and not if it is alone.
            pairs = zip(after, self._stopping, strict=True)
            after = type(after)(*(torch.where(self._active, new, old) for new, old in pairs))
        self._stopping = after
        if rule.freeze:
            self._freeze(after.stopped_step >= 0, Status.STOPPED_EARLY, taken)

    def _freeze(self, rows: Tensor, status: Status, taken: int) -> None:
        ending = rows & self._active
        self._status = torch.where(ending, int(status), self._status)
        self._taken = torch.where(ending, taken, self._taken)
        self._active = self._active & ~rows
        self._all_active = bool(self._active.all())

    def _record(self, name: str, value: Tensor) -> None:
        self._buffers.setdefault(name, SeriesBuffer()).append(value)

    def _finished(self) -> DescentResult:
        loop = self._loop
        status = torch.where(self._active, int(Status.OUT_OF_BUDGET), self._status)
        every_step = list(range(loop.steps + 1))
        evaluations = [*every_step[:-1][:: loop.evaluate_every], loop.steps]
        # When all rows ended early they may have moved since the last evaluation.
        last = loop.problem.evaluate(self._theta) if len(self._buffers["loss"]) <= loop.steps else {}
        known = dict.fromkeys(("loss", "grad_norm", "param_norm"), every_step) | {"update_ratio": every_step[:-1]}
        last["update_ratio"] = torch.zeros_like(self._rate[:, 0])  # a frozen row does not move
        series = {}
        for name, buffer in self._buffers.items():
            steps = known.get(name, evaluations)
            padding = last.get(name, buffer.last).expand(len(steps) - len(buffer), -1)
            series[name] = Series(torch.tensor(steps), torch.cat([buffer.stacked(), padding]).cpu())
        path = self._path + self._path[-1:] * (loop.steps + 1 - len(self._path))
        return DescentResult(
            theta=self._theta.cpu(),
            status=status.cpu(),
            taken=self._taken.cpu(),
            stopped_step=self._stopping.stopped_step.cpu(),
            series=series,
            path=torch.stack(path).cpu() if path else self._theta[:0].cpu().expand(loop.steps + 1, 0, -1),
        )
