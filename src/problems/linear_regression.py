"""Linear regression on standard-normal features (row R17)."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import torch
from torch import Tensor

from src.core.problem import Minimum
from src.problems.regression import Regression


@lru_cache(maxsize=16)
def _draw(size: int, coefficients: tuple[float, ...], noise: float, data_seed: int) -> tuple[Tensor, Tensor]:
    """Features (N, D), standard normal, and responses (N,) with noise of the given standard deviation."""
    # The frozen legacy generator, whose seed 42 gives the very sample whose answers row R17 records.
    generator = np.random.RandomState(data_seed)
    features = generator.standard_normal((size, len(coefficients)))
    response = features @ np.array(coefficients) + noise * generator.standard_normal(size)
    return torch.from_numpy(features), torch.from_numpy(response)


@lru_cache(maxsize=16)
def _least_squares(size: int, coefficients: tuple[float, ...], noise: float, data_seed: int) -> Tensor:
    """Least-squares parameters (D,); independent features are conditioned well enough for the normal equations."""
    features, response = _draw(size, coefficients, noise, data_seed)
    gram = (features.unsqueeze(-1) * features.unsqueeze(-2)).sum(0)
    theta: Tensor = torch.linalg.solve(gram, (features * response.unsqueeze(-1)).sum(0))
    return theta


@dataclass(frozen=True, kw_only=True)
class LinearRegression(Regression):
    """Mean squared error of ``features @ theta`` against ``features @ coefficients + noise`` (rows R17, R29, R30).

    The notebook steps along the gradient of half this error: its rate 0.01 is a rate of 0.005 here, and its gradient
    variance (row R30) is a quarter of this gradient's. Fields as in ``Regression``.
    """

    source = "REFERENCE rows R17, R29, R30"

    @property
    def data(self) -> tuple[Tensor, Tensor]:
        """Features (N, D) and responses (N,), float64; shared, not to be changed."""
        return _draw(*self._sample)

    @property
    def _sample(self) -> tuple[int, tuple[float, ...], float, int]:
        """The fields that fix the sample, hashable."""
        return self.size, tuple(self.coefficients), self.noise, int(self.data_seed)

    @property
    def minimum(self) -> Minimum:
        """The least-squares parameters and their mean squared error on the sample."""
        theta = _least_squares(*self._sample)
        return Minimum(float(self.value(theta)), (tuple(theta.tolist()),))
