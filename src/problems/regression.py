"""What linear least-squares problems share: the smallest problems that have mini-batches."""

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass

from torch import Tensor

from src.core.checks import check_count, check_number, check_vector, field_error
from src.core.problem import Minimum, Problem


@dataclass(frozen=True, kw_only=True)
class Regression(Problem):
    """Mean squared error of ``features @ theta`` against responses.

    Attributes:
        size: number of samples N, at least the number of coefficients.
        coefficients: the true parameters, length D.
        noise: standard deviation of the response's noise, at least 0.
        data_seed: seed of the sample, from 0 to 2^32 - 1; part of the problem: no replicate changes it.
        batch_size: samples a step, at most ``size``; None for all of them. With mini-batches the loss of a step says
            little, so the objective is then evaluated over all samples, as ``train_loss``.
        start: the starting point, length D; None where there is none.
        steps: the usual budget.
        tolerance: how far above the least-squares error still counts as solved; above 0.
    """

    size: int
    coefficients: Sequence[float]
    noise: float
    data_seed: int
    batch_size: int | None
    start: Sequence[float] | None
    steps: int
    tolerance: float

    def __post_init__(self) -> None:
        try:
            length = len(self.coefficients)
        except TypeError:
            length = 0
        check_vector(self, "coefficients", length)
        if length == 0:
            raise field_error(self, "coefficients", self.coefficients, "a list of at least one finite number")
        check_count(self, "size", at_least=length)
        check_number(self, "noise", at_least=0)
        check_number(self, "data_seed", at_least=0, below=2**32)
        check_count(self, "data_seed", at_least=0)
        if self.batch_size is not None:
            check_count(self, "batch_size")
            if self.batch_size > self.size:
                raise field_error(self, "batch_size", self.batch_size, f"at most {self.size}, the samples, or null")
        if self.start is not None:
            check_vector(self, "start", length)
        check_count(self, "steps")
        check_number(self, "tolerance", above=0)

    @property
    def dimension(self) -> int:
        """One parameter for each coefficient."""
        return len(self.coefficients)

    @property
    @abstractmethod
    def data(self) -> tuple[Tensor, Tensor]:
        """Features (N, D) and responses (N,), float64; shared, not to be changed."""

    @property
    @abstractmethod
    def minimum(self) -> Minimum:
        """The least-squares parameters and their mean squared error on the sample."""

    @property
    def target(self) -> float:
        """The least-squares error plus the tolerance."""
        return self.minimum.value + self.tolerance

    @property
    def tuning_metric(self) -> str:
        """The error over all samples."""
        return "loss" if self.batch_size is None else "train_loss"

    @property
    def test_metric(self) -> str:
        """The error over all samples."""
        return self.tuning_metric

    def evaluate(self, theta: Tensor) -> dict[str, Tensor]:
        """The error over all samples (R,), unless each step has it already."""
        return {} if self.batch_size is None else {"train_loss": self.value(theta)}

    def _residual(self, theta: Tensor, batch: Tensor | None) -> tuple[Tensor, Tensor]:
        """Features, one row a coordinate, (D, N) or (..., D, B); and residuals (..., N) or (..., B)."""
        features, response = (part.to(theta.device) for part in self.data)
        if batch is not None:
            features, response = features[batch], response[batch]
        # Products and sums, not a matrix product: its rounding would depend on how many rows stand beside a row.
        columns = features.transpose(-1, -2).contiguous()
        return columns, (theta.unsqueeze(-1) * columns).sum(-2) - response

    def value(self, theta: Tensor, batch: Tensor | None = None) -> Tensor:
        """Mean squared error: theta (..., D), batch (..., B) or None -> (...)."""
        return self._residual(theta, batch)[1].square().mean(-1)

    def gradient(self, theta: Tensor, batch: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """Value (...) and the formula's gradient (..., D): twice the mean of residual times features."""
        columns, residual = self._residual(theta, batch)
        return residual.square().mean(-1), 2 * (residual.unsqueeze(-2) * columns).mean(-1)
