"""The contract of a study, and the cell of its grid that it measures."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import torch

from src.core.checks import FieldError, check_count, check_number, field_error
from src.core.optimizer import Optimizer
from src.core.problem import Problem
from src.core.result import Result, Tables
from src.core.schedule import Schedule
from src.core.search import SearchMethod
from src.core.start import Start
from src.core.streams import Seed, Split, seeds
from src.monitor.rule import StoppingRule
from src.protocol.tuning.grid import Tuning


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One cell of a study's grid: one problem by one method, under the study's settings.

    Attributes:
        problem, optimizer, schedule, stopping: the parts, already built.
        start: starting points of a landscape, or weight initialization of a learning task.
        tuning: how the learning rate is chosen when ``learning_rate`` is None.
        learning_rate: the learning rate, above 0; None to tune it.
        search: the gradient-free method where a study compares such; the optimizer then has no part.
        seeds: number of test seeds, at least 1.
        first_seed: number of the first test seed, at least 0: the run is of the seeds first_seed, first_seed + 1, …
        earlier: of a run that does not begin at seed 0, the run of as many seeds from 0 on, whose choices on tuning
            seeds are taken over; None to choose again, which comes to the same.
        steps: budget in the study's ``budget_unit``, at least 1: steps of a descent, evaluations of a search.
        evaluate_every: steps between two evaluations on held-out data; None for once an epoch.
        root_seed: key of all random streams.
        device: where tensors live: cpu, cuda, cuda:1, …
        names: what the parts are called in tables and figures: problem, optimizer, and so on.
    """

    problem: Problem
    optimizer: Optimizer
    schedule: Schedule
    start: Start
    stopping: StoppingRule
    tuning: Tuning
    learning_rate: float | None
    seeds: int
    steps: int
    evaluate_every: int | None
    root_seed: int
    device: str
    names: dict[str, str]
    search: SearchMethod | None = None
    first_seed: int = 0
    earlier: Result | None = None

    def __post_init__(self) -> None:
        if self.learning_rate is not None:
            check_number(self, "learning_rate", above=0)
        check_count(self, "seeds")
        check_count(self, "first_seed", at_least=0)
        check_count(self, "steps")
        check_count(self, "root_seed", at_least=0)
        if self.evaluate_every is not None:
            check_count(self, "evaluate_every")
        try:
            usable = torch.device(self.device).type == "cpu" or torch.cuda.is_available()
        except RuntimeError:
            usable = False
        if not usable:
            raise field_error(self, "device", self.device, "cpu, or cuda on a machine that has it")

    @property
    def test_seeds(self) -> list[Seed]:
        """The test seeds of this run."""
        return seeds(self.seeds, "test", self.root_seed, self.first_seed)

    def first_of(self, split: Split) -> int:
        """Number of the first seed of ``split`` that this run uses; tuning seeds begin at 0 in every run."""
        return self.first_seed if split == "test" else 0

    @property
    def epoch(self) -> int:
        """Steps in one pass over the training data; the whole budget where there are no data."""
        if self.problem.size == 0:
            return self.steps
        return -(-self.problem.size // (self.problem.batch_size or self.problem.size))


class Study(ABC):
    """A question, and how to answer it from runs. Subclasses are frozen dataclasses."""

    name: str
    question: str
    how_to_read: str
    descends: ClassVar[bool] = True  # whether optimizer, schedule and rate have a part in its runs
    searches: ClassVar[bool] = False  # whether a search method has
    # Fields that say how the study is read and judged; they have no part in what a run measures, nor in its identity.
    read_afterwards: ClassVar[tuple[str, ...]] = ("question", "how_to_read", "claims")
    shortened: ClassVar[tuple[str, ...]] = ()  # fields that count steps, of which a profile runs its share
    budget_unit: ClassVar[str] = "steps"  # unit of a cell's budget; evaluations where only a search spends it
    # Tables, and keys of ``about``, that a run has of all its seeds together, beside its tables by seed. Runs of
    # further seeds can be joined to it without them (src/protocol/join_seeds.py). None: they cannot be joined.
    of_all_seeds: ClassVar[tuple[str, ...] | None] = None

    def check_parts(self, problem: Problem, search: SearchMethod | None) -> None:
        """Raise FieldError unless there is a search method exactly where one is used, and a gradient to descend."""
        if self.descends and not problem.is_differentiable:
            raise FieldError(f"problem = {type(problem).__name__}: must have a gradient: {self.name} descends")
        if search is None and self.searches:
            raise FieldError(f"search = None: must be a search method in study {self.name}; add +search=NAME")
        if search is not None and not self.searches:
            name, why = type(search).__name__, f"study {self.name} searches nothing; leave out +study for one search"
            raise FieldError(f"search = {name}: must be left out: {why}")

    def budget(self, problem: Problem) -> int:
        """Budget of a cell where the config states none: the problem's own."""
        return problem.steps

    @abstractmethod
    def measure(self, cell: Cell) -> Result:
        """Run one cell."""

    def over_all_seeds(self, joined: Result) -> Result:
        """``joined`` runs with what ``gather`` needs of ``of_all_seeds``, worked out from the tables by seed."""
        return joined

    @abstractmethod
    def gather(self, cells: Sequence[Result]) -> Result:
        """The tables and metrics of the whole sweep, from its cells' tables."""

    @abstractmethod
    def headline(self, gathered: Result) -> list[tuple[object, ...]]:
        """Rows of the ``headline`` table, the most important first; columns: src/protocol/summary.py."""

    @abstractmethod
    def answer(self, gathered: Result) -> Tables:
        """The few small tables, by title, that are printed when the sweep has ended."""
