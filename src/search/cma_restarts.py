"""Population and first step of CMA-ES's next run: IPOP (Auger and Hansen 2005), BIPOP (Hansen 2009, GECCO workshop).

All rows ask for the same number of points N at a time, so a population is a multiple of N: a row's generation takes
one ask or several.
"""

from dataclasses import dataclass, fields, replace

import torch
from torch import Tensor

SCHEMES = ("none", "fixed", "ipop", "bipop")
UNLIMITED = torch.iinfo(torch.int64).max


@dataclass(frozen=True)
class Runs:
    """Each row's present run and the asks that its runs have taken; every tensor is of shape (R,).

    Attributes:
        size: population of the present run in multiples of N, which is the number of asks per generation.
        shrinkage: factor on the first sigma of the present run.
        is_small: whether the present run is one of small population, as the first run is.
        taken: number of asks that the present run has taken.
        limit: number of asks after which the present run ends.
        doublings: number of times that the large population has been doubled.
        small: number of asks that the finished runs of small population have taken.
        large: number of asks that the finished runs of large population have taken.
    """

    size: Tensor
    shrinkage: Tensor
    is_small: Tensor
    taken: Tensor
    limit: Tensor
    doublings: Tensor
    small: Tensor
    large: Tensor

    def where(self, chosen: Tensor, other: "Runs") -> "Runs":
        """This one's rows where ``chosen`` (R,), the other's elsewhere."""
        names = [field.name for field in fields(self)]
        return Runs(**{name: getattr(self, name).where(chosen, getattr(other, name)) for name in names})


def first_runs(rows: int) -> Runs:
    """First run of each row: N points per generation, the whole first sigma, no limit."""
    zero = torch.zeros(rows, dtype=torch.int64)
    return Runs(
        size=zero + 1,
        shrinkage=torch.ones(rows, dtype=torch.float64),
        is_small=torch.ones(rows, dtype=torch.bool),
        taken=zero,
        limit=zero + UNLIMITED,
        doublings=zero,
        small=zero,
        large=zero,
    )


def next_runs(runs: Runs, scheme: str, uniform: Tensor) -> Runs:
    """Run that follows each row's present one.

    IPOP doubles the population. BIPOP does so in its large runs, and in between makes small runs until these have
    taken as many asks as the large ones. With i doublings so far and u, v uniform, a small run's population is
    ``(2^i / 2)^(u^2)`` in multiples of N, rounded down, its first sigma is shrunk to ``10^(-2 v)``, and it ends after
    half of the asks of all large runs. The first run counts as a small run, as in the library ``cma``.

    Args:
        runs: each row's present run.
        scheme: one of ``SCHEMES``.
        uniform: u and v for each row, on [0, 1), shape (R, 2).
    """
    if scheme in ("none", "fixed"):
        return replace(runs, taken=torch.zeros_like(runs.taken))
    small = runs.small + runs.taken.where(runs.is_small, 0)
    large = runs.large + runs.taken.where(~runs.is_small, 0)
    is_small = (small < large) if scheme == "bipop" else torch.zeros_like(runs.is_small)
    doublings = runs.doublings + (~is_small).long()
    most = 2.0 ** doublings.double()
    shrunk = (most / 2) ** uniform[:, 0].square()
    return Runs(
        size=shrunk.clamp_min(1).where(is_small, most).long(),
        shrinkage=(10 ** (-2 * uniform[:, 1])).where(is_small, 1.0),
        is_small=is_small,
        taken=torch.zeros_like(runs.taken),
        limit=(large // 2).where(is_small, UNLIMITED),
        doublings=doublings,
        small=small,
        large=large,
    )
