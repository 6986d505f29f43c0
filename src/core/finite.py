"""A value that is not finite is the worst value, wherever values are compared."""

import torch
from torch import Tensor


def worst_if_not_finite(values: Tensor) -> Tensor:
    """``values`` of any shape with inf in place of NaN, inf and -inf; lower is better."""
    return torch.where(values.isfinite(), values, torch.inf)
