"""Selection among the N points of a generation, for each row by itself."""

import torch
from torch import Tensor


def taken(points: Tensor, index: Tensor) -> Tensor:
    """Points that each row chooses: points (R, N, D) at index (R, M) are of shape (R, M, D)."""
    return points.gather(1, index[..., None].expand(-1, -1, points.shape[2]))


def best(points: Tensor, values: Tensor, count: int) -> tuple[Tensor, Tensor]:
    """The ``count`` points (R, count, D) of lowest value, lowest first, and their values (R, count)."""
    order = values.argsort(dim=1, stable=True)[:, :count]
    return taken(points, order), values.gather(1, order)


def distinct(uniform: Tensor, count: int) -> Tensor:
    """Indices without repeats along the last axis (Floyd's method); sets are equally likely, orders are not.

    Args:
        uniform: numbers on [0, 1), shape (..., K).
        count: number N of indices to choose from, at least K.

    Returns:
        K different indices below N, shape (..., K), int64.
    """
    chosen_count = uniform.shape[-1]
    chosen: list[Tensor] = []
    for position in range(chosen_count):
        top = count - chosen_count + position
        candidate = (uniform[..., position] * (top + 1)).long()
        repeated = torch.zeros_like(candidate, dtype=torch.bool)
        for other in chosen:
            repeated |= other == candidate
        chosen.append(torch.where(repeated, torch.full_like(candidate, top), candidate))
    return torch.stack(chosen, dim=-1)


def tournament(values: Tensor, uniform: Tensor) -> Tensor:
    """Winners (R, M) of M tournaments of K distinct entrants, for values (R, N) and uniform numbers (R, M, K)."""
    entrants = distinct(uniform, values.shape[1])
    scores = values.gather(1, entrants.flatten(1)).reshape(entrants.shape)
    return entrants.gather(2, scores.argmin(dim=2, keepdim=True))[..., 0]


def others(uniform: Tensor) -> Tensor:
    """K different other points for each point, all ordered choices equally likely, shape (R, N, K).

    Args:
        uniform: numbers on [0, 1), shape (R, N, K).
    """
    rows, count, wanted = uniform.shape
    used = [torch.arange(count).expand(rows, -1)]
    for position in range(wanted):
        candidate = (uniform[..., position] * (count - len(used))).long()
        for index in torch.stack(used, dim=-1).sort(dim=-1).values.unbind(-1):
            candidate = candidate + (candidate >= index)
        used.append(candidate)
    return torch.stack(used[1:], dim=-1)
