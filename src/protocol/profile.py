"""The share of a study to run: all of it, or just enough to see that it runs."""

from dataclasses import dataclass

from src.core.checks import FieldError, check_count, check_number, field_error


@dataclass(frozen=True, kw_only=True)
class Profile:
    """Caps on a study's effort.

    Attributes:
        name: said on every table and figure.
        max_seeds, max_tuning_seeds: most seeds of each kind; None for as many as the study asks for.
        step_fraction: share of each budget that is run, above 0, at most 1.
        max_grid_values: most values of each key that a study's own grid sweeps, taken evenly from the first to the
            last, at least 1; None for all of them.
        in_parallel: whether runs are worth processes of their own, which take seconds to start.
    """

    name: str
    max_seeds: int | None
    max_tuning_seeds: int | None
    step_fraction: float
    max_grid_values: int | None
    in_parallel: bool = True

    def __post_init__(self) -> None:
        if self.max_seeds is not None:
            check_count(self, "max_seeds")
        if self.max_tuning_seeds is not None:
            check_count(self, "max_tuning_seeds")
        check_number(self, "step_fraction", above=0, at_most=1)
        if self.max_grid_values is not None:
            check_count(self, "max_grid_values")
        if not isinstance(self.in_parallel, bool):
            raise field_error(self, "in_parallel", self.in_parallel, "true or false")

    def seeds(self, asked: int) -> int:
        """Test seeds to run when the study asks for ``asked``."""
        return _capped("seeds", asked, self.max_seeds)

    def tuning_seeds(self, asked: int) -> int:
        """Tuning seeds to run when the study asks for ``asked``."""
        return _capped("tuning.seeds", asked, self.max_tuning_seeds)

    def steps(self, asked: int) -> int:
        """Steps to run of a budget of ``asked``, at least 1."""
        return max(1, round(_capped("steps", asked, None) * self.step_fraction))


def _capped(field: str, asked: int, most: int | None) -> int:
    if not isinstance(asked, int) or isinstance(asked, bool) or asked < 1:
        raise FieldError(f"{field} = {asked!r}: must be a whole number, at least 1")
    return asked if most is None else min(asked, most)
