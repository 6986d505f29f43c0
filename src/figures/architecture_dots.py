"""Test accuracies of methods on networks, untuned and tuned, and what tuning brings: a panel for each network."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from src.figures import dots
from src.figures.cells import columns_for, ordered, outer_labels
from src.figures.contract import About, Tables, in_order, table
from src.figures.scales import apply, finite
from src.figures.style import MUTED, line, marker
from src.figures.words import brief, seeds

ENDS = ("low", "high")
ACCURACIES = ("problem", "method", "setting", "batch", "accuracy", *ENDS)
GAINS = ("problem", "method", "default_rate", "best_rate", "gain", *ENDS)
_SETTINGS = ("default", "tuned")


def architecture_accuracy(tables: Tables, about: About) -> Figure | None:
    """Mean test accuracy with its interval, at the default rate (hollow) and at the tuned one (filled)."""
    found = table(tables, "accuracies", ACCURACIES)
    if found is None or not finite(found["accuracy"]).size:
        return None
    found = found[found["batch"] == found.groupby("problem")["batch"].transform("min")]
    figure, panels, methods = _panels(
        found,
        about,
        str(about.get("question") or "Which method suits which network, untuned and tuned?"),
        f"Test accuracy, mean over {seeds(about)} and 95 % interval; hollow: at the method's default learning rate, "
        "filled: at the rate tuned on the validation part",
    )
    for problem, axes in panels.items():
        rows = found[found["problem"] == problem]
        axes.set_xlabel("test accuracy, %")
        apply(axes, "x", finite(*(rows[name] for name in ("accuracy", *ENDS))), "linear", ticks=5)
        for place, method in enumerate(methods):
            own = rows[rows["method"] == method]
            middles = [_dot(axes, own[own["setting"] == name], "accuracy", place, name) for name in _SETTINGS]
            span = [middle for middle in middles if middle is not None]
            if len(span) == len(_SETTINGS):
                axes.plot(span, [place, place], color=MUTED, linewidth=0.8, linestyle=(0, (1.2, 1.2)), zorder=1)
    outer_labels(panels.values(), columns_for(len(panels)))
    return figure


def tuning_gains(tables: Tables, about: About) -> Figure | None:
    """What a tuned rate adds to the test accuracy at the default one; the rates are said beside each dot."""
    found = table(tables, "tuning_gains", GAINS)
    if found is None or not finite(found["gain"]).size:
        return None
    figure, panels, methods = _panels(
        found,
        about,
        "How much does tuning the learning rate buy?",
        f"Test accuracy at the tuned rate less that at the default one, seed by seed: mean over {seeds(about)} and "
        "95 % interval; at the right, the tuned rate over the default one",
    )
    for problem, axes in panels.items():
        rows = found[found["problem"] == problem]
        axes.set_xlabel("percentage points")
        apply(axes, "x", finite(*(rows[name] for name in ("gain", *ENDS)), 0.0), "linear", ticks=5)
        low, high = axes.get_xlim()
        axes.set_xlim(low, high + 0.25 * (high - low))  # room for the ratios
        axes.axvline(0.0, color=MUTED, linewidth=1.0, zorder=1)
        for place, method in enumerate(methods):
            own = rows[rows["method"] == method]
            _dot(axes, own, "gain", place, "tuned")
            rates = [each[0] for name in ("best_rate", "default_rate") if (each := finite(own[name])).size]
            if len(rates) == 2 and min(rates) > 1e-30 and max(rates) < 1e30:
                where: dict[str, Any] = {"transform": axes.get_yaxis_transform(), "ha": "right", "va": "center"}
                axes.text(
                    0.995,
                    place,
                    f"\N{MULTIPLICATION SIGN} {brief(rates[0] / rates[1])}",
                    fontsize=6.8,
                    color=MUTED,
                    **where,
                )
    outer_labels(panels.values(), columns_for(len(panels)))
    return figure


def _panels(
    found: pd.DataFrame, about: About, title: str, subtitle: str
) -> tuple[Figure, dict[str, Axes], Sequence[str]]:
    methods = ordered(in_order(found, "method"))
    study = f"{about['study']}: {subtitle[0].lower()}{subtitle[1:]}" if about.get("study") else subtitle
    figure, panels = dots.grid(about, title, study, found, methods)
    return figure, panels, methods


def _dot(axes: Axes, row: pd.DataFrame, column: str, place: int, setting: str) -> float | None:
    """Draw one mean and its interval; the mean, or None where there is none."""
    if row.empty or not finite(row[column]).size:
        return None
    middle = float(finite(row[column])[0])
    ends = [end[0] if (end := finite(row[name])).size else middle for name in ENDS]
    method = str(row["method"].iloc[0])
    look = line(method)
    left, right = axes.get_xlim()
    axes.plot(np.clip(ends, left, right), [place, place], color=look["color"], linewidth=1.6, solid_capstyle="butt")
    face = look["color"] if setting == "tuned" else "white"
    axes.plot(
        [middle], [place], marker=marker(method), color=look["color"], markerfacecolor=face, markersize=6.5,
        linestyle="none",
    )  # fmt: skip
    return middle
