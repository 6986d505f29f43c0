"""Default settings of CMA-ES: Table 1 of Hansen 2016, "The CMA Evolution Strategy: A Tutorial", arXiv:1604.00772."""

import math
from dataclasses import dataclass
from functools import lru_cache

import torch
from torch import Tensor

from src.search.recombination import effective, expected_norm


@dataclass(frozen=True)
class CmaConstants:
    """What follows from the number of coordinates D and of points N.

    Attributes:
        weights: by rank, best first, shape (N,); the positive ones sum to 1, the others are negative or 0.
        mass: effective number of parents mu_eff.
        path_memory: c_sigma, rate at which the path of sigma forgets.
        damping: d_sigma.
        rank_one_memory: c_c, rate at which the path of the covariance forgets.
        rank_one: c_1.
        rank_mu: c_mu.
        norm: mean length of a standard-normal vector.
        period: generations between two eigendecompositions.
    """

    weights: Tensor
    mass: float
    path_memory: float
    damping: float
    rank_one_memory: float
    rank_one: float
    rank_mu: float
    norm: float
    period: int


@lru_cache(maxsize=64)
def cma_constants(dimension: int, population: int, *, active: bool) -> CmaConstants:
    """Constants for ``dimension`` D and ``population`` N; not ``active``: the worse half of a generation counts 0."""
    ranks = torch.arange(1, population + 1, dtype=torch.float64)
    raw = math.log((population + 1) / 2) - ranks.log()  # equation 49
    mass, negative_mass = effective(raw.clamp_min(0)), effective(raw.clamp_max(0))
    path_memory = (mass + 2) / (dimension + mass + 5)  # equation 55
    rank_one = 2 / ((dimension + 1.3) ** 2 + mass)  # equation 57
    shared = 2 * (0.25 + mass + 1 / mass - 2) / ((dimension + 2) ** 2 + mass)  # equation 58
    rank_mu = min(1 - rank_one, shared)
    strength = 0.0
    if active:
        strength = min(
            1 + rank_one / rank_mu,  # equation 50
            1 + 2 * negative_mass / (mass + 2),  # equation 51
            (1 - rank_one - rank_mu) / (dimension * rank_mu),  # equation 52
        )
    positive, negative = raw.clamp_min(0), raw.clamp_max(0)
    return CmaConstants(
        weights=positive / positive.sum() - strength * negative / negative.sum(),  # equation 53
        mass=mass,
        path_memory=path_memory,
        damping=1 + 2 * max(0.0, math.sqrt((mass - 1) / (dimension + 1)) - 1) + path_memory,  # equation 55
        rank_one_memory=(4 + mass / dimension) / (dimension + 4 + 2 * mass / dimension),  # equation 56
        rank_one=rank_one,
        rank_mu=rank_mu,
        norm=expected_norm(dimension),
        period=max(1, math.floor(1 / (10 * dimension * (rank_one + rank_mu)))),  # section B.2
    )
