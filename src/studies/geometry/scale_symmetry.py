"""Scale symmetry of a relu network: ``(a w1, w2 / a)`` is the same network for every a > 0 (row R16).

The loss is therefore constant along a curve through every point, and its Hessian at a minimum has an eigenvalue 0
along that curve, while the other eigenvalue, the sharpness, is unbounded (Dinh et al. 2017).
"""

import math

import numpy as np
import pandas as pd
import torch

from src.problems.relu_valley import ReluValley

SCALE = (
    "branch",  # positive: w1, w2 > 0; negative: both below 0
    "orbit",  # valley: through the minima; slope: through points whose product w1 w2 is 1
    "a",  # the scale
    "w1",
    "w2",
    "loss",
    "along",  # curvature along the orbit relative to the largest eigenvalue
    "sharpness",  # largest eigenvalue of the Hessian
)
_LARGEST, _POINTS = 6.0, 41  # the scale runs from 1 / _LARGEST to _LARGEST


def scale_table(problem: ReluValley) -> pd.DataFrame:
    """Both branches of two orbits; columns ``SCALE``."""
    a = torch.from_numpy(np.geomspace(1 / _LARGEST, _LARGEST, _POINTS))
    frames = []
    for branch, sign in (("positive", 1.0), ("negative", -1.0)):
        for orbit, product in (("valley", problem.product), ("slope", 1.0)):
            root = sign * math.sqrt(product)
            theta = torch.stack([a * root, root / a], -1)
            hessians = torch.func.vmap(torch.func.hessian(problem.value))(theta)
            tangent = torch.stack([theta[:, 0], -theta[:, 1]], -1)  # of a -> (a w1, w2 / a), times a
            tangent = tangent / torch.linalg.vector_norm(tangent, dim=1, keepdim=True)
            along = torch.einsum("ni,nij,nj->n", tangent, hessians, tangent)
            sharpness = torch.linalg.eigvalsh(hessians)[:, -1]
            columns = (branch, orbit, a, theta[:, 0], theta[:, 1], problem.value(theta), along / sharpness, sharpness)
            frames.append(pd.DataFrame(dict(zip(SCALE, columns, strict=True))))
    return pd.concat(frames, ignore_index=True)
