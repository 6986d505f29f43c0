"""Number of different units in a layer: equal units get equal gradients, and stay equal (row R42, C12)."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import torch
from torch import Tensor

from src.problems.mlp import Mlp

SYMMETRY = (
    "seed",
    "step",
    "units",  # in the first hidden layer
    "distinct_units",  # units that differ by their weights
    "weight_rank",  # numerical rank of the layer's weights and biases (inputs + 1, units)
    "activation_rank",  # numerical rank of the layer's activations (samples, units)
)
SAME = 1e-4  # relative to the largest weight vector (or singular value): float32's rounding over a short training
RECORDED = 13  # steps at which units are counted, closer together at the start


def distinct(vectors: np.ndarray, relative: float = SAME) -> int:
    """Number of columns of ``vectors`` (n, units) that differ from all columns before them.

    Two columns differ if their distance exceeds ``relative`` times the longest column. The number is at least 1:
    units that are all zero are one unit.
    """
    columns = vectors.T
    reach = relative * float(np.linalg.norm(columns, axis=1).max())
    apart = np.linalg.norm(columns[:, None] - columns[None], axis=2)
    return int((~np.tril(apart <= reach, -1).any(axis=1)).sum())


def rank(matrix: np.ndarray, relative: float = SAME) -> int:
    """Number of singular values of ``matrix`` above ``relative`` times the largest; 0 for a matrix of zeros."""
    return int(np.linalg.matrix_rank(matrix, rtol=relative))


def symmetry_table(network: Mlp, path: Tensor, inputs: Tensor) -> pd.DataFrame:
    """Units of the first hidden layer through training, columns ``SYMMETRY``.

    Args:
        network: the network whose first hidden layer is examined.
        path: parameters at steps 0 … T, shape (T + 1, seeds, D); steps at which they are not finite are left out.
        inputs: samples that the activations are computed on, shape (B, ...).
    """
    last = len(path) - 1
    steps = np.unique(np.rint(np.geomspace(1, last + 1, RECORDED)).astype(int) - 1)
    rows = [
        (seed, step, *_counts(network, path[step, seed], inputs))
        for seed in range(path.shape[1])
        for step in steps.tolist()
        if bool(path[step, seed].isfinite().all())
    ]
    return pd.DataFrame(rows, columns=list(SYMMETRY))


def _counts(network: Mlp, theta: Tensor, inputs: Tensor) -> Sequence[int]:
    """Units, distinct units, rank of the weights and rank of the activations, for parameters ``theta`` (D,)."""
    with torch.no_grad():
        activations = network.units(theta[None], inputs)[1][0].double().numpy()
    weight, bias = (theta[layer.start : layer.stop].reshape(-1, activations.shape[1]) for layer in network.layers[:2])
    incoming = torch.cat([weight, bias]).double().numpy()
    return activations.shape[1], distinct(incoming), rank(incoming), rank(activations)
