"""The box of a search as libraries take it: numpy arrays of one row."""

from dataclasses import dataclass

import numpy as np

from src.core.search import Setup


@dataclass(frozen=True)
class Box:
    """Box and starting point of a library's search.

    Attributes:
        lower: lower edge of the box, shape (D,).
        upper: upper edge of the box, shape (D,).
        start: point to search from, shape (D,).
    """

    lower: np.ndarray
    upper: np.ndarray
    start: np.ndarray

    @property
    def width(self) -> np.ndarray:
        """Length of the box's edges, shape (D,)."""
        width: np.ndarray = self.upper - self.lower
        return width

    @property
    def pairs(self) -> list[tuple[float, float]]:
        """Lower and upper edge of each coordinate."""
        return list(zip(self.lower.tolist(), self.upper.tolist(), strict=True))

    def uniform(self, generator: np.random.Generator) -> np.ndarray:
        """A point of the box, shape (D,)."""
        return self.filled(generator.random(len(self.lower)))

    def filled(self, shares: np.ndarray) -> np.ndarray:
        """Points (..., D) of the box for numbers from 0 to 1; rounding never moves a point past a face."""
        points: np.ndarray = np.clip(self.lower + self.width * shares, self.lower, self.upper)
        return points

    def shares(self, points: np.ndarray) -> np.ndarray:
        """Numbers from 0 to 1 for ``points`` (..., D): the inverse of ``filled``."""
        shares: np.ndarray = (points - self.lower) / self.width
        return shares


def box_of(setup: Setup) -> Box:
    """Box and starting point of a setup with one row."""
    return Box(
        lower=setup.lower.double().numpy(), upper=setup.upper.double().numpy(), start=setup.start[0].double().numpy()
    )
