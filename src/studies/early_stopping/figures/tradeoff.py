"""Time against cost of every stopping rule."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from src.plotting import series
from src.plotting.contract import About, Tables, draws, table
from src.plotting.factor_axis import set_factor_axis
from src.plotting.layout import legend_beside, sheet
from src.plotting.scales import apply, finite, inside
from src.plotting.style import INK, LINES, MUTED, SMALL, dress
from src.plotting.words import seeds

COLUMNS = ("rate_factor", "rule", "family", "setting", "metric", "min_delta", "time", "front")
_LOSS = ("test_cost", "test_cost_low", "test_cost_high")
_ACCURACY = ("accuracy_cost", "accuracy_cost_low", "accuracy_cost_high")
_PRECHELT = np.log10(1.04)  # what Prechelt's (1998) fastest rules cost against his slowest, at a quarter of the time
_RING: dict[str, Any] = {"linestyle": "none", "marker": "o", "markerfacecolor": "none", "color": INK, "markersize": 9}
_FRONT = "no rule is both faster and better"

Lines = dict[str, pd.Series]  # name of each line, and the rows that it joins


@draws("sweep")
def tradeoff(tables: Tables, about: About) -> Figure | None:
    """One column per multiple of the tuned learning rate, one line per family of rules, fastest to slowest.

    Top: test loss after rules that watch validation loss. Bottom: test accuracy after all rules.
    """
    rules = table(tables, "tradeoff", (*COLUMNS, *_LOSS, *_ACCURACY))
    if rules is None or not finite(rules["test_cost"]).size:
        return None
    lines = _lines(rules)
    factors = list(dict.fromkeys(finite(rules["rate_factor"]).tolist()))
    study = f"{about['study']}: mean" if about.get("study") else "Mean"
    figure, every = sheet(
        about,
        "What does early stopping save, and what does it cost?",
        f"{study} over tasks, methods and {seeds(about)}, 95 % interval over seeds. Compared: the point that a "
        "rule returns and the whole run's best point by validation loss",
        [2.8, 2.2],
        width=3.6,
        columns=len(factors),
        gap=(0.5, 0.7),
        beside=[*lines, _FRONT],
        titled=True,
    )
    upper, lower = every[: len(factors)], every[len(factors) :]
    by_loss = {name: rows for name, rows in lines.items() if (rules.loc[rows, "metric"] != "valid_accuracy").all()}
    for place, factor in enumerate(factors):
        own = rules[rules["rate_factor"] == factor]
        at = "at the tuned rate" if factor == 1 else f"at {factor:g} times the tuned rate"
        labels = ("test loss / whole run's", "test accuracy lost, points") if place == 0 else ("", "")
        for axes, label in zip((upper[place], lower[place]), labels, strict=True):
            dress(axes, x="share of the budget that is trained", y=label, title=at if axes is upper[place] else "")
            set_factor_axis(axes, "x", np.log10(finite(own["time"]).clip(1e-4)))
        _loss_panel(upper[place], own, by_loss, rules)
        _accuracy_panel(lower[place], own, lines, rules)
    legend_beside(figure, [*series.handles(len(lines), markers=True), Line2D([], [], **_RING)], [*lines, _FRONT])
    return figure


def _lines(rules: pd.DataFrame) -> Lines:
    """Families in the order of the legend: those that watch losses first; of equal lines only the first."""
    deltas = rules["min_delta"].map("{:g}".format)
    patient = "patience on " + rules["metric"].astype(str) + ", min_delta " + deltas
    names = patient.where(rules["family"] == "patience", rules["family"].astype(str))
    found: Lines = {}
    seen: list[list[list[float]]] = []
    for name in sorted(dict.fromkeys(names), key=lambda name: "accuracy" in str(name)):
        drawn = np.nan_to_num(rules.loc[names == name, ["time", *_LOSS]].to_numpy(float)).tolist()
        if drawn not in seen:
            seen.append(drawn)
            found[str(name)] = names == name
    return found


def _loss_panel(axes: Axes, own: pd.DataFrame, lines: Lines, every: pd.DataFrame) -> None:
    shown = [every.loc[rows, list(_LOSS)].to_numpy(float).ravel() for rows in lines.values()]
    set_factor_axis(axes, "y", np.concatenate([*shown, [_PRECHELT]]))
    axes.axhline(_PRECHELT, color=MUTED, linewidth=1.0, linestyle=LINES[2], zorder=1)
    axes.text(axes.get_xlim()[1], _PRECHELT, "Prechelt's 4 % ", fontsize=SMALL, color=MUTED, ha="right", va="bottom")
    _draw(axes, own, lines, _LOSS)
    front = own[own["front"].astype(bool) & (own["metric"] != "valid_accuracy")]
    axes.plot(_decades(front), inside(front["test_cost"], axes), zorder=4, **_RING)


def _accuracy_panel(axes: Axes, own: pd.DataFrame, lines: Lines, every: pd.DataFrame) -> None:
    apply(axes, "y", finite(every.loc[:, list(_ACCURACY)].to_numpy(float), [0.0]).clip(-100, 100), "linear")
    _draw(axes, own, lines, _ACCURACY)


def _draw(axes: Axes, own: pd.DataFrame, lines: Lines, columns: tuple[str, str, str]) -> None:
    axes.axhline(0.0, color=MUTED, linewidth=1.0, zorder=1)
    for place, chosen in enumerate(lines.values()):
        rows = own[chosen.loc[own.index]].sort_values("setting")
        middle, low, high = (inside(rows[name], axes) for name in columns)
        look = series.look(place)
        axes.vlines(_decades(rows), low, high, color=look["color"], linewidth=0.7, alpha=0.6)
        axes.plot(_decades(rows), middle, marker=series.sign(place), markersize=4, **look | {"linewidth": 1.1})


def _decades(rows: pd.DataFrame) -> np.ndarray:
    """log10 of the time, (N,)."""
    decades: np.ndarray = np.log10(rows["time"].to_numpy(float).clip(1e-4, 1e4))
    return decades
