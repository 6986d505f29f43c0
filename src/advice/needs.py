"""What a method needs of a problem and of a machine, read from the method itself."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

import torch
from torch import Tensor

from src.advice.traits import Kind
from src.core.draws import Draws
from src.core.optimizer import Optimizer
from src.core.search import Search, SearchMethod, Setup
from src.core.streams import seeds

MOST_NUMBERS = 2  # per parameter, that a method may keep where memory is limited: two moments
TRIED = 20  # coordinates of the trial by which a method's memory is counted


@dataclass(frozen=True)
class Needs:
    """What a method needs.

    Attributes:
        gradients: whether it needs gradients.
        domain: ``bits``, ``box``, or ``plane`` for a descent that no box holds back.
        numbers: numbers that it keeps per parameter, for ``TRIED`` parameters; None where the method is a library's
            and nobody counted them.
        at_once: points that it asks for at once; None as above.
    """

    gradients: bool
    domain: str
    numbers: int | None
    at_once: int | None


@dataclass(frozen=True)
class Limits:
    """What the user's problem lacks.

    Attributes:
        kind: kind of the problem; None where it is not known, but not bits.
        gradients: whether there are gradients; None where that is not known.
        memory: whether memory is limited.
        box: whether points must stay in a box.
    """

    kind: Kind | None
    gradients: bool | None
    memory: bool
    box: bool


def needs_of(method: Optimizer | SearchMethod) -> Needs:
    """Needs of a method, by a trial of its first step where that tells more than its class."""
    if isinstance(method, Optimizer):
        state = method.init(torch.ones(1, TRIED, dtype=torch.float64))
        return Needs(gradients=True, domain="plane", numbers=_count(state) // TRIED, at_once=1)
    if not isinstance(method, Search):
        return Needs(gradients=method.needs_gradient, domain=method.domain, numbers=None, at_once=None)
    lower, upper = torch.zeros(TRIED, dtype=torch.float64), torch.ones(TRIED, dtype=torch.float64)
    setup = Setup(start=torch.zeros(1, TRIED, dtype=torch.float64), lower=lower, upper=upper, budget=1000)
    draws = Draws(seeds(1))
    points, state = method.ask(method.init(setup), draws)
    slopes = torch.zeros_like(points) if method.needs_gradient else None
    state = method.tell(state, points, points.sum(dim=-1), slopes, draws)  # only then a population is there
    return Needs(method.needs_gradient, method.domain, _count(state, without=(setup,)) // TRIED, points.shape[1])


def refusals(needs: Mapping[str, Needs], limits: Limits) -> dict[str, str]:
    """For each method that needs what the user lacks, the reason."""
    found = {name: _reason(each, limits) for name, each in needs.items()}
    return {name: reason for name, reason in found.items() if reason}


def _reason(needs: Needs, limits: Limits) -> str:
    """The first need that is not met, in words; empty where all are."""
    numbers = needs.numbers
    lacking = {
        "it needs gradients": needs.gradients and limits.gradients is False,
        "it needs real coordinates": limits.kind == "bits" and needs.domain != "bits",
        "it needs strings of bits": limits.kind != "bits" and needs.domain == "bits",
        "its steps may leave the box": limits.box and needs.domain == "plane",
        "nobody counted the memory of this library's method": limits.memory and numbers is None,
        f"it keeps {numbers} numbers per parameter, more than {MOST_NUMBERS}": (
            limits.memory and numbers is not None and numbers > MOST_NUMBERS
        ),
    }
    return next((reason for reason, lacks in lacking.items() if lacks), "")


def _count(state: Any, without: Iterable[object] = ()) -> int:
    """Numbers in the tensors of a state, each tensor once; the box and the start are the problem's."""
    seen = {id(tensor) for each in without for tensor in _tensors(each)}
    total = 0
    for tensor in _tensors(state):
        if id(tensor) not in seen:
            seen.add(id(tensor))
            total += tensor.numel()
    return total


def _tensors(state: Any) -> Iterable[Tensor]:
    if isinstance(state, Tensor):
        yield state
    elif is_dataclass(state) and not isinstance(state, type):
        for each in fields(state):
            yield from _tensors(getattr(state, each.name))
    elif isinstance(state, Mapping):
        for value in state.values():
            yield from _tensors(value)
    elif isinstance(state, tuple | list):
        for value in state:
            yield from _tensors(value)
