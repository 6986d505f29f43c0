"""Landscapes whose formula is written in two coordinates x and y."""

from dataclasses import dataclass

from src.problems.landscape import Landscape


@dataclass(frozen=True, kw_only=True)
class PlanarLandscape(Landscape):
    """A formula in x = theta[..., 0] and y = theta[..., 1]."""

    @property
    def dimension(self) -> int:
        """Always 2."""
        return 2

    @property
    def has_any_dimension(self) -> bool:
        """Never: the formula has two coordinates."""
        return False
