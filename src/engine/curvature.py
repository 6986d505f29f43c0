"""The Hessian's extreme eigenvalues by Lanczos' method (1950), from Hessian-vector products alone.

A product costs about as much as two gradients (Pearlmutter 1994), so that networks have curvature too: the Hessian
itself, (D, D), is never formed.
"""

from typing import NamedTuple

import torch
from torch import Tensor

from src.core.problem import Problem

_BREAKDOWN = 1e-10  # share of the largest entry so far below which a remainder is rounding


class Spectrum(NamedTuple):
    """Ends of the Hessian's spectrum for each row.

    Attributes:
        smallest: lowest Ritz value, shape (R,): the lowest eigenvalue where as many products were taken as there are
            parameters, else above the lowest eigenvalue.
        largest: highest Ritz value, shape (R,), never above the highest eigenvalue except by rounding.
        stiffest: unit vector of the highest Ritz value, shape (R, D), up to sign.
    """

    smallest: Tensor
    largest: Tensor
    stiffest: Tensor

    @property
    def condition(self) -> Tensor:
        """Condition number, shape (R,); infinite where the Hessian is not positive definite."""
        return torch.where(self.smallest > 0, self.largest / self.smallest, torch.inf)


def hessian_product(problem: Problem, theta: Tensor, vector: Tensor, batch: Tensor | None = None) -> Tensor:
    """Product of the Hessian of each row's objective and that row's ``vector``; all of shape (R, D)."""
    leaf = theta.detach().requires_grad_(True)
    with torch.enable_grad():
        (slope,) = torch.autograd.grad(problem.value(leaf, batch).sum(), leaf, create_graph=True)
        if not slope.requires_grad:  # a linear objective
            return torch.zeros_like(theta)
        (product,) = torch.autograd.grad((slope * vector).sum(), leaf)
    return product


def spectrum(
    problem: Problem, theta: Tensor, *, products: int, seed: int = 0, batch: Tensor | None = None
) -> Spectrum:
    """Lanczos with full reorthogonalization from a random vector.

    Args:
        problem: problem whose Hessian is taken.
        theta: parameters at which the Hessian is taken, shape (R, D).
        products: number of Hessian-vector products, at least 1; never more than D are taken.
        seed: seed of the random vectors.
        batch: samples, as in ``problem.value``.
    """
    generator = torch.Generator().manual_seed(seed)
    rows, dimension = theta.shape
    count = min(products, dimension)

    def fresh() -> Tensor:
        drawn = torch.randn(rows, dimension, generator=generator, dtype=torch.float64)
        return drawn.to(theta)

    basis = theta.new_zeros(rows, count, dimension)
    diagonal, off_diagonal = theta.new_zeros(rows, count), theta.new_zeros(rows, count)
    vector = _unit(fresh())
    for k in range(count):
        basis[:, k] = vector
        product = hessian_product(problem, theta, vector, batch)
        diagonal[:, k] = (product * vector).sum(-1)
        rest = _without(basis, product)
        off_diagonal[:, k] = torch.linalg.vector_norm(rest, dim=-1)
        scale = torch.maximum(diagonal.abs().amax(-1), off_diagonal[:, :k].amax(-1) if k else off_diagonal[:, k] * 0)
        # An invariant subspace is used up: go on in a random direction outside the subspace.
        broken = off_diagonal[:, k] <= _BREAKDOWN * scale
        off_diagonal[:, k] = torch.where(broken, 0, off_diagonal[:, k])
        vector = _unit(torch.where(broken[:, None], _without(basis, fresh()), rest))
    off = torch.diag_embed(off_diagonal[:, : count - 1], 1)
    values, vectors = torch.linalg.eigh(torch.diag_embed(diagonal) + off + off.mT)
    stiffest = (vectors[:, :, -1:] * basis).sum(1)
    return Spectrum(values[:, 0], values[:, -1], _unit(stiffest))


def _without(basis: Tensor, vector: Tensor) -> Tensor:
    """``vector`` (R, D) without its part in the span of ``basis`` (R, K, D), subtracted twice against rounding."""
    for _ in range(2):
        vector = vector - ((basis @ vector.unsqueeze(-1)) * basis).sum(1)
    return vector


def _unit(vector: Tensor) -> Tensor:
    length = torch.linalg.vector_norm(vector, dim=-1, keepdim=True)
    unit: Tensor = vector / length.clamp_min(torch.finfo(vector.dtype).tiny)
    return unit
