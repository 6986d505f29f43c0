"""Any ``torch.nn.Module`` with a data set as a problem: the networks of all rows at once."""

from dataclasses import dataclass
from functools import cached_property

import torch
from torch import Tensor, nn
from torch.func import functional_call, vmap

from src.core.checks import refuse
from src.core.layers import Kind, Layer
from src.problems.learning import LearningTask
from src.problems.losses import mean_loss


@dataclass(frozen=True, kw_only=True)
class ModuleTask(LearningTask):
    """A network written as a module. Its own parameters only lend their shapes: ``theta`` replaces them.

    Each row of ``theta`` holds the tensors in the order of ``module.named_parameters()``.

    Attributes:
        module: maps inputs (B, ...) to outputs (B, K); without state beyond its parameters and without randomness.
    """

    module: nn.Module

    def __post_init__(self) -> None:
        if not isinstance(self.module, nn.Module) or not any(True for _ in self.module.parameters()):
            raise refuse(self, "module", self.module, "a torch.nn.Module with parameters")
        for name, part in self.module.named_modules():
            if _is_random(part):
                raise self._refuse_part(name, part, "a module without dropout or other randomness")
            if any(True for _ in part.buffers(recurse=False)):
                raise self._refuse_part(name, part, "a module without buffers such as running statistics")
        super().__post_init__()
        inputs = self.parts.train.inputs[:2]
        try:
            with torch.no_grad():
                shape = tuple(self.outputs(self._parameters(), inputs).shape[1:])
        except (RuntimeError, ValueError, TypeError, IndexError) as error:
            reason = str(error).splitlines()[0]
            raise self._refuse_module(f"one that takes inputs of shape {tuple(inputs.shape)} ({reason})") from error
        if shape != (len(inputs), self.output_width):
            raise self._refuse_module(f"one that gives {self.output_width} outputs a sample, not shape {shape[1:]}")

    def _refuse_module(self, allowed: str) -> Exception:
        return refuse(self, "module", type(self.module).__name__, allowed)

    def _refuse_part(self, name: str, part: nn.Module, allowed: str) -> Exception:
        return self._refuse_module(f"{allowed}; {name or 'it'} is a {type(part).__name__}")

    @cached_property
    def layers(self) -> list[Layer]:
        """One for each of ``module.named_parameters()``."""
        shapes = {name: tuple(tensor.shape) for name, tensor in self.module.named_parameters()}
        found: list[Layer] = []
        stop = 0
        for name, shape in shapes.items():
            start, stop = stop, stop + torch.Size(shape).numel()
            kind, fans = _kind_and_fans(name, shapes)
            found.append(Layer(name, shape, *fans, start, stop, kind))
        return found

    @cached_property
    def activations(self) -> int:
        """Numbers that the module's parts put out for one sample, by a trial, and its inputs."""
        counts: list[int] = []

        def count(_module: nn.Module, _inputs: object, outputs: object) -> None:
            counts.append(outputs.numel() if isinstance(outputs, Tensor) else 0)

        inputs = self.parts.train.inputs[:1]
        hooks = [part.register_forward_hook(count) for part in self.module.modules()]
        try:
            with torch.no_grad():
                functional_call(self.module, self._unflatten(self._parameters()[0]), (inputs,))
        finally:
            for hook in hooks:
                hook.remove()
        return inputs.numel() + sum(counts)

    def outputs(self, theta: Tensor, inputs: Tensor) -> Tensor:
        """Shapes (R, D) and (B, ...) or (R, B, ...) -> (R, B, K)."""
        shared = inputs.dim() == self.parts.train.inputs.dim()
        return vmap(self._one, in_dims=(0, None if shared else 0))(theta, inputs)

    def slope(self, theta: Tensor, inputs: Tensor, targets: Tensor) -> tuple[Tensor, Tensor]:
        """Mean loss (R,) and its gradient (R, D), by one backward pass of the rows' sum."""
        leaf = theta.detach().requires_grad_(True)
        with torch.enable_grad():
            value = mean_loss(self.loss, self.outputs(leaf, inputs), targets)
            (grad,) = torch.autograd.grad(value.sum(), leaf)
        return value.detach(), grad

    def _one(self, row: Tensor, inputs: Tensor) -> Tensor:
        """Outputs (B, K) of the network whose parameters are ``row`` (D,)."""
        outputs: Tensor = functional_call(self.module, self._unflatten(row), (inputs,))
        return outputs

    def _unflatten(self, row: Tensor) -> dict[str, Tensor]:
        pieces = torch.split(row, [layer.stop - layer.start for layer in self.layers])
        return {layer.name: piece.view(layer.shape) for layer, piece in zip(self.layers, pieces, strict=True)}

    def _parameters(self) -> Tensor:
        """The module's own parameters as one row (1, D)."""
        return nn.utils.parameters_to_vector(self.module.parameters()).detach().to(self.dtype).unsqueeze(0)


def _is_random(part: nn.Module) -> bool:
    """Whether ``part`` draws numbers when it is called: a dropout layer, or one with dropout inside."""
    inside = getattr(part, "dropout", 0.0)
    return isinstance(part, nn.modules.dropout._DropoutNd | nn.RReLU) or (isinstance(inside, float) and inside > 0)


def _kind_and_fans(name: str, shapes: dict[str, tuple[int, ...]]) -> tuple[Kind, tuple[int, int]]:
    """A parameter's kind, and fan in and out as PyTorch counts them: channels times the kernel's area."""
    shape = shapes[name]
    if len(shape) >= 2:
        area = torch.Size(shape[2:]).numel()
        return "weight", (shape[1] * area, shape[0] * area)
    prefix, _, own = name.rpartition(".")
    weight = f"{prefix}.{own.replace('bias', 'weight', 1)}".lstrip(".")
    if "bias" not in own:
        return "scale", (1, 1)
    return "bias", _kind_and_fans(weight, shapes)[1] if weight in shapes else (1, 1)
