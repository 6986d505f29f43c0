"""Any ``torch.nn.Module`` with a data set as a problem: the networks of all rows at once."""

from dataclasses import dataclass
from functools import cached_property
from typing import cast

import torch
from torch import Tensor, nn
from torch.func import functional_call, vmap

from src.core.checks import refuse
from src.core.layers import Kind, Layer
from src.problems.learning import LearningTask
from src.problems.losses import mean_loss


@dataclass(frozen=True, kw_only=True)
class ModuleTask(LearningTask):
    """A network written as a module. Its trainable parameters only lend their shapes: ``theta`` replaces them.

    Each row of ``theta`` holds the trainable tensors in the order of ``module.named_parameters()``. Parameters that
    do not require a gradient, and those of whole numbers, stay as the module has them.

    Attributes:
        module: maps inputs (B, ...) to outputs (B, K); without state beyond its parameters and without randomness.
    """

    module: nn.Module

    def __post_init__(self) -> None:
        if not isinstance(self.module, nn.Module):
            raise refuse(self, "module", self.module, "a torch.nn.Module")
        if not any(_trains(tensor) for tensor in self.module.parameters()):
            raise self._refuse_module("a module with parameters that require a gradient")
        for name, part in self.module.named_modules():
            if _is_random(part):
                raise self._refuse_part(name, part, "a module without dropout or other randomness")
            if any(True for _ in part.buffers(recurse=False)):
                raise self._refuse_part(name, part, "a module without buffers such as running statistics")
        super().__post_init__()
        self._try()

    def _try(self) -> None:
        """Call the module alone, then as rows, with samples that rows share and with samples of their own."""
        inputs = self.parts.train.inputs[:2].clone()
        before = inputs.clone()
        try:
            with torch.no_grad():
                alone = self._called(self._parameters()[0], inputs)
        except (RuntimeError, ValueError, TypeError, IndexError, AttributeError) as error:
            allowed = f"one that takes inputs of shape {tuple(inputs.shape)} ({_first_line(error)})"
            raise self._refuse_module(allowed) from error
        if not isinstance(alone, Tensor):
            raise self._refuse_module(f"one whose output is a tensor, not a {type(alone).__name__}")
        if tuple(alone.shape) != (len(inputs), self.output_width):
            width = self.output_width
            raise self._refuse_module(f"one that gives {width} outputs a sample, not shape {tuple(alone.shape[1:])}")
        if not torch.equal(inputs, before):
            raise self._refuse_module("one that leaves its inputs as they are")
        rows = self._parameters().expand(2, -1)
        try:
            with torch.no_grad():
                for samples in (inputs, inputs.expand(2, *inputs.shape)):
                    self.outputs(rows, samples)
        except (RuntimeError, ValueError, TypeError) as error:
            allowed = f"one that torch.func.vmap runs for many networks at once ({_first_line(error)})"
            raise self._refuse_module(allowed) from error

    def _refuse_module(self, allowed: str) -> Exception:
        return refuse(self, "module", type(self.module).__name__, allowed)

    def _refuse_part(self, name: str, part: nn.Module, allowed: str) -> Exception:
        return self._refuse_module(f"{allowed}; {name or 'it'} is a {type(part).__name__}")

    @cached_property
    def layers(self) -> list[Layer]:
        """One for each of ``module.named_parameters()`` that trains."""
        shapes = {name: tuple(tensor.shape) for name, tensor in self.module.named_parameters()}
        found: list[Layer] = []
        stop = 0
        for name, tensor in self.module.named_parameters():
            if not _trains(tensor):
                continue
            shape = shapes[name]
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

        inputs = self.parts.train.inputs[:2]  # a batch of one has no statistics of its own
        hooks = [part.register_forward_hook(count) for part in self.module.modules()]
        try:
            with torch.no_grad():
                self._called(self._parameters()[0], inputs)
        finally:
            for hook in hooks:
                hook.remove()
        return (inputs.numel() + sum(counts)) // len(inputs)

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
        return cast("Tensor", self._called(row, inputs))

    def _unflatten(self, row: Tensor) -> dict[str, Tensor]:
        pieces = torch.split(row, [layer.stop - layer.start for layer in self.layers])
        trained = {layer.name: piece.view(layer.shape) for layer, piece in zip(self.layers, pieces, strict=True)}
        tensors = self._constants | trained
        return {place: tensors[name] for place, name in self._places.items()}

    @cached_property
    def _places(self) -> dict[str, str]:
        """By each name under which a part holds a parameter: the parameter's first name.

        A part that has two names is listed once: ``functional_call`` would put its parameters back in a wrong order.
        """
        first = {id(tensor): name for name, tensor in self.module.named_parameters()}
        return {
            f"{part_name}.{name}".lstrip("."): first[id(tensor)]
            for part_name, part in self.module.named_modules()
            for name, tensor in part.named_parameters(recurse=False)
        }

    def _called(self, row: Tensor, inputs: Tensor) -> object:
        """What the network whose parameters are ``row`` (D,) returns."""
        return functional_call(self.module, self._unflatten(row), (inputs,), tie_weights=False)

    @cached_property
    def _constants(self) -> dict[str, Tensor]:
        """Parameters that do not train, floating ones in the task's precision."""
        frozen = {name: tensor.detach() for name, tensor in self.module.named_parameters() if not _trains(tensor)}
        return {name: one.to(self.dtype) if one.is_floating_point() else one for name, one in frozen.items()}

    def _parameters(self) -> Tensor:
        """The module's own trainable parameters as one row (1, D)."""
        trained = [tensor for tensor in self.module.parameters() if _trains(tensor)]
        return nn.utils.parameters_to_vector(trained).detach().to(self.dtype).unsqueeze(0)


def _trains(tensor: Tensor) -> bool:
    return tensor.requires_grad and tensor.is_floating_point()


def _first_line(error: BaseException) -> str:
    return (str(error) or type(error).__name__).splitlines()[0]


def _is_random(part: nn.Module) -> bool:
    """Whether ``part`` draws numbers when it is called: dropout with a chance above 0, or one with dropout inside."""
    if isinstance(part, nn.modules.dropout._DropoutNd):
        return part.p > 0
    inside = getattr(part, "dropout", 0.0)
    return isinstance(part, nn.RReLU) or (isinstance(inside, float) and inside > 0)


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
