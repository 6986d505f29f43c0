"""A short trial of an optimizer before a run: whether it keeps the rules on which the engine relies."""

import torch
from torch import Tensor

from src.core.checks import FieldError
from src.core.optimizer import Optimizer

ROWS, COORDINATES, STEPS = 3, 5, 4
TOLERANCE = 1e-9  # relative; sums over a row may be rounded otherwise in company


def check_optimizer(optimizer: Optimizer) -> None:
    """Raise FieldError where ``optimizer`` breaks a rule of its contract on a few rows; cheap.

    Such a method would run without a word, and its numbers would depend on what other replicates do.
    """
    draws = torch.Generator().manual_seed(0)
    theta, gradients, noise = (
        torch.randn(shape, generator=draws, dtype=torch.float64)
        for shape in ((ROWS, COORDINATES), (STEPS, ROWS, COORDINATES), (STEPS, ROWS, COORDINATES))
    )
    # Rows of very different size: what one row does to another then shows.
    scale = torch.tensor([1e-2, 1.0, 1e2], dtype=torch.float64)[:, None]
    gradients = gradients * scale
    name = type(optimizer).__name__
    together = _directions(optimizer, theta, gradients, noise)
    if not _same(_directions(optimizer, theta, gradients, noise), together):
        raise FieldError(
            f"{name}.update: must return the same for the same arguments; random numbers come by `noise`"
        )
    rows = [_directions(optimizer, theta[[row]], gradients[:, [row]], noise[:, [row]]) for row in range(ROWS)]
    if not _same(torch.cat(rows, dim=1), together):
        raise FieldError(
            f"{name}.update: must treat each row as if it were alone; norms and means are over the last axis"
        )


def _directions(optimizer: Optimizer, theta: Tensor, gradients: Tensor, noise: Tensor) -> Tensor:
    """Directions (STEPS, R, D) along a short descent."""
    name = type(optimizer).__name__
    state, found = optimizer.init(theta), []
    for step, grad in enumerate(gradients):
        arguments = (grad.clone(), theta.clone())
        direction, state = optimizer.update(
            arguments[0], state, arguments[1], step, noise[step] if optimizer.needs_noise else None
        )
        for argument, before, called in zip(arguments, (grad, theta), ("grad", "theta"), strict=True):
            if not torch.equal(argument, before):
                raise FieldError(f"{name}.update: must leave `{called}` as it is, and return a direction")
        if direction.shape != theta.shape:
            raise FieldError(
                f"{name}.update: must return a direction of shape {tuple(theta.shape)}, not {tuple(direction.shape)}"
            )
        found.append(direction.clone())
        theta = theta - 0.01 * direction
    return torch.stack(found)


def _same(one: Tensor, other: Tensor) -> bool:
    return torch.allclose(one, other, rtol=TOLERANCE, atol=0, equal_nan=True)
