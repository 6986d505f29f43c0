"""Fair tuning: every method gets the same candidate learning rates and the same tuning seeds.

The best candidate has the lowest median score over the tuning seeds; a diverged seed scores infinity. When the
best sits on the edge of the grid, the grid is widened there, at its own spacing.
"""

from dataclasses import dataclass

import numpy as np

from src.core.checks import check_count, check_number, field_error


@dataclass(frozen=True, kw_only=True)
class Tuning:
    """A logarithmic grid of candidate learning rates and how far the grid may be widened.

    Attributes:
        lowest, highest: ends of the grid, both above 0.
        rates: number of candidates, at least 3, so that the grid has an interior.
        seeds: number of tuning seeds; tuning seeds and test seeds are disjoint by construction.
        widenings: largest number of times that an edge is moved outwards.
        widen_by: number of candidates added by each widening.
    """

    lowest: float
    highest: float
    rates: int
    seeds: int
    widenings: int
    widen_by: int

    def __post_init__(self) -> None:
        check_number(self, "lowest", above=0)
        check_number(self, "highest", above=0)
        if self.highest <= self.lowest:
            raise field_error(self, "highest", self.highest, f"above lowest = {self.lowest!r}")
        check_count(self, "rates", at_least=3)
        check_count(self, "seeds")
        check_count(self, "widenings", at_least=0)
        check_count(self, "widen_by")

    def grid(self) -> np.ndarray:
        """The candidate learning rates, ascending, shape (rates,)."""
        return np.geomspace(self.lowest, self.highest, self.rates)

    def beyond(self, candidates: np.ndarray, best: int) -> np.ndarray:
        """Further candidates outside the edge on which ``best`` sits; empty when ``best`` is interior.

        Args:
            candidates: learning rates tried so far, ascending.
            best: index of the best candidate.
        """
        ratio = (self.highest / self.lowest) ** (1 / (self.rates - 1))
        if best == 0:
            return np.asarray(candidates[0] / ratio ** np.arange(self.widen_by, 0, -1))
        if best == len(candidates) - 1:
            return np.asarray(candidates[-1] * ratio ** np.arange(1, self.widen_by + 1))
        return np.empty(0)


def best_candidate(score: np.ndarray, steps: np.ndarray) -> int:
    """Index of the lowest score; among equal scores, of the fewest steps, then of the lowest learning rate.

    Args:
        score: median score of each candidate, shape (L,); inf for a candidate that diverged in the median.
        steps: median number of steps to the target of each candidate, shape (L,); inf where most seeds fail.
    """
    return int(np.lexsort((np.arange(len(score)), steps, score))[0])
