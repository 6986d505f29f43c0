"""Adam (Kingma & Ba 2015): momentum over RMSProp, both corrected for starting at zero."""

from dataclasses import dataclass

from torch import Tensor

from src.core.checks import check_number
from src.core.optimizer import Optimizer
from src.optimizers.adaptive_moments import Moments, adam_step, zero_moments


@dataclass(frozen=True, kw_only=True)
class Adam(Optimizer):
    """``theta <- theta - rate m_hat / (sqrt(v_hat) + eps)`` (row R24). Equals ``torch.optim.Adam``.

    Attributes:
        beta1: share of the gradient's average that is kept each step, in [0, 1).
        beta2: share of the squared gradient's average that is kept each step, in [0, 1).
        eps: keeps the divisor away from 0; above 0.
    """

    beta1: float
    beta2: float
    eps: float

    def __post_init__(self) -> None:
        check_number(self, "beta1", at_least=0, below=1)
        check_number(self, "beta2", at_least=0, below=1)
        check_number(self, "eps", above=0)

    def init(self, theta: Tensor) -> Moments:
        """Zero moments."""
        return zero_moments(theta)

    def update(
        self, grad: Tensor, state: Moments, theta: Tensor, step: int, noise: Tensor | None
    ) -> tuple[Tensor, Moments]:
        """The corrected mean gradient over its corrected root mean square, shape (R, D)."""
        return adam_step(grad, state, step, beta1=self.beta1, beta2=self.beta2, eps=self.eps)
