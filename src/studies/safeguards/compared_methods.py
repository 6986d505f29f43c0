"""Methods that the claims on safeguards compare, by their part in the comparison."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from src.core.checks import field_error


@dataclass(frozen=True, kw_only=True)
class ComparedMethods:
    """Names of the methods that the claims speak of.

    Attributes:
        baseline: plain descent.
        singles: each part alone.
        chain: all parts, in the textbook's order.
        without: by part, the chain that lacks it.
        noise_last, noise_first: chains of all parts with noise after, and before, preconditioning.
        clip, noise, variance, precondition: parts alone; ``variance`` is noise whose variance is annealed.
    """

    baseline: str
    singles: Sequence[str]
    chain: str
    without: Mapping[str, str]
    noise_last: Sequence[str]
    noise_first: Sequence[str]
    clip: str
    noise: str
    variance: str
    precondition: str

    def __post_init__(self) -> None:
        if isinstance(self.singles, str) or not self.singles:
            raise field_error(self, "singles", self.singles, "a list of at least one method")
