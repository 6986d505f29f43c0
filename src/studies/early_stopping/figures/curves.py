"""Training, validation and test loss of one run, and the steps at which a few stopping rules would end the run."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from src.plotting import bands, series
from src.plotting.contract import About, Tables, draws, table
from src.plotting.layout import legend_beside, sheet
from src.plotting.scales import finite
from src.plotting.style import dress, metric_label
from src.plotting.words import measured, step_unit, subject
from src.tables.run_tables import CURVES

_HELD_OUT, _TRAINING = ("valid_loss", "test_loss"), ("train_loss",)
_RULES = ("GL 5", "PQ 1", "UP 4")  # drawn with the textbook's rule
_ZOOM = 3.0  # highest shown held-out loss as a multiple of the lowest: the rise after the minimum matters


@draws("run")
def curves(tables: Tables, about: About) -> Figure | None:
    """Top: held-out losses at the tuned rate. Bottom: training loss. A dotted line marks a rule's median step.

    Rules that do not fire for most seeds are left out.
    """
    curves, stops = table(tables, "curves", CURVES), table(tables, "stops", ("rule", "rate_factor", "stopped_step"))
    if curves is None or stops is None:
        return None
    panels = [_found(curves, names) for names in (_HELD_OUT, _TRAINING)]
    panels = [lines for lines in panels if lines] or [_found(curves, ("loss",))]
    if not panels[0]:
        return None
    optimizer, problem = subject(about)
    at = _median_stops(stops, about)
    names = [name for lines in panels for name in lines]
    words = [*(metric_label(name, None) for name in names), *at]
    figure, every = sheet(
        about,
        f"Where would {optimizer} on {problem} be stopped?",
        measured(about) + ". Dotted: median step at which a rule fires",
        [2.3, 1.4][: len(panels)],
        width=5.2,
        gap=(0.0, 0.25),
        beside=words,
    )
    handles = series.handles(len(words))
    for axes, lines in zip(every, panels, strict=True):
        dress(axes, x=step_unit(about) if axes is every[-1] else "", y=_label(lines))
        bands.set_scales(axes, list(lines.values()), ticks=5, scale="linear" if len(lines) > 1 else None)
        axes.tick_params(labelbottom=axes is every[-1])
        if len(lines) > 1:
            _zoom(axes, lines)
        for name, found in lines.items():
            bands.draw(axes, found, series.look(names.index(name)))
        for place, step in enumerate(at.values(), len(names)):
            axes.axvline(min(step, axes.get_xlim()[1]), **series.look(place) | {"linestyle": ":"})
            handles[place].set(linestyle=":")
    legend_beside(figure, handles, words)
    return figure


def _label(lines: dict[str, pd.DataFrame]) -> str:
    return "held-out loss" if len(lines) > 1 else metric_label(next(iter(lines)), None)


def _found(curves: pd.DataFrame, names: tuple[str, ...]) -> dict[str, pd.DataFrame]:
    return {name: found for name in names if (found := bands.curve(curves, name)) is not None}


def _zoom(axes: Axes, lines: dict[str, pd.DataFrame]) -> None:
    lowest = finite(*(found["median"] for found in lines.values()))
    _, high = axes.get_ylim()
    if lowest.size and 0 < _ZOOM * lowest.min() < high:
        axes.set_ylim(0.0, _ZOOM * lowest.min())


def _median_stops(stops: pd.DataFrame, about: About) -> dict[str, float]:
    """The median step of each rule that fires for most seeds at the tuned rate."""
    found = {}
    for rule in dict.fromkeys(filter(None, (about.get("textbook"), *_RULES))):
        own = stops.loc[(stops["rule"] == rule) & (stops["rate_factor"] == 1), "stopped_step"].to_numpy(float)
        step = float(np.median(np.nan_to_num(own, nan=np.inf))) if own.size else np.inf
        if np.isfinite(step):
            found[str(rule)] = step
    return found
