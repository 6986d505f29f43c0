"""Gradients layer by layer at initialization: whether they vanish or explode on their way back (claim C26)."""

import numpy as np
import pandas as pd
import torch

from src.core.streams import seeds
from src.problems.learning import LearningTask
from src.protocol.study import Cell

COLUMNS = ("gain", "seed", "layer", "weight_variance", "signal_variance")


def layer_gradients_table(cell: Cell, gains: tuple[float, ...], count: int) -> pd.DataFrame:
    """Mean square of the full-batch gradient in each layer, weights multiplied by each gain.

    A layer's bias feels what arrives at its units, so its gradient is the back-propagated signal; the weights'
    gradient is that times the units below, which in a network without normalization hides a signal that fades.

    Args:
        cell: a learning task and its initialization.
        gains: factors on all weight matrices.
        count: number of test seeds.

    Returns:
        Columns ``COLUMNS``, layers counted from 1 at the inputs.
    """
    problem = cell.problem
    if not isinstance(problem, LearningTask):
        raise TypeError(f"layers of gradients are a network's, not a {type(problem).__name__}'s")
    theta = cell.start.draw(problem, seeds(count, "test", cell.root_seed))
    weights = [layer for layer in problem.layers if layer.kind == "weight"]
    scaled = torch.zeros(problem.dimension, dtype=torch.bool)
    for layer in weights:
        scaled[layer.start : layer.stop] = True
    parts = []
    for gain in gains:
        _, grad = problem.gradient(torch.where(scaled, gain * theta, theta))
        for number, layer in enumerate(weights, 1):
            bias = next(each for each in problem.layers if each.start == layer.stop)
            squares = [grad[:, one.start : one.stop].double().square().mean(-1).numpy() for one in (layer, bias)]
            parts.append(
                pd.DataFrame(
                    {
                        "gain": gain,
                        "seed": np.arange(count),
                        "layer": number,
                        "weight_variance": squares[0],
                        "signal_variance": squares[1],
                    }
                )
            )
    return pd.concat(parts, ignore_index=True)[list(COLUMNS)]


def fading(table: pd.DataFrame) -> pd.DataFrame:
    """Decades between the first and the last hidden layer's signal: columns gain, seed, ``fading`` (first over last).

    The output layer is left out: what arrives there has passed no layer.
    """
    last = table["layer"].max() - 1
    ends = table[table["layer"].isin((1, last))].pivot_table(
        index=["gain", "seed"], columns="layer", values="signal_variance"
    )
    found: pd.DataFrame = np.log10(ends[1] / ends[last]).rename("fading").reset_index()
    return found
