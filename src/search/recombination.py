"""Weighted recombination: how much each rank of a generation counts in the next mean (Hansen and Ostermeier 2001)."""

import math

import torch
from torch import Tensor


def default_population(dimension: int) -> int:
    """Default number of points per generation: 4 + floor(3 ln D) (Hansen 2016, equation 48)."""
    return 4 + math.floor(3 * math.log(dimension))


def half_weights(population: int) -> Tensor:
    """Weights of row R50: max(0, ln(N / 2 + 1) - ln(rank)) over their sum, rank 1 being the best; shape (N,)."""
    ranks = torch.arange(1, population + 1, dtype=torch.float64)
    weights = (math.log(population / 2 + 1) - ranks.log()).clamp_min(0)
    return weights / weights.sum()


def effective(weights: Tensor) -> float:
    """Effective number of parents of ``weights`` (N,) of one sign (Hansen 2016, equation 8)."""
    return float(weights.sum() ** 2 / weights.square().sum())


def weighted(points: Tensor, weights: Tensor) -> Tensor:
    """Weighted sum over ranks, shape (R, 1, D), of ``points`` (R, N, D), best first, by ``weights`` (N,)."""
    return (weights[:, None] * points).sum(dim=1, keepdim=True)


def expected_norm(dimension: int) -> float:
    """Mean length of a standard-normal vector of ``dimension`` coordinates (Hansen 2016, after equation 32)."""
    return math.sqrt(2) * math.exp(math.lgamma((dimension + 1) / 2) - math.lgamma(dimension / 2))
