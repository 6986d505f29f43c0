"""Cost of a success: a heat map of expected running time, a row per problem and a column per method."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import LogNorm
from matplotlib.figure import Figure

from src.plotting.contract import About, Tables, draws, table
from src.plotting.layout import sheet, width_of
from src.plotting.scales import finite
from src.plotting.search_labels import called, shown
from src.plotting.style import INK, SMALL
from src.plotting.words import brief, seeds

COLUMNS = ("problem", "dimension", "method", "gradient_charge", "success_rate", "ert")
_WIDE, _HIGH = 0.42, 0.21  # inches of a field
_NEVER = (0.91, 0.91, 0.91, 1.0)
_DARK = 0.5  # luminance below which numbers are written in white


@draws("sweep")
def costs(tables: Tables, about: About) -> Figure | None:
    """Colour: expected running time per dimension until the landscape's target; number: percent that reached it."""
    found = table(tables, "running_times", COLUMNS)
    if found is None or not finite(found["dimension"]).size:
        return None
    rows = sorted(dict.fromkeys(zip(found["dimension"], found["problem"], strict=True)), key=lambda row: row[0])
    solved = found.groupby(["method", "gradient_charge"], sort=False)["success_rate"].mean()
    methods = [(str(m), str(c)) for m, c in solved.sort_values(ascending=False, kind="stable").index]
    names = [f"{shown(str(problem))}, D = {dimension:g}" for dimension, problem in rows]
    tops = [called(*method) for method in methods]
    figure, (head, axes) = sheet(
        about,
        "What does one success cost?",
        "Colour: evaluations per dimension that one success costs, failures included (expected running time); "
        f"number: percent of {seeds(about)} (fewer for expensive methods) that come within the problem's "
        "tolerance of its minimum; grey: none; white: not run",
        [width_of(tops, SMALL) * 0.72, _HIGH * len(rows)],
        width=_WIDE * len(methods),
        left=width_of(names, SMALL) + 0.2,
        right=1.0,
        gap=(0.0, 0.0),
    )
    head.set_axis_off()  # an empty panel, which keeps room for the methods' names
    share = _matrix(found, rows, methods, "success_rate")
    cost = _matrix(found, rows, methods, "ert") / np.array([float(row[0]) for row in rows])[:, None]
    _fields(figure, axes, cost, share)
    axes.set_yticks(range(len(rows)), names, fontsize=SMALL)
    axes.set_xticks(range(len(methods)), tops, fontsize=SMALL, rotation=50, ha="left", rotation_mode="anchor")
    axes.xaxis.tick_top()
    axes.tick_params(length=0, labelcolor=INK)
    return figure


def _matrix(
    found: pd.DataFrame, rows: list[tuple[Any, ...]], methods: list[tuple[str, str]], column: str
) -> np.ndarray:
    """``column`` by landscape and method; NaN where a method was not run."""
    values = {
        (row["dimension"], row["problem"], row["method"], row["gradient_charge"]): row[column]
        for row in found.to_dict("records")
    }
    return np.array([[values.get((*row, *method), np.nan) for method in methods] for row in rows], dtype=float)


def _fields(figure: Figure, axes: Axes, cost: np.ndarray, share: np.ndarray) -> None:
    """Draw the fields and the colour's scale."""
    known = cost[np.isfinite(cost)].clip(0.01, 1e15)  # from less than one evaluation to more than anyone can make
    low, high = (float(known.min()), float(known.max())) if known.size else (1.0, 10.0)
    colours = ScalarMappable(LogNorm(low, max(high, 1.01 * low)), "viridis_r")
    image = np.ones((*cost.shape, 4))
    image[np.isfinite(share)] = _NEVER
    image[np.isfinite(cost)] = colours.to_rgba(cost[np.isfinite(cost)])
    axes.imshow(image, aspect="auto", interpolation="none")
    for (y, x), part in np.ndenumerate(share):
        if np.isfinite(part) and part > 0:
            dark = image[y, x, :3] @ (0.299, 0.587, 0.114) < _DARK
            look: dict[str, Any] = {"ha": "center", "va": "center", "fontsize": SMALL - 0.8}
            axes.text(x, y, f"{100 * part:.0f}", color="white" if dark else "black", **look)
    for spine in axes.spines.values():
        spine.set_visible(False)
    place = axes.get_position()
    inch = 1 / figure.get_size_inches()
    tall = min(1.6 * inch[1], place.height)
    beside = figure.add_axes((place.x1 + 0.2 * inch[0], place.y1 - tall, 0.14 * inch[0], tall))
    bar = figure.colorbar(colours, cax=beside)
    bar.set_label("evaluations / D", fontsize=SMALL, color=INK)
    ticks = 10.0 ** np.arange(np.ceil(np.log10(low)), np.floor(np.log10(max(high, 1.01 * low))) + 1)
    bar.set_ticks(list(ticks), labels=[brief(tick) for tick in ticks])
    beside.tick_params(labelsize=SMALL, labelcolor=INK, length=2)
    beside.minorticks_off()
