"""Default settings of CMA-ES: Table 1 of Hansen 2016, "The CMA Evolution Strategy: A Tutorial", arXiv:1604.00772.

Names are the tutorial's symbols.
"""

import math
from dataclasses import dataclass
from functools import lru_cache

import torch
from torch import Tensor

from src.search.recombination import effective, expected_norm


@dataclass(frozen=True)
class CmaConstants:
    """Constants that follow from the number of coordinates D and the number of points N.

    Attributes:
        weights: weights by rank, best first, shape (N,); positive weights sum to 1, the others are negative or 0.
        mu_eff: effective number of parents.
        c_sigma: rate at which the evolution path of sigma forgets.
        d_sigma: damping of sigma.
        c_c: rate at which the evolution path of the covariance forgets.
        c_1: learning rate of the rank-one update of the covariance.
        c_mu: learning rate of the rank-mu update of the covariance.
        chi_n: mean length of a standard-normal vector of D coordinates.
        period: generations between two eigendecompositions.
    """

    weights: Tensor
    mu_eff: float
    c_sigma: float
    d_sigma: float
    c_c: float
    c_1: float
    c_mu: float
    chi_n: float
    period: int


@lru_cache(maxsize=64)
def cma_constants(dimension: int, population: int, *, active: bool) -> CmaConstants:
    """Constants for ``dimension`` D and ``population`` N.

    Args:
        dimension: number of coordinates D.
        population: number of points per generation N.
        active: whether the worse half of a generation has negative weights; otherwise their weights are 0.
    """
    ranks = torch.arange(1, population + 1, dtype=torch.float64)
    raw = math.log((population + 1) / 2) - ranks.log()  # equation 49
    positive, negative = raw.clamp_min(0), raw.clamp_max(0)
    mu_eff, negative_mu_eff = effective(positive), effective(negative)
    c_sigma = (mu_eff + 2) / (dimension + mu_eff + 5)  # equation 55
    c_1 = 2 / ((dimension + 1.3) ** 2 + mu_eff)  # equation 57
    c_mu = min(1 - c_1, 2 * (0.25 + mu_eff + 1 / mu_eff - 2) / ((dimension + 2) ** 2 + mu_eff))  # equation 58
    negative_sum = 0.0
    if active:
        negative_sum = min(
            1 + c_1 / c_mu,  # equation 50
            1 + 2 * negative_mu_eff / (mu_eff + 2),  # equation 51
            (1 - c_1 - c_mu) / (dimension * c_mu),  # equation 52
        )
    return CmaConstants(
        weights=positive / positive.sum() - negative_sum * negative / negative.sum(),  # equation 53
        mu_eff=mu_eff,
        c_sigma=c_sigma,
        d_sigma=1 + 2 * max(0.0, math.sqrt((mu_eff - 1) / (dimension + 1)) - 1) + c_sigma,  # equation 55
        c_c=(4 + mu_eff / dimension) / (dimension + 4 + 2 * mu_eff / dimension),  # equation 56
        c_1=c_1,
        c_mu=c_mu,
        chi_n=expected_norm(dimension),
        period=max(1, math.floor(1 / (10 * dimension * (c_1 + c_mu)))),  # section B.2
    )
