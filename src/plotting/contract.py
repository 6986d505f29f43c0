"""What every figure is: a function of tables and of a few words about them, safe where either is incomplete.

The words, all optional: ``study``; ``problem`` and ``method`` (of a run); ``profile`` (any but "full" is noted on
the figure); ``best_learning_rate``; ``seeds`` (their count); ``step_unit``; ``metric_labels`` (a metric's name: what
to call it); ``minimum`` (the known one), ``target`` and ``minimum_points`` ([x, y] each); ``stopped_step`` (the
median); ``tuning_metric`` (the metric that is the score: the minimum is taken off scores only where it is "loss", or
not given);
``tau_label``. In figures of a study, ``minimum`` and ``tuning_metric`` may map each problem to its own.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

if TYPE_CHECKING:  # a sweep is planned without either
    import pandas as pd
    from matplotlib.figure import Figure

Tables = Mapping[str, "pd.DataFrame"]
About = Mapping[str, Any]


class Movie(NamedTuple):
    """A figure that changes: ``show`` draws one of its ``frames``, numbered from 0."""

    figure: "Figure"
    frames: int
    show: Callable[[int], None]


Draw = Callable[[Tables, About], "Figure | Movie | None"]
Level = Literal["run", "sweep"]


def draws(*levels: Level) -> Callable[[Draw], Draw]:
    """Mark a figure: whether it draws the tables of a run, those that a sweep gathers, or either."""

    def mark(draw: Draw) -> Draw:
        draw.__dict__["levels"] = levels
        return draw

    return mark


def table(tables: Tables, name: str, columns: Sequence[str]) -> "pd.DataFrame | None":
    """The table called ``name``; None when it is missing, empty or lacks one of ``columns``."""
    found = tables.get(name)
    if found is None or found.empty or not set(columns) <= set(found.columns):
        return None
    return found


def number(value: Any) -> float | None:
    """``value`` as a finite float; None for anything else (None, NaN, infinity, text)."""
    try:
        read = float(value)
    except (TypeError, ValueError):
        return None
    return read if math.isfinite(read) else None


def of_problem(about: About, key: str, problem: str) -> Any:
    """``about[key]`` where it is one value for all, or ``about[key][problem]`` where it is given for each problem."""
    value = about.get(key)
    return value.get(problem) if isinstance(value, Mapping) else value


def in_order(frame: "pd.DataFrame", column: str) -> list[str]:
    """The distinct values of ``column`` in the order in which the table brings them."""
    return [str(name) for name in frame[column].dropna().unique()]
