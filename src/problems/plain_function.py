"""A landscape from any Python function of a point: what a user brings along."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from typing import Any

import numpy as np
import torch
from torch import Tensor

from src.core.checks import FieldError, check_flag, check_number, field_error
from src.core.failures import EvaluationFailures
from src.core.problem import Minimum
from src.problems.landscape import Landscape


@dataclass(frozen=True, kw_only=True)
class PlainFunction(Landscape):
    """A function that knows nothing of tensors; it has no gradient, and is searched.

    An evaluation in which the function raises an exception has no value (NaN) and is counted in ``failures``.

    Attributes:
        function: takes a point, a NumPy array (D,), and gives a number; or, when ``vectorized``, points (N, D) and
            gives (N,). In yaml its import path, as ``scipy.optimize.rosen``; a module of your own beside the command
            is found too.
        vectorized: whether it takes many points at once.
        maximize: whether the function is maximized; then its negative is the value that is minimized and shown.
        lowest: its known minimum, or its known maximum when ``maximize``; None where it is not known.
    """

    function: Callable[[np.ndarray], Any] | str
    vectorized: bool
    maximize: bool
    lowest: float | None
    source = "a function of the user's own"

    def __post_init__(self) -> None:
        object.__setattr__(self, "failures", EvaluationFailures())
        _ = self._call  # refused here, and not at the first evaluation
        check_flag(self, "vectorized")
        check_flag(self, "maximize")
        if self.lowest is not None:
            check_number(self, "lowest")
        super().__post_init__()

    @property
    def dimension(self) -> int:
        """As many coordinates as the box has edges."""
        return len(self.lower)

    @property
    def has_any_dimension(self) -> bool:
        """Whether the function takes any number of coordinates, which is not known."""
        return False

    @property
    def is_differentiable(self) -> bool:
        """Nothing is known but values."""
        return False

    @property
    def minimum(self) -> Minimum | None:
        """The value that is known; where it is reached is not."""
        return None if self.lowest is None else Minimum(self._sign * self.lowest, ())

    def value(self, theta: Tensor, batch: Tensor | None = None) -> Tensor:
        """Shape (..., D) -> (...)."""
        points = theta.detach().reshape(-1, theta.shape[-1]).double().numpy()
        values = self._together(points) if self.vectorized else None
        if values is None:
            values = np.array([self._one(point) for point in points], dtype=np.float64)
        return torch.from_numpy(self._sign * values).to(theta.dtype).reshape(theta.shape[:-1])

    def gradient(self, theta: Tensor, batch: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """There is none: FieldError."""
        raise field_error(self, "function", self.function, "searched: a plain function has no gradient")

    @cached_property
    def _call(self) -> Callable[[np.ndarray], Any]:
        if callable(self.function):
            return self.function
        module, _, name = str(self.function).rpartition(".")
        try:
            found: Callable[[np.ndarray], Any] = getattr(import_module(module), name)
        except (ImportError, AttributeError, ValueError):
            allowed = "a function or its import path, as scipy.optimize.rosen"
            raise field_error(self, "function", self.function, allowed) from None
        if not callable(found):
            raise field_error(self, "function", self.function, "something that can be called")
        return found

    @property
    def _sign(self) -> float:
        return -1.0 if self.maximize else 1.0

    def _together(self, points: np.ndarray) -> np.ndarray | None:
        """Values (N,) of ``points`` (N, D) by one call; None where the call raises an exception."""
        try:
            found = self._call(points.copy())
        except Exception:  # the points are then tried one by one, so that only those that fail are lost
            return None
        return self._numbers(found, len(points))

    def _one(self, point: np.ndarray) -> float:
        """Value at ``point`` (D,); NaN where the function raises an exception."""
        own = point.copy()  # the function may change its argument
        try:
            found = self._call(own[None] if self.vectorized else own)
        except Exception as error:
            assert self.failures is not None
            self.failures.add(error)
            return float("nan")
        return float(self._numbers(found, 1)[0])

    def _numbers(self, found: object, count: int) -> np.ndarray:
        """``found`` as ``count`` numbers of their own. Raises FieldError where they are something else."""
        allowed = f"a function that gives {count} numbers, a point one"
        if found is None:
            raise field_error(self, "function", self.function, f"{allowed}; it gives None")
        try:
            numbers = np.array(found, dtype=np.float64)
            fits = numbers.size == count and (numbers.shape == (count,) or not self.vectorized)
        except (TypeError, ValueError):
            fits = False
        if not fits:
            raise field_error(self, "function", self.function, allowed)
        return numbers.reshape(count)

    def _refuse_minimum(self, value: float, point: list[float]) -> FieldError:
        bound = "at least" if self.maximize else "at most"
        allowed = (
            f"{bound} {self._sign * value:g}, which the function gives at {point}, or null where it is not known"
        )
        return field_error(self, "lowest", self.lowest, allowed)
