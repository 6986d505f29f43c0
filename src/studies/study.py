"""The contract of a study, and the cell of its grid that it measures."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

import pandas as pd
import torch

from src.core.checks import FieldError, check_count, check_number, refuse
from src.core.optimizer import Optimizer
from src.core.problem import Problem
from src.core.schedule import Schedule
from src.core.search import SearchMethod
from src.core.start import Start
from src.monitor.rule import StoppingRule
from src.studies.tuning import Tuning

Tables = dict[str, pd.DataFrame]


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One cell of a study's grid: one problem by one method, under the study's settings.

    Attributes:
        problem, optimizer, schedule, stopping: the parts, already built.
        start: starting points of a landscape, or weight initialization of a learning task.
        tuning: how the rate is chosen when ``rate`` is None.
        rate: the learning rate, above 0; None to tune it.
        search: the gradient-free method where a study compares such; the optimizer then has no part.
        seeds: number of test seeds, at least 1.
        steps: budget, at least 1: steps of a descent, evaluations of a search.
        evaluate_every: steps between two evaluations on held-out data; None for once an epoch.
        root: key of all random streams.
        device: where tensors live: cpu, cuda, cuda:1, …
        names: what the parts are called in tables and figures: problem, optimizer, and so on.
    """

    problem: Problem
    optimizer: Optimizer
    schedule: Schedule
    start: Start
    stopping: StoppingRule
    tuning: Tuning
    rate: float | None
    seeds: int
    steps: int
    evaluate_every: int | None
    root: int
    device: str
    names: dict[str, str]
    search: SearchMethod | None = None

    def __post_init__(self) -> None:
        if self.rate is not None:
            check_number(self, "rate", above=0)
        check_count(self, "seeds")
        check_count(self, "steps")
        check_count(self, "root", at_least=0)
        if self.evaluate_every is not None:
            check_count(self, "evaluate_every")
        try:
            usable = torch.device(self.device).type == "cpu" or torch.cuda.is_available()
        except RuntimeError:
            usable = False
        if not usable:
            raise refuse(self, "device", self.device, "cpu, or cuda on a machine that has it")

    @property
    def epoch(self) -> int:
        """Steps in one pass over the training data; the whole budget where there are no data."""
        if self.problem.size == 0:
            return self.steps
        return -(-self.problem.size // (self.problem.batch_size or self.problem.size))


@dataclass(frozen=True, kw_only=True)
class Measured:
    """What a run returns.

    Attributes:
        tables: tidy tables by name (``src/core/tables.py``; a study adds its own).
        metrics: end metrics, finite, under the same names in every study (``src/studies/metrics.py``).
        missing: for each end metric that does not exist, why.
        about: what figures and the sweep need to know besides: names, seeds, minimum, target, ...
        tags: words to find and group runs by.
    """

    tables: Tables
    metrics: dict[str, float]
    missing: dict[str, str] = field(default_factory=dict)
    about: dict[str, Any] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)


class Study(ABC):
    """A question, and how to answer it from runs. Subclasses are frozen dataclasses."""

    name: str
    question: str
    reading: str
    descends: ClassVar[bool] = True  # whether optimizer, schedule and rate have a part in its runs
    searches: ClassVar[bool] = False  # whether a search method has

    def check_parts(self, problem: Problem, search: SearchMethod | None) -> None:
        """Raise FieldError unless there is a search method exactly where one is used, and a gradient to descend."""
        if self.descends and not problem.is_differentiable:
            raise FieldError(f"problem = {type(problem).__name__}: must have a gradient: {self.name} descends")
        if search is None and self.searches:
            raise FieldError(f"search = None: must be a search method in study {self.name}; add +search=NAME")
        if search is not None and not self.searches:
            raise FieldError(
                f"search = {type(search).__name__}: must be left out: study {self.name} searches nothing"
            )

    @abstractmethod
    def measure(self, cell: Cell) -> Measured:
        """Run one cell."""

    @abstractmethod
    def gather(self, cells: Sequence[Measured]) -> Measured:
        """The tables and metrics of the whole sweep, from its cells' tables."""

    @abstractmethod
    def answer(self, gathered: Measured) -> Tables:
        """The few small tables, by title, that are printed when the sweep has ended."""
