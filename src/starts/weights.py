"""What all weight initializations share: a rule for each tensor of a network (rows R42, C12)."""

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from src.core.checks import field_error
from src.core.layers import Layer
from src.core.problem import Problem
from src.core.start import Start
from src.core.streams import Seed


@dataclass(frozen=True, kw_only=True)
class Weights(Start):
    """Draws the weights of a network; biases begin at 0 and a normalization layer's scales at 1.

    A seed's numbers are drawn layer by layer in float64 and rounded to the problem's type, so that float32 and
    float64 networks start alike.
    """

    def draw(self, problem: Problem, seeds: Sequence[Seed]) -> Tensor:
        """One network a seed, shape (S, D); FieldError when ``problem`` has no layers."""
        layers: Sequence[Layer] | None = getattr(problem, "layers", None)
        if layers is None:
            raise field_error(self, "problem", type(problem).__name__, "a network, which has layers to initialize")
        rows = np.empty((len(seeds), problem.dimension))
        for row, seed in zip(rows, seeds, strict=True):
            generator = seed.generator("start")
            for layer in layers:
                row[layer.start : layer.stop] = self._tensor(layer, generator).reshape(-1)
        return torch.from_numpy(rows).to(problem.dtype)

    def _tensor(self, layer: Layer, generator: np.random.Generator) -> np.ndarray:
        if layer.kind == "scale":
            return np.ones(layer.shape)
        return self.weight(layer, generator) if layer.kind == "weight" else self.bias(layer, generator)

    @abstractmethod
    def weight(self, layer: Layer, generator: np.random.Generator) -> np.ndarray:
        """A weight tensor of ``layer.shape``."""

    def bias(self, layer: Layer, generator: np.random.Generator) -> np.ndarray:
        """A bias tensor of ``layer.shape``."""
        return np.zeros(layer.shape)
