"""Effect of a method's first step on a gradient whose scales differ by four decades (row R64, claim C18)."""

import numpy as np
import pandas as pd
import torch
from torch import Tensor

from src.core.optimizer import Optimizer
from src.optimizers.chain import Chain
from src.studies.safeguards.runs import NAMES

ROWS, COLUMNS, BINS = 1000, 100, 50  # row R64
SMALL, LARGE = 0.01, 100.0
DISTRIBUTION = ("stage", "number", "left", "right", "count", "norm")
SCALE_GAP = ("sample", "before", "after")  # decades between large and small columns, one row of the matrix each


def gradient_matrix(seed: int = 0) -> Tensor:
    """Standard-normal (1000, 100) with the first half of the columns times 0.01 and the other half times 100."""
    # The frozen legacy generator, whose seed 0 gives the very matrix whose norm, 22 264, row R64 records.
    matrix = np.random.RandomState(seed).standard_normal((ROWS, COLUMNS))
    matrix[:, : COLUMNS // 2] *= SMALL
    matrix[:, COLUMNS // 2 :] *= LARGE
    return torch.from_numpy(matrix)


def stages(optimizer: Optimizer, matrix: Tensor) -> list[tuple[str, Tensor]]:
    """The matrix as it comes and after each part of ``optimizer`` at step 0: one gradient of 100 000 parameters."""
    flat = matrix.reshape(1, -1)
    noise = torch.from_numpy(np.random.default_rng(1).standard_normal(tuple(flat.shape)))
    found = [("gradient", flat)]
    for part in optimizer.parts if isinstance(optimizer, Chain) else [optimizer]:
        name = NAMES.get(type(part))
        if name is not None:
            direction, _ = part.update(found[-1][1], part.init(flat), flat, 0, noise)
            found.append((name, direction))
    return [(name, tensor.reshape(ROWS, COLUMNS)) for name, tensor in found]


def distribution_table(passed: list[tuple[str, Tensor]]) -> pd.DataFrame:
    """Histograms of 50 bins, and the norm, after each stage; columns ``DISTRIBUTION``."""
    tables = []
    for number, (stage, tensor) in enumerate(passed):
        counts, edges = np.histogram(tensor.numpy().ravel(), BINS)
        norm = float(torch.linalg.vector_norm(tensor))
        columns = (stage, number, edges[:-1], edges[1:], counts, norm)
        tables.append(pd.DataFrame(dict(zip(DISTRIBUTION, columns, strict=True))))
    return pd.concat(tables, ignore_index=True)


def scale_gap(passed: list[tuple[str, Tensor]]) -> pd.DataFrame:
    """Decades between the root mean squares of large and small columns, before and after; columns ``SCALE_GAP``."""
    gaps = []
    for tensor in (passed[0][1], passed[-1][1]):
        small, large = tensor[:, : COLUMNS // 2], tensor[:, COLUMNS // 2 :]
        gaps.append((large.square().mean(1) / small.square().mean(1)).log10().numpy() / 2)
    return pd.DataFrame({"sample": np.arange(ROWS), "before": gaps[0], "after": gaps[1]})
