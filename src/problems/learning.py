"""What all learning tasks share: data, mini-batches, a budget in epochs, and metrics on each part of the data."""

import math
from abc import abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import torch
from torch import Tensor

from src.core.checks import check_choice, check_count, check_number, field_error
from src.core.layers import Layer
from src.core.problem import Problem
from src.problems.data import DataSet, Parts, Samples
from src.problems.losses import LOSSES, accuracy, mean_loss
from src.problems.placement import Placement, gather

PRECISIONS = {"float32": torch.float32, "float64": torch.float64}

# Activations held at once: hundreds of networks fit a small machine, and a few dozen its cache.
CHUNK_BYTES = 2**24


@dataclass(frozen=True, kw_only=True)
class LearningTask(Problem):
    """The mean loss of a network over the training part of a data set.

    Attributes:
        data: the data set.
        loss: ``cross_entropy`` for classes or ``mse`` for values.
        batch_size: samples a step, at most as many as the training part has; None for all of them.
        epochs: the budget in passes over the training part, above 0; ``steps`` follows from it.
        precision: ``float32`` or ``float64``.
        target_loss: training loss that counts as solved; None when there is no target.
    """

    data: DataSet
    loss: str
    batch_size: int | None
    epochs: float
    precision: str
    target_loss: float | None

    def __post_init__(self) -> None:
        if not isinstance(self.data, DataSet):
            raise field_error(self, "data", self.data, "a data set (a DataSet such as Digits or NpzFile)")
        check_choice(self, "loss", LOSSES)
        check_choice(self, "precision", PRECISIONS)
        check_number(self, "epochs", above=0)
        if self.target_loss is not None:
            check_number(self, "target_loss")
        inputs, targets = self.parts.train
        if targets.is_floating_point() != (self.loss == "mse"):
            kind = "values: mse" if targets.is_floating_point() else "classes: cross_entropy"
            raise field_error(self, "loss", self.loss, f"a loss for targets that are {kind}")
        object.__setattr__(self, "size", len(inputs))
        if self.batch_size is not None:
            check_count(self, "batch_size")
            if self.batch_size > self.size:
                raise field_error(
                    self, "batch_size", self.batch_size, f"at most {self.size}, the training samples, or null"
                )

    @property
    @abstractmethod
    def layers(self) -> list[Layer]:
        """The network's tensors in the order of their columns, which they cover without gaps."""

    @property
    @abstractmethod
    def activations(self) -> int:
        """Numbers that the network holds for each sample, inputs included."""

    @abstractmethod
    def outputs(self, theta: Tensor, inputs: Tensor) -> Tensor:
        """Logits or predictions of R networks.

        Args:
            theta: parameters, shape (R, D).
            inputs: shape (B, ...), the same for all rows, or (R, B, ...), one batch a row.

        Returns:
            Shape (R, B, K).
        """

    @abstractmethod
    def slope(self, theta: Tensor, inputs: Tensor, targets: Tensor) -> tuple[Tensor, Tensor]:
        """Mean loss (R,) and its gradient (R, D); inputs as in ``outputs``, targets alike."""

    @cached_property
    def placement(self) -> Placement:
        """The data in this task's precision, on any device."""
        return Placement(self.data.load_for(self.loss), self.dtype)

    @property
    def parts(self) -> Parts:
        """The data in this task's precision."""
        return self.placement.on(torch.device("cpu"))

    @property
    def steps(self) -> int:
        """Batches in ``epochs`` passes over the training part, the last one whole."""
        return math.ceil(self.epochs * self.size / (self.batch_size or self.size))

    @property
    def dimension(self) -> int:
        """Number of weights and biases D."""
        return self.layers[-1].stop

    @property
    def is_learning(self) -> bool:
        """A network: it starts from a weight initialization."""
        return True

    @property
    def dtype(self) -> torch.dtype:
        """Floating-point type of parameters and data."""
        return PRECISIONS[self.precision]

    @property
    def target(self) -> float | None:
        """``target_loss``."""
        return self.target_loss

    @property
    def tuning_metric(self) -> str:
        """The loss on the validation part."""
        return "valid_loss"

    @property
    def test_metric(self) -> str:
        """The loss on the test part."""
        return "test_loss"

    @property
    def output_width(self) -> int:
        """Outputs that the targets call for: the number of classes, or of values a sample."""
        if self.loss == "mse":
            return self.parts.train.targets.shape[1]
        return 1 + max(int(samples.targets.max()) for samples in self.parts)

    def value(self, theta: Tensor, batch: Tensor | None = None) -> Tensor:
        """Mean training loss: theta (..., D), batch (..., B) or None for all samples -> (...)."""
        rows = theta.reshape(-1, theta.shape[-1])
        indices = None if batch is None else batch.reshape(len(rows), -1)
        values = [
            mean_loss(self.loss, self.outputs(part, inputs), targets)
            for part, inputs, targets in self._pieces(rows, indices)
        ]
        return torch.cat(values).reshape(theta.shape[:-1])

    def gradient(self, theta: Tensor, batch: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """Mean training loss (R,) and its gradient (R, D): theta (R, D), batch (R, B) or None for all samples."""
        pairs = [self.slope(*piece) for piece in self._pieces(theta, batch)]
        if len(pairs) == 1:
            return pairs[0]
        values, grads = zip(*pairs, strict=True)
        return torch.cat(values), torch.cat(grads)

    def evaluate(self, theta: Tensor) -> dict[str, Tensor]:
        """Loss on the training and validation part and, for classes, accuracy on the latter; each (R,)."""
        parts = self.placement.on(theta.device)
        train = self._metrics(theta, parts.train, "train")
        return {"train_loss": train["train_loss"], **self._metrics(theta, parts.valid, "valid")}

    def assess(self, theta: Tensor) -> dict[str, Tensor]:
        """Loss and, for classes, accuracy on the test part; each (R,)."""
        return self._metrics(theta, self.placement.on(theta.device).test, "test")

    def _metrics(self, theta: Tensor, samples: Samples, part: str) -> dict[str, Tensor]:
        inputs, targets = samples
        losses, accuracies = [], []
        with torch.no_grad():
            for rows in torch.split(theta, self._rows_at_once(len(inputs))):
                outputs = self.outputs(rows, inputs)
                losses.append(mean_loss(self.loss, outputs, targets))
                accuracies.append(accuracy(outputs, targets) if self.loss == "cross_entropy" else losses[-1])
        found = {f"{part}_loss": torch.cat(losses)}
        if self.loss == "cross_entropy":
            found[f"{part}_accuracy"] = torch.cat(accuracies)
        return found

    def _pieces(self, theta: Tensor, batch: Tensor | None) -> Iterator[tuple[Tensor, Tensor, Tensor]]:
        """Rows of ``theta`` (R, D), few enough for memory, each with their inputs and targets."""
        train = self.placement.on(theta.device).train
        if batch is None:
            for rows in torch.split(theta, self._rows_at_once(self.size)):
                yield rows, *train
            return
        step = self._rows_at_once(batch.shape[1])
        for rows, indices in zip(torch.split(theta, step), torch.split(batch, step), strict=True):
            yield rows, *gather(train, indices)

    def _rows_at_once(self, samples: int) -> int:
        return max(1, CHUNK_BYTES // (samples * self.activations * self.dtype.itemsize))
