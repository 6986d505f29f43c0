"""Permuted hidden units: another point of parameter space, the same network (claim C25; Hecht-Nielsen 1990)."""

from collections.abc import Sequence
from dataclasses import replace
from math import lgamma, log

import numpy as np
import pandas as pd
import torch
from torch import Tensor

from src.core.streams import Seed
from src.problems.mlp import Mlp
from src.tables.quantiles import quantiles

PERMUTATIONS = (
    "seed",  # seed of the trained network
    "permutation",  # number of the random order of the units of every hidden layer
    "loss",  # training loss of the trained network
    "loss_change",  # absolute change of the loss by permuting, relative to the loss
    "output_change",  # largest change of any output on the training part, relative to the largest output
    "gradient_change",  # largest difference from the permuted gradient, relative to the largest entry
    "distance",  # between both networks, as a share of the length of the parameter vector
    "barrier",  # highest loss on the straight line between both networks, less the loss at its ends
)
LINE = ("share", "q25", "median", "q75")  # share of the line from a network to its permuted self; its training loss


def hidden_widths(problem: Mlp) -> list[int]:
    """Number of units of each hidden layer."""
    return list(problem.widths[1:-1])


def log10_equivalent(problem: Mlp) -> float:
    """Decimal logarithm of the number of points that permuting hidden units makes: product of factorials."""
    return sum(lgamma(width + 1) for width in hidden_widths(problem)) / log(10)


def orders(problem: Mlp, seeds: Sequence[Seed], count: int) -> list[list[Tensor]]:
    """``count`` random orders of every hidden layer's units for each seed: [count][layer] of (S, width)."""
    generators = [seed.generator("order") for seed in seeds]
    return [
        [torch.from_numpy(np.stack([g.permutation(width) for g in generators])) for width in hidden_widths(problem)]
        for _ in range(count)
    ]


def permuted(problem: Mlp, theta: Tensor, order: Sequence[Tensor]) -> Tensor:
    """``theta`` (R, D) with the units of each hidden layer in the order of ``order``, [layer] of (R, width)."""
    moved = theta.clone()
    for depth, layer in enumerate(problem.layers):
        own, before = depth // 2, depth // 2 - 1  # a layer's weight and its bias are adjacent
        block = moved[:, layer.start : layer.stop].view(-1, *layer.shape)
        if own < len(order):
            index = order[own] if layer.kind == "bias" else order[own][:, None, :].expand(-1, layer.shape[0], -1)
            block.copy_(block.gather(-1, index))
        if layer.kind == "weight" and before >= 0:
            block.copy_(block.gather(1, order[before][:, :, None].expand(-1, -1, layer.shape[1])))
    return moved


def permutation_tables(
    problem: Mlp, theta: Tensor, seeds: Sequence[Seed], count: int, points: int
) -> dict[str, pd.DataFrame]:
    """Tables ``permutations`` and ``line`` of trained networks ``theta`` (S, D), one per seed.

    In double precision, so that rounding is distinguishable from a small change.
    """
    exact = replace(problem, precision="float64")
    first = theta.double()
    inputs, _ = exact.parts.train
    outputs = exact.outputs(first, inputs)
    loss, gradient = exact.gradient(first)
    share = torch.linspace(0, 1, points, dtype=first.dtype)
    blocks, lines = [], []
    for number, order in enumerate(orders(exact, seeds, count)):
        second = permuted(exact, first, order)
        permuted_loss, slope = exact.gradient(second)
        line = torch.stack([exact.value(torch.lerp(first, second, weight)) for weight in share])
        difference = slope - permuted(exact, gradient, order)
        change = (exact.outputs(second, inputs) - outputs).abs().amax((1, 2)) / outputs.abs().amax((1, 2))
        columns = (
            [seed.number for seed in seeds],
            number,
            loss,
            (permuted_loss - loss).abs() / loss,
            change,
            difference.abs().amax(1) / gradient.abs().amax(1),
            torch.linalg.vector_norm(second - first, dim=1) / torch.linalg.vector_norm(first, dim=1),
            line.amax(0) - torch.maximum(line[0], line[-1]),
        )
        blocks.append(pd.DataFrame(dict(zip(PERMUTATIONS, columns, strict=True))))
        lines.append(line)
    low, middle, high = quantiles(torch.cat(lines, 1).numpy())
    along = pd.DataFrame(dict(zip(LINE, (share.numpy(), low, middle, high), strict=True)))
    return {"permutations": pd.concat(blocks, ignore_index=True), "line": along}
