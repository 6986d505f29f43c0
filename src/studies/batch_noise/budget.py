"""Budgets of the study of batch sizes: passes over the data, since equal steps would favour large batches."""

import math
from dataclasses import dataclass

from src.core.checks import check_count, check_number


@dataclass(frozen=True, kw_only=True)
class BatchBudget:
    """Budgets of one problem, equal for all batch sizes.

    Attributes:
        epochs: passes over the data in which every batch size is trained at its own rate, above 0.
        least_steps: fewest steps of a descent to the target, even where ``epochs`` hold fewer.
        shared_rate: one learning rate for all batch sizes, above 0.
        shared_epochs: passes over the data at the shared rate, above 0.
        reference_rate: learning rate of the reference descent, along which the noise is measured, above 0.
        reference_epochs: passes over the data in which the reference descent should reach the target, above 0.
        evaluations_per_epoch: evaluations over all data in each epoch, at most one per step.
        confirmations: successive evaluations at or below the target that count as having reached the target.
        noise_seeds: number of seeds at whose points the gradient noise is measured.
        draws: batches drawn with replacement at each point of the reference descent, at least 10.
    """

    epochs: float
    least_steps: int
    shared_rate: float
    shared_epochs: float
    reference_rate: float
    reference_epochs: float
    evaluations_per_epoch: int
    confirmations: int
    noise_seeds: int
    draws: int

    def __post_init__(self) -> None:
        for field in ("epochs", "shared_rate", "shared_epochs", "reference_rate", "reference_epochs"):
            check_number(self, field, above=0)
        for field in ("least_steps", "evaluations_per_epoch", "confirmations", "noise_seeds"):
            check_count(self, field)
        check_count(self, "draws", at_least=10)


def steps_of(epochs: float, size: int, batch: int) -> int:
    """Steps of ``batch`` samples in ``epochs`` passes over ``size`` samples, rounded up."""
    return max(1, math.ceil(epochs * size / batch - 1e-9))
