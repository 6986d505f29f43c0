"""Training, validation and test loss of one run, and where a few stopping rules would have ended it."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from src.core.tables import CURVES
from src.figures import bands, series
from src.figures.contract import About, Tables, table
from src.figures.sheet import legend_beside, sheet
from src.figures.style import dress, metric_label
from src.figures.words import measured, step_unit, subject

_LOSSES = ("train_loss", "valid_loss", "test_loss")
_RULES = ("GL 5", "PQ 1", "UP 4")  # beside the textbook's


def stopping_curves(tables: Tables, about: About) -> Figure | None:
    """Curves at the tuned rate; a dotted line at a rule's median step, where it fires for most seeds."""
    curves, stops = table(tables, "curves", CURVES), table(tables, "stops", ("rule", "rate_factor", "stopped_step"))
    if curves is None or stops is None:
        return None
    lines = {name: found for name in _LOSSES if (found := bands.curve(curves, name)) is not None}
    if not lines and (found := bands.curve(curves, "loss")) is not None:
        lines = {"loss": found}
    if not lines:
        return None
    optimizer, problem = subject(about)
    at = _median_stops(stops, about)
    words = [*(metric_label(name, None) for name in lines), *at]
    figure, (axes,) = sheet(
        about,
        f"Where would {optimizer} on {problem} be stopped?",
        measured(about) + "; dotted: median step at which a rule fires",
        [3.0],
        width=5.2,
        beside=words,
    )
    dress(axes, x=step_unit(about), y="loss")
    bands.set_scales(axes, list(lines.values()))
    for place, found in enumerate(lines.values()):
        bands.draw(axes, found, series.look(place))
    handles = series.handles(len(words))
    for handle, (place, step) in zip(handles[len(lines) :], enumerate(at.values(), len(lines)), strict=True):
        look = series.look(place) | {"linestyle": ":"}
        handle.set(linestyle=":")
        axes.axvline(min(step, axes.get_xlim()[1]), **look)
    legend_beside(figure, handles, words)
    return figure


def _median_stops(stops: pd.DataFrame, about: About) -> dict[str, float]:
    """The median step of each rule that fires for most seeds at the tuned rate."""
    found = {}
    for rule in dict.fromkeys(filter(None, (about.get("textbook"), *_RULES))):
        own = stops.loc[(stops["rule"] == rule) & (stops["rate_factor"] == 1), "stopped_step"].to_numpy(float)
        step = float(np.median(np.nan_to_num(own, nan=np.inf))) if own.size else np.inf
        if np.isfinite(step):
            found[str(rule)] = step
    return found
