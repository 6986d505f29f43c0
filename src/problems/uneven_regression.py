"""Linear regression whose features have wildly different scales, as measured or standardized (claim C26)."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
import torch
from torch import Tensor

from src.core.checks import check_flag, check_number, check_vector, field_error
from src.core.problem import Minimum
from src.problems.regression import Regression


@lru_cache(maxsize=64)
def _sample(
    size: int,
    coefficients: tuple[float, ...],
    scales: tuple[float, ...],
    noise: float,
    data_seed: int,
    standard: bool,
) -> tuple[Tensor, Tensor, Tensor]:
    """Features (N, D), responses (N,) and least-squares parameters (D,)."""
    generator = np.random.default_rng(data_seed)
    effects = generator.standard_normal((size, len(scales)))
    response = effects @ np.array(coefficients) + noise * generator.standard_normal(size)
    features = effects * np.array(scales)
    if standard:
        features = (features - features.mean(0)) / features.std(0)
    parameters, *_ = np.linalg.lstsq(features, response, rcond=None)
    return torch.from_numpy(features), torch.from_numpy(response), torch.from_numpy(parameters)


@dataclass(frozen=True, kw_only=True)
class UnevenRegression(Regression):
    """Mean squared error of ``features @ theta``, where feature j has standard deviation ``scales[j]``.

    Each feature's *effect* on the response, coefficient times standard deviation, is what ``coefficients`` gives, so
    that every feature matters and only its unit differs. The Hessian's condition number is about the square of
    the ratio of the largest scale to the smallest; standardized, it is about 1.

    Attributes:
        scales: standard deviation of each feature, length D, each above 0.
        standardized: whether features are shifted and scaled to mean 0 and standard deviation 1.
        reach: largest effect of a feature in the box in which descent begins, above 0; so that both kinds of features
            begin at the same predictions, or nearly.
    """

    scales: Sequence[float]
    standardized: bool
    reach: float
    source = "REFERENCE claim C26"

    def __post_init__(self) -> None:
        super().__post_init__()
        check_vector(self, "scales", self.dimension)
        if min(self.scales) <= 0:
            raise field_error(self, "scales", self.scales, "a list of numbers above 0")
        check_flag(self, "standardized")
        check_number(self, "reach", above=0)

    @property
    def _drawn(self) -> tuple[Tensor, Tensor, Tensor]:
        """Features, responses and least-squares parameters."""
        fields = tuple(self.coefficients), tuple(self.scales)
        return _sample(self.size, *fields, self.noise, int(self.data_seed), self.standardized)

    @property
    def data(self) -> tuple[Tensor, Tensor]:
        """Features (N, D) and responses (N,), float64; shared, not to be changed."""
        return self._drawn[:2]

    def box(self) -> tuple[Tensor, Tensor]:
        """Edges (D,) of the box of parameters whose effects are within ``reach``."""
        units = torch.ones(self.dimension) if self.standardized else torch.tensor(list(self.scales))
        edge = self.reach / units.to(self.dtype)
        return -edge, edge

    @property
    def minimum(self) -> Minimum:
        """The least-squares parameters and their mean squared error on the sample."""
        return Minimum(self._least, (tuple(self._drawn[2].tolist()),))

    @cached_property
    def _least(self) -> float:
        """Mean squared error of the least-squares parameters."""
        return float(super().value(self._drawn[2]))

    def _gap(self, theta: Tensor) -> tuple[Tensor, Tensor]:
        """Parameters less the best ones, and half the gradient there, each (..., D)."""
        features, _, best = (part.to(theta.device) for part in self._drawn)
        gap = theta - best
        gram = features.T @ features / len(features)
        return gap, (gap.unsqueeze(-2) * gram).sum(-1)

    def value(self, theta: Tensor, batch: Tensor | None = None) -> Tensor:
        """Mean squared error, as above; over all samples by the second moments, a hundredth of the arithmetic."""
        if batch is not None:
            return super().value(theta, batch)
        gap, slope = self._gap(theta)
        return self._least + (gap * slope).sum(-1)

    def gradient(self, theta: Tensor, batch: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """Value (...) and its gradient (..., D)."""
        if batch is not None:
            return super().gradient(theta, batch)
        gap, slope = self._gap(theta)
        return self._least + (gap * slope).sum(-1), 2 * slope
