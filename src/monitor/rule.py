"""The contract of a stopping rule, as a pure update over replicates; and what may be watched."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, ClassVar

import torch
from torch import Tensor

from src.core.checks import check_choice, check_flag, check_number

PER_STEP = ("loss", "grad_norm", "param_norm", "update_ratio")
AT_EVALUATIONS = ("train_loss", "valid_loss", "valid_accuracy")
HIGHER_IS_BETTER = frozenset({"valid_accuracy"})
NEVER = -1

# A NamedTuple whose tensors all have shape (R,); ``stopped_step`` is one of them.
RuleState = Any


@dataclass(frozen=True, kw_only=True)
class StoppingRule(ABC):
    """Watches one metric and fires once. Subclasses are frozen dataclasses with the rule's own settings.

    Attributes:
        metric: what to watch; ``tuning_metric`` stands for the problem's own (the loss of a landscape, the validation
            loss of a learning task). Metrics of one step are checked at each step, the others at each evaluation.
        freeze: whether a stopped replicate is frozen; otherwise the stop is noted and the replicate runs on.
        gradient_tolerance: a replicate whose gradient norm is at or below this has converged and is frozen.
    """

    metric: str
    freeze: bool
    gradient_tolerance: float
    metrics: ClassVar[tuple[str, ...]] = ("tuning_metric", *PER_STEP, *AT_EVALUATIONS)

    def __post_init__(self) -> None:
        check_choice(self, "metric", self.metrics)
        check_flag(self, "freeze")
        check_number(self, "gradient_tolerance", at_least=0)

    def watched(self, tuning_metric: str) -> str:
        """Name of the watched metric, given the problem's criterion."""
        return tuning_metric if self.metric == "tuning_metric" else self.metric

    @abstractmethod
    def init(self, rows: int, device: torch.device) -> RuleState:
        """Memory before the first check; its ``stopped_step`` (R,) is NEVER."""

    @abstractmethod
    def check(self, state: RuleState, value: Tensor, step: int, *, higher_is_better: bool) -> RuleState:
        """Memory after seeing ``value`` (R,) at ``step``; ``stopped_step`` holds the step where the rule first fired.

        Rows never influence each other, and a NaN is no improvement.
        """
