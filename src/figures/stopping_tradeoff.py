"""Every stopping rule's time against its cost: what early stopping saves, and what for."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from src.figures import series
from src.figures.contract import About, Tables, table
from src.figures.factor_axis import set_factor_axis
from src.figures.scales import finite
from src.figures.sheet import legend_beside, sheet
from src.figures.style import INK, LINES, MUTED, SMALL, dress
from src.figures.words import seeds

COLUMNS = ("rate_factor", "rule", "family", "setting", "metric", "min_delta", "time", "front")
_COST = ("test_cost", "test_cost_low", "test_cost_high")
_PRECHELT = np.log10(1.04)  # what Prechelt's (1998) fastest rules cost against his slowest, at a quarter of the time


def stopping_tradeoff(tables: Tables, about: About) -> Figure | None:
    """A panel for each multiple of the tuned rate, a line for each family of rules, fastest to slowest."""
    rules = table(tables, "tradeoff", (*COLUMNS, *_COST))
    if rules is None or not finite(rules["test_cost"]).size:
        return None
    lines = _lines(rules)
    factors = list(dict.fromkeys(finite(rules["rate_factor"]).tolist()))
    words = [*lines, "no rule is both faster and better"]
    study = f"{about['study']}: mean" if about.get("study") else "Mean"
    figure, every = sheet(
        about,
        "What does early stopping save, and what does it cost?",
        f"{study} over tasks, methods and {seeds(about)}, 95 % interval over seeds; test loss of the point that a "
        "rule returns over that of the whole run's best point by validation loss",
        [3.4],
        width=3.6,
        columns=len(factors),
        gap=(0.5, 0.7),
        beside=words,
        titled=True,
    )
    for place, (axes, factor) in enumerate(zip(every, factors, strict=True)):
        own = rules[rules["rate_factor"] == factor]
        at = "at the tuned rate" if factor == 1 else f"at {factor:g} times the tuned rate"
        dress(axes, x="share of the budget that is trained", y="" if place else "test loss / whole run's", title=at)
        set_factor_axis(axes, "x", np.log10(finite(own["time"]).clip(1e-4)))
        set_factor_axis(axes, "y", rules.loc[:, list(_COST)].to_numpy(float))
        _draw(axes, own, lines)
    handles = series.handles(len(lines), markers=True)
    handles.append(Line2D([], [], linestyle="none", marker="o", markerfacecolor="none", color=INK, markersize=9))
    legend_beside(figure, handles, words)
    return figure


def _lines(rules: pd.DataFrame) -> dict[str, pd.Series]:
    """What each line is called, and which rows it joins."""
    plain = rules["family"] != "patience"
    names = (
        rules["family"]
        .astype(str)
        .where(plain, "patience, " + rules["metric"].astype(str) + ", " + rules["min_delta"].map("{:g}".format))
    )
    return {str(name): names == name for name in dict.fromkeys(names)}


def _draw(axes: Axes, rules: pd.DataFrame, lines: dict[str, pd.Series]) -> None:
    axes.axhline(0.0, color=MUTED, linewidth=1.0, zorder=1)
    axes.axhline(_PRECHELT, color=MUTED, linewidth=1.0, linestyle=LINES[2], zorder=1)
    axes.text(axes.get_xlim()[1], _PRECHELT, "Prechelt's 4 % ", fontsize=SMALL, color=MUTED, ha="right", va="bottom")
    for place, chosen in enumerate(lines.values()):
        rows = rules[chosen.loc[rules.index]].sort_values("setting")
        x = np.log10(rows["time"].to_numpy(float).clip(1e-4))
        middle, low, high = (rows[name].to_numpy(float) for name in _COST)
        look = series.look(place)
        axes.vlines(x, np.clip(low, -4, 4), np.clip(high, -4, 4), color=look["color"], linewidth=0.7, alpha=0.6)
        axes.plot(x, np.clip(middle, -4, 4), marker=series.sign(place), markersize=4, **look | {"linewidth": 1.1})
    front = rules[rules["front"].astype(bool)]
    ring: dict[str, Any] = {
        "linestyle": "none",
        "marker": "o",
        "markersize": 9,
        "markerfacecolor": "none",
        "color": INK,
    }
    axes.plot(np.log10(front["time"].clip(1e-4)), front["test_cost"].clip(-4, 4), zorder=4, **ring)
