"""Noise and steps against the batch size: noise falls as 1/B, steps fall only up to the critical batch size."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from src.plotting.batch_axis import batch_axis, batch_table, dots, inside_x
from src.plotting.contract import About, Tables, draws, in_order, number, table
from src.plotting.layout import legend_beside, sheet
from src.plotting.scales import apply, finite, inside
from src.plotting.series import OKABE_ITO
from src.plotting.style import BAND_OPACITY, INK, MUTED, SMALL, dress
from src.plotting.words import brief, seeds

PRODUCT = ("problem", "batch", "point", "ratio", "ratio_low", "ratio_high")
STEPS = ("problem", "batch", "steps", "steps_low", "steps_high")
SCALING = ("problem", "least_steps", "critical", "critical_low", "critical_high", "noise_mean")

_HUGE = 1e100
_WIDEST = 2.0  # largest distance from 1 that the upper panels show
_LAW, _CRITICAL, _NOISE = OKABE_ITO[4], OKABE_ITO[5], OKABE_ITO[3]
_PERFECT: dict[str, Any] = {"color": MUTED, "linestyle": (0, (5, 2)), "linewidth": 1.2}
_LEGEND = {
    "measured, 95 % interval": Line2D([], [], color=INK, marker="o", markersize=4.5, linewidth=1.2),
    "theory: 1/B; perfect scaling": Line2D([], [], **_PERFECT),
    "fit: S_min (1 + B_crit/B)": Line2D([], [], color=_LAW, linewidth=1.6),
    "critical batch B_crit": Patch(facecolor=_CRITICAL, alpha=0.45),
    "mean noise scale tr Σ/|G|²": Line2D([], [], color=_NOISE, linestyle=(0, (1.2, 1.2)), linewidth=1.8),
}


@draws("sweep")
def answer(tables: Tables, about: About) -> Figure | None:
    """Top: batch size times gradient variance over tr Σ. Bottom: steps to the target. One column per problem."""
    product, steps = (batch_table(tables, *each) for each in (("noise_product", PRODUCT), ("steps_to_target", STEPS)))
    scaling = table(tables, "scaling", SCALING)
    if product is None or steps is None or scaling is None:
        return None
    problems = in_order(steps, "problem")
    figure, every = sheet(
        about,
        "What does a larger batch buy: how much less noise, how many fewer steps?",
        f"{about.get('study', 'Study')}. Top: noise at fixed points. Bottom: median steps to the target over "
        f"{seeds(about)}, with the learning rate tuned for each batch size",
        [1.5, 2.5],
        width=2.45,
        columns=len(problems),
        gap=(0.68, 0.5),
        beside=list(_LEGEND),
        titled=True,
    )
    for column, problem in enumerate(problems):
        above, below = every[column], every[column + len(problems)]
        pooled = product[(product["problem"] == problem) & (product["point"] == "all points")]
        _noise(above, pooled, problem, "B · variance / tr Σ" if column == 0 else "")
        fit = scaling[scaling["problem"] == problem]
        _steps(below, steps[steps["problem"] == problem], fit, "steps to the target" if column == 0 else "")
    legend_beside(figure, list(_LEGEND.values()), list(_LEGEND))
    return figure


def _noise(axes: Axes, rows: pd.DataFrame, problem: str, label: str) -> None:
    dress(axes, y=label, title=problem)
    batch_axis(axes, rows["batch"].to_list())
    reach = finite(rows[["ratio", "ratio_low", "ratio_high"]] - 1)
    half = min(max(0.2, 1.15 * float(np.abs(reach).max())), _WIDEST) if reach.size else 0.2
    axes.set_ylim(1 - half, 1 + half)
    axes.axhline(1, **_PERFECT)
    dots(axes, rows, "batch", "ratio", color=INK, marker="o")


def _steps(axes: Axes, rows: pd.DataFrame, fit: pd.DataFrame, label: str) -> None:
    dress(axes, x="batch size B", y=label)
    batch_axis(axes, rows["batch"].to_list())
    apply(axes, "y", finite(rows[["steps", "steps_low", "steps_high"]]), "log", 5)
    left, right = axes.get_xlim()
    known = {name: _positive(fit[name]) for name in SCALING[1:]}
    least, critical, noise = known["least_steps"], known["critical"], known["noise_mean"]
    if least is not None and critical is not None:
        at = np.geomspace(left, right, 200)
        axes.plot(at, inside(least * critical / at, axes), **_PERFECT)
        axes.plot(at, inside(least * (1 + critical / at), axes), color=_LAW, linewidth=1.6)
        low, high = known["critical_low"], known["critical_high"]
        if low is not None and high is not None:
            ends = inside_x(np.array([low, high]), axes)
            axes.axvspan(*ends, color=_CRITICAL, alpha=BAND_OPACITY, linewidth=0)
        axes.axvline(float(inside_x(np.array(critical), axes)), color=_CRITICAL, linewidth=1.2)
        _write(axes, 0.13, f"B_crit = {brief(critical)}", _CRITICAL)
    if noise is not None:
        at_noise = float(inside_x(np.array(noise), axes))
        axes.axvline(at_noise, color=_NOISE, linestyle=(0, (1.2, 1.2)), linewidth=1.8)
        _write(axes, 0.04, f"noise scale = {brief(noise)}", _NOISE)
    axes.set_xlim(left, right)
    dots(axes, rows, "batch", "steps", color=INK, marker="o")


def _positive(column: pd.Series) -> float | None:
    """The only value of ``column``; None unless it is positive and small enough to be multiplied."""
    value = number(column.iloc[0]) if len(column) else None
    return value if value is not None and 0 < value < _HUGE else None


def _write(axes: Axes, height: float, words: str, colour: str) -> None:
    place: dict[str, Any] = {"transform": axes.transAxes, "ha": "left", "va": "bottom", "fontsize": SMALL}
    axes.text(0.03, height, words, color=colour, **place)
