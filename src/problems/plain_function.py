"""A landscape from any Python function of a point: what a user brings along."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import numpy as np
import torch
from torch import Tensor

from src.core.checks import check_flag, check_number, refuse
from src.core.problem import Minimum
from src.problems.landscape import Landscape


@dataclass(frozen=True, kw_only=True)
class PlainFunction(Landscape):
    """A function that knows nothing of tensors; it has no gradient, and is searched.

    Attributes:
        function: takes a point, a NumPy array (D,), and gives a number; or, when ``vectorized``, points (N, D) and
            gives (N,). In yaml its import path, as ``scipy.optimize.rosen``; a module of your own beside the command
            is found too.
        vectorized: whether it takes many points at once.
        lowest: its known minimum; None where it is not known.
    """

    function: Callable[[np.ndarray], Any] | str
    vectorized: bool
    lowest: float | None
    source = "a function of the user's own"

    def __post_init__(self) -> None:
        object.__setattr__(self, "_call", _found(self))
        check_flag(self, "vectorized")
        if self.lowest is not None:
            check_number(self, "lowest")
        super().__post_init__()

    @property
    def dimension(self) -> int:
        """As many coordinates as the box has edges."""
        return len(self.lower)

    @property
    def is_differentiable(self) -> bool:
        """Nothing is known but values."""
        return False

    @property
    def minimum(self) -> Minimum | None:
        """The value that is known; where it is reached is not."""
        return None if self.lowest is None else Minimum(self.lowest, ())

    def value(self, theta: Tensor, batch: Tensor | None = None) -> Tensor:
        """Shape (..., D) -> (...)."""
        # A copy: a function that changes its argument must not move the search.
        points = theta.detach().reshape(-1, theta.shape[-1]).double().numpy().copy()
        call = self._call  # type: ignore[attr-defined]  # set above, of a frozen dataclass
        values = call(points) if self.vectorized else [float(call(point)) for point in points]
        found = torch.as_tensor(np.asarray(values, dtype=np.float64), dtype=theta.dtype)
        if found.shape != (len(points),):
            raise refuse(self, "function", self.function, f"a function that gives {len(points)} numbers, a point one")
        return found.reshape(theta.shape[:-1])

    def gradient(self, theta: Tensor, batch: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """There is none: FieldError."""
        raise refuse(self, "function", self.function, "searched: a plain function has no gradient")


def _found(of: PlainFunction) -> Callable[[np.ndarray], Any]:
    if callable(of.function):
        return of.function
    module, _, name = str(of.function).rpartition(".")
    try:
        found = getattr(import_module(module), name)
    except (ImportError, AttributeError, ValueError):
        raise refuse(of, "function", of.function, "a function or its import path, as scipy.optimize.rosen") from None
    if not callable(found):
        raise refuse(of, "function", of.function, "something that can be called")
    return found  # type: ignore[no-any-return]  # what it takes and gives shows when it is called
