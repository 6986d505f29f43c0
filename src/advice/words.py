"""Words of the command to traits: ``dimension=10 gradients=yes ruggedness=many_minima`` and the like."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from src.advice.needs import Limits
from src.advice.textbook import EXAMPLES
from src.advice.traits import Interval, Kind, Traits, exactly
from src.core.checks import FieldError

NOISY = -2.5  # log10 of noise over spread from which on a problem counts as noisy
# log10(1 + local minima per line beyond one), as the probe counts them; of bits, the number that a flip depends on.
MINIMA = {
    "one_minimum": Interval(0.0, math.log10(1.1)),
    "few_minima": Interval(math.log10(1.1), math.log10(2)),
    "many_minima": Interval(math.log10(2), math.inf),
}
COUPLED = {
    "one_minimum": Interval(0.0, 2.5),
    "few_minima": Interval(2.5, 4.0),
    "many_minima": Interval(4.0, math.inf),
}
YES_NO = ("yes", "no")
ALLOWED: dict[str, tuple[str, ...]] = {
    "gradients": YES_NO,
    "dimension": (),
    "budget": (),
    "noise": YES_NO,
    "ruggedness": tuple(MINIMA),
    "constraints": ("no", "box", "yes"),
    "memory": ("limited", "plenty"),
    "discrete": YES_NO,
    "data": YES_NO,
    "parallel": YES_NO,
    "example": tuple(EXAMPLES),
}
LARGEST = 10**15


class WordError(FieldError):
    """A word of the command is wrong; the message is one line."""


@dataclass(frozen=True)
class Asked:
    """What the words say.

    Attributes:
        traits: traits of the problem.
        said: each word's key and value, as given.
        budget: evaluations that can be spent; infinite where that was not said.
    """

    traits: Traits = field(default_factory=Traits)
    said: Mapping[str, str] = field(default_factory=dict)
    budget: float = math.inf

    def limits(self, traits: Traits) -> Limits:
        """What the user lacks, where ``traits`` are those of the problem."""
        return Limits(
            kind=traits.kind,
            gradients=traits.gradients,
            memory=self.said.get("memory") == "limited",
            box=self.said.get("constraints") in ("box", "yes"),
        )


def understood(words: Sequence[str], refuse: Callable[[str, str, Sequence[str]], Exception]) -> Asked:
    """What ``words`` such as ``dimension=10`` say.

    Args:
        words: the words.
        refuse: makes the error for a key or a value that is not allowed: of field, value and what is allowed.

    Raises:
        Whatever ``refuse`` makes; WordError for a number that is not allowed, and for contradictions.
    """
    said: dict[str, str] = {}
    for word in words:
        key, _, value = word.partition("=")
        if key not in ALLOWED:
            raise refuse("trait", key, list(ALLOWED))
        if key in said:
            raise WordError(f"{word}: {key} is given twice")
        if ALLOWED[key] and value not in ALLOWED[key]:
            raise refuse(key, value, ALLOWED[key])
        said[key] = value
    if said.get("discrete") == said.get("data") == "yes":
        raise WordError("data = yes: must be no where discrete=yes: bits hold no network")
    kind = _kind(said)
    numbers = {}
    for key in ("dimension", "budget"):
        if key in said:
            numbers[key] = exactly(math.log10(_count(key, said[key])))
    if "noise" in said:
        numbers["noise"] = Interval(NOISY, math.inf) if said["noise"] == "yes" else Interval(-math.inf, NOISY)
    if "ruggedness" in said:
        numbers["ruggedness"] = (COUPLED if kind == "bits" else MINIMA)[said["ruggedness"]]
    gradients = said["gradients"] == "yes" if "gradients" in said else None
    budget = float(_count("budget", said["budget"])) if "budget" in said else math.inf
    return Asked(Traits(kind, gradients, numbers), said, budget)


def _kind(said: Mapping[str, str]) -> Kind | None:
    if said.get("discrete") == "yes":
        return "bits"
    if "data" in said:
        return "data" if said["data"] == "yes" else "box"
    # Where the box matters, or gradients are lacking, it is a landscape that is asked for.
    return "box" if said.get("constraints") == "box" or said.get("gradients") == "no" else None


def _count(key: str, value: str) -> int:
    try:
        count = int(float(value))
        whole = float(value) == count
    except (ValueError, OverflowError):
        count, whole = 0, False
    if not whole or not 1 <= count <= LARGEST:
        raise WordError(f"{key} = {value}: must be a whole number, at least 1")
    return count
