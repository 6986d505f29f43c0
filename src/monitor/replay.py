"""A stopping rule replayed over recorded series: where it would have fired, at no further training."""

from torch import Tensor

from src.monitor.rule import StoppingRule


def replay(rule: StoppingRule, values: Tensor, steps: Tensor, *, higher_is_better: bool) -> Tensor:
    """The step at which ``rule`` fires for each row, or NEVER, by the rule's own ``check``.

    Args:
        rule: what to replay.
        values: the watched metric at each check, shape (K, R).
        steps: the steps of the checks, shape (K,).
        higher_is_better: whether the metric is to be maximized.

    Returns:
        Shape (R,), int64.
    """
    state = rule.init(values.shape[1], values.device)
    for step, value in zip(steps.tolist(), values, strict=True):
        state = rule.check(state, value, step, higher_is_better=higher_is_better)
    stopped: Tensor = state.stopped_step
    return stopped
