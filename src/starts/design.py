"""Starting points that are laid out together, N at a time, so as to cover the box evenly."""

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor

from src.core.checks import check_count
from src.core.problem import Problem
from src.core.start import Start
from src.core.streams import Seed
from src.starts.box import box_of


@dataclass(frozen=True, kw_only=True)
class Design(Start):
    """Independent designs of N points each over the problem's box.

    Seed number s takes point ``s mod N`` of design ``s // N``, and a design is drawn from the "start" stream of the
    seed whose number is the design's (same split, same root). So a row depends on its own seed alone, although the
    points of one design depend on each other: take N seeds, or a multiple, for whole designs.

    Attributes:
        points: points N of one design, at least 1.
    """

    points: int

    def __post_init__(self) -> None:
        check_count(self, "points")

    @abstractmethod
    def lay_out(self, dimension: int, generator: np.random.Generator) -> np.ndarray:
        """One design over the unit cube, shape (N, D)."""

    def draw(self, problem: Problem, seeds: Sequence[Seed]) -> Tensor:
        """Shape (S, D).

        Raises:
            FieldError: the problem has no box.
        """
        lower, upper = box_of(self, problem)
        owners = [replace(seed, number=seed.number // self.points) for seed in seeds]
        designs = {
            owner: self.lay_out(problem.dimension, owner.generator("start")) for owner in dict.fromkeys(owners)
        }
        unit = np.empty((len(seeds), problem.dimension))
        for row, (owner, seed) in enumerate(zip(owners, seeds, strict=True)):
            unit[row] = designs[owner][seed.number % self.points]
        return torch.from_numpy(lower + (upper - lower) * unit).to(problem.dtype)
