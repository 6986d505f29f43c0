"""Runtime profiles (Hansen et al. 2021): the share of targets that a method has reached, by evaluations spent."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from src.plotting.contract import About, Tables, draws, in_order, number, table
from src.plotting.layout import legend_beside, sheet
from src.plotting.panels import columns_for, outer_labels
from src.plotting.scales import apply, finite
from src.plotting.search_labels import called, look
from src.plotting.style import dress
from src.plotting.words import seeds

COLUMNS = ("dimension", "method", "gradient_charge", "evaluations", "share", "low", "high")
_MARKS = 9  # points of a curve between two markers


@draws("sweep")
def runtime_profiles(tables: Tables, about: About) -> Figure | None:
    """A panel for each number of dimensions, a curve with its interval for each method and charge."""
    found = table(tables, "runtime_profiles", COLUMNS)
    if found is None or not finite(found["share"]).size or not (finite(found["evaluations"]) > 0).any():
        return None
    panels = in_order(found, "dimension")
    lines = _sorted(found, panels)
    labels = [f"{share}  {called(*key)}" for key, share in lines]
    columns = min(3, columns_for(len(panels)))
    figure, every = sheet(
        about,
        str(about.get("question") or "Which method reaches how many targets, and how soon?"),
        _subtitle(found, about, partial=any(label.startswith("(") for label in labels)),
        [2.3] * -(-len(panels) // columns),
        width=2.7,
        columns=columns,
        count=len(panels),
        gap=(0.4, 0.7),
        beside=labels,
        titled=True,
    )
    for axes, panel in zip(every, panels, strict=True):
        here = found[found["dimension"].astype(str) == panel]
        title = "all dimensions" if panel == "all" else f"D = {panel}"
        dress(axes, x="evaluations / D", y="share of targets reached", title=title)
        apply(axes, "x", finite(here["evaluations"]), "log")
        axes.set_ylim(-0.01, 1.01)
        for place, (key, _) in enumerate(reversed(lines)):
            _curve(axes, here[(here["method"] == key[0]) & (here["gradient_charge"] == key[1])], key, place)
    outer_labels(every, columns)
    handles = [Line2D([], [], **look(*key)) for key, _ in lines]
    legend_beside(figure, handles, labels)
    return figure


def _subtitle(found: pd.DataFrame, about: About, *, partial: bool) -> str:
    targets = number(about.get("targets"))
    count = "the" if targets is None else f"{targets:.0f}"
    words = [
        f"Share of {count} targets of each problem that are reached, with 95 % interval over {seeds(about)}. Best on "
        "top, by the share at the end" + (" over all dimensions" if "all" in set(found["dimension"]) else "")
    ]
    if partial and "all" in set(found["dimension"]):
        words.append("in brackets: at the fewest, of methods too expensive to run in all, and with fewer seeds")
    if set(found["gradient_charge"]) != {"values"}:
        words.append(
            "broken lines take gradients: dashed where one costs a further evaluation (backward pass), dotted where "
            "it costs D (forward differences)"
        )
    return "; ".join(words)


def _curve(axes: Axes, rows: pd.DataFrame, key: tuple[str, str], place: int) -> None:
    rows = rows.sort_values("evaluations")
    x = rows["evaluations"].to_numpy(dtype=float)
    kept = x > 0
    if not kept.any():
        return
    low, middle, high = (np.clip(rows[name].to_numpy(dtype=float)[kept], -1, 2) for name in ("low", "share", "high"))
    style = look(*key)
    axes.fill_between(x[kept], low, high, color=style["color"], alpha=0.10, linewidth=0)
    axes.plot(x[kept], middle, markevery=(place % _MARKS, _MARKS), **style)


def _sorted(found: pd.DataFrame, panels: list[str]) -> list[tuple[tuple[str, str], str]]:
    """Method and charge, with the share at the end in words: those of all dimensions first, each best first."""
    order = []
    for (method, cost), rows in found.sort_values("evaluations").groupby(["method", "gradient_charge"], sort=False):
        ends = dict(zip(rows["dimension"].astype(str), rows["share"], strict=True))  # the last of each
        whole, first = ends.get("all", np.nan), ends.get(panels[0], np.nan)
        complete = bool(np.isfinite(whole))
        words = f"{whole:.2f}" if complete else f"({first:.2f})" if "all" in panels else f"{first:.2f}"
        order.append(
            (not complete, -float(np.nan_to_num(whole if complete else first)), (str(method), str(cost)), words)
        )
    return [(key, words) for _, _, key, words in sorted(order)]
