"""Any ``torch.nn.Module`` with a data set as a problem: the networks of all rows at once."""

import re
from dataclasses import dataclass
from functools import cached_property

import torch
from torch import Tensor, nn
from torch.func import functional_call, vmap

from src.core.checks import field_error
from src.core.failures import error_line
from src.core.layers import Kind, Layer
from src.problems.learning import LearningTask
from src.problems.losses import mean_loss


@dataclass(frozen=True, kw_only=True)
class ModuleTask(LearningTask):
    """A network written as a module. Its own parameters only lend their shapes: ``theta`` replaces them.

    Each row of ``theta`` holds the trained tensors in the order of ``module.named_parameters()``. Frozen parameters
    (``requires_grad=False``), which whole numbers always are, are no part of ``theta`` and keep the values that they
    have when the task is built.

    Attributes:
        module: maps inputs (B, ...) to outputs (B, K); without state beyond its parameters and without randomness.
    """

    module: nn.Module

    def __post_init__(self) -> None:
        if not isinstance(self.module, nn.Module) or not self._trained():
            raise field_error(self, "module", self.module, "a torch.nn.Module with parameters that require gradients")
        for name, part in self.module.named_modules():
            if _is_random(part):
                raise self._refuse_part(name, part, "a module without dropout or other randomness")
            if any(True for _ in part.buffers(recurse=False)):
                raise self._refuse_part(name, part, "a module without buffers such as running statistics")
        super().__post_init__()
        self._try()

    def _try(self) -> None:
        """Raise FieldError unless the module works alone, and for many rows with the same or their own inputs."""
        inputs, targets = (each[:2] for each in self.parts.train)
        row = self._parameters()
        try:
            with torch.no_grad():
                alone = functional_call(self.module, self._tensors(row[0]), (inputs.clone(),), tie_weights=False)
        except Exception as error:
            allowed = f"one that takes inputs of shape {tuple(inputs.shape)} ({error_line(error)})"
            raise self._refuse_module(allowed) from error
        if not isinstance(alone, Tensor):
            raise self._refuse_module(f"one that gives a single tensor; it gives a {type(alone).__name__}")
        if alone.shape != (len(inputs), self.output_width):
            shape = tuple(alone.shape[1:] if alone.shape[:1] == inputs.shape[:1] else alone.shape)
            raise self._refuse_module(f"one that gives {self.output_width} outputs a sample, not shape {shape}")
        rows = row.repeat(2, 1)
        try:
            self.slope(rows, inputs, targets)
            self.slope(rows, inputs.repeat(2, *[1] * inputs.dim()), targets.repeat(2, *[1] * targets.dim()))
        except Exception as error:
            raise self._refuse_module(_vmap_fault(error)) from error

    def _refuse_module(self, allowed: str) -> Exception:
        return field_error(self, "module", type(self.module).__name__, allowed)

    def _refuse_part(self, name: str, part: nn.Module, allowed: str) -> Exception:
        return self._refuse_module(f"{allowed}; {name or 'it'} is a {type(part).__name__}")

    @cached_property
    def layers(self) -> list[Layer]:
        """One for each trained tensor of ``module.named_parameters()``."""
        shapes = {name: tuple(tensor.shape) for name, tensor in self.module.named_parameters()}
        found: list[Layer] = []
        stop = 0
        for name, tensor in self._trained().items():
            shape = tuple(tensor.shape)
            start, stop = stop, stop + tensor.numel()
            kind, fans = _kind_and_fans(name, shapes)
            found.append(Layer(name, shape, *fans, start, stop, kind))
        return found

    @cached_property
    def activations(self) -> int:
        """Numbers that the module's parts put out for one sample, by a trial, and its inputs."""
        counts: list[int] = []

        def count(_module: nn.Module, _inputs: object, outputs: object) -> None:
            parts = outputs if isinstance(outputs, tuple | list) else [outputs]
            counts.append(sum(each.numel() for each in parts if isinstance(each, Tensor)) // len(inputs))

        inputs = self.parts.train.inputs[:2]  # a layer may normalize over the samples, and one alone has no spread
        hooks = [part.register_forward_hook(count) for part in self.module.modules()]
        try:
            with torch.no_grad():
                tensors = self._tensors(self._parameters()[0])
                functional_call(self.module, tensors, (inputs.clone(),), tie_weights=False)
        finally:
            for hook in hooks:
                hook.remove()
        return inputs[0].numel() + sum(counts)

    def outputs(self, theta: Tensor, inputs: Tensor) -> Tensor:
        """Shapes (R, D) and (B, ...) or (R, B, ...) -> (R, B, K)."""
        shared = inputs.dim() == self.parts.train.inputs.dim()
        # Copies, since a module may change its inputs and parameters in place.
        return vmap(self._one, in_dims=(0, None if shared else 0))(theta.clone(), inputs.clone())

    def slope(self, theta: Tensor, inputs: Tensor, targets: Tensor) -> tuple[Tensor, Tensor]:
        """Mean loss (R,) and its gradient (R, D), by one backward pass of the rows' sum."""
        leaf = theta.detach().requires_grad_(True)
        with torch.enable_grad():
            value = mean_loss(self.loss, self.outputs(leaf, inputs), targets)
            (grad,) = torch.autograd.grad(value.sum(), leaf)
        return value.detach(), grad

    def _one(self, row: Tensor, inputs: Tensor) -> Tensor:
        """Outputs (B, K) of the network whose parameters are ``row`` (D,)."""
        outputs: Tensor = functional_call(self.module, self._tensors(row), (inputs,), tie_weights=False)
        return outputs

    def _trained(self) -> dict[str, Tensor]:
        """The module's own parameters that are trained, by name."""
        return {name: each for name, each in self.module.named_parameters() if each.requires_grad}

    @cached_property
    def _frozen(self) -> dict[str, Tensor]:
        """Copies of the parameters that are not trained, by name; floating ones in the task's precision."""
        own = {name: each.detach() for name, each in self.module.named_parameters() if not each.requires_grad}
        return {
            name: (each.to(self.dtype) if each.is_floating_point() else each).clone() for name, each in own.items()
        }

    @cached_property
    def _places(self) -> dict[str, str]:
        """The name of the parameter that stands at each place; one that is shared stands at several.

        ``functional_call`` would find the places of shared parameters itself, but when one submodule has two names it
        leaves the last row's parameters in the module.
        """
        names = {id(each): name for name, each in self.module.named_parameters()}
        return {
            f"{prefix}.{own}".lstrip("."): names[id(each)]
            for prefix, part in self.module.named_modules()
            for own, each in part.named_parameters(recurse=False, remove_duplicate=False)
        }

    def _tensors(self, row: Tensor) -> dict[str, Tensor]:
        """All parameters of the network whose trained ones are ``row`` (D,), by place."""
        pieces = torch.split(row, [layer.stop - layer.start for layer in self.layers])
        values = {name: each.to(row.device) for name, each in self._frozen.items()}
        values |= {layer.name: piece.view(layer.shape) for layer, piece in zip(self.layers, pieces, strict=True)}
        return {place: values[name] for place, name in self._places.items()}

    def _parameters(self) -> Tensor:
        """The module's own trained parameters as one row (1, D)."""
        return torch.cat([each.detach().to(self.dtype).flatten() for each in self._trained().values()]).unsqueeze(0)


def _is_random(part: nn.Module) -> bool:
    """Whether ``part`` draws numbers when it is called: a dropout layer, or one with dropout inside."""
    if not part.training:
        return False
    share = part.p if isinstance(part, nn.modules.dropout._DropoutNd) else getattr(part, "dropout", 0.0)
    return isinstance(part, nn.RReLU) or (isinstance(share, int | float) and share > 0)


def _vmap_fault(error: Exception) -> str:
    """What a module must be that works alone, but not for many rows at once."""
    words = str(error)
    if "data-dependent control flow" in words or ".item()" in words:
        return "one without a branch or a number that depends on the data, such as an if on a tensor or .item()"
    unsupported = re.search(r"aten::\w+", words)
    if isinstance(error, NotImplementedError) or "Batching rule not implemented" in words or unsupported:
        operation = unsupported.group() if unsupported else "an operation"
        return f"one of operations that torch.func.vmap can batch; it has none for {operation}"
    return f"one that torch.func.vmap can batch ({error_line(error)})"


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
