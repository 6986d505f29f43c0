"""Searches under hard conditions: a panel of gaps for each condition, and the effect of the start."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from src.plotting.contract import About, Tables, draws, in_order, number, table
from src.plotting.layout import legend_beside, sheet, width_of
from src.plotting.palettes import colour
from src.plotting.scales import finite, limits
from src.plotting.search_labels import shown
from src.plotting.style import INK, MUTED, SMALL, dress
from src.plotting.words import brief, seeds

CONDITIONS = ("method", "kind", "condition", "decades", "low", "high")
EFFECTS = ("method", "between", "between_low", "between_high", "within", "within_low", "within_high")
KINDS = {"evolution": "o", "other": "D", "gradients": "s"}
_WIDTH, _ROW, _COLUMNS, _SPREAD = 1.75, 0.23, 3, 0.17


@draws("sweep")
def conditions(tables: Tables, about: About) -> Figure | None:
    """Mean gap in decades under each condition, and its spread between starts and between seeds, by method."""
    found, effects = table(tables, "conditions", CONDITIONS), table(tables, "start_effects", EFFECTS)
    if found is None or effects is None or not finite(found["decades"]).size:
        return None
    conditions, methods = in_order(found, "condition"), _sorted(found)
    names = [shown(method) for method in methods]
    kinds = [kind for kind in KINDS if kind in set(found["kind"].astype(str))]
    legend = [*kinds, "between starts", "between seeds"]
    count = len(conditions) + 1
    figure, every = sheet(
        about,
        "Do evolutionary methods depend less on their start, and cope where gradients are noisy or zero?",
        _subtitle(about),
        [_ROW * len(methods)] * -(-count // _COLUMNS),
        width=_WIDTH,
        columns=_COLUMNS,
        count=count,
        left=width_of(names, SMALL) + 0.2,
        gap=(0.3, 0.8),
        beside=legend,
        titled=True,
    )
    for place, axes in enumerate(every):
        axes.set_ylim(len(methods) - 0.4, -0.6)
        axes.set_yticks(range(len(methods)), names if place % _COLUMNS == 0 else [""] * len(methods))
    for axes, condition in zip(every, conditions, strict=False):
        dress(axes, x="gap, decades", title=condition)
        axes.set_xlim(*limits(finite(found[["low", "high"]]).clip(-1e3, 1e3), "linear"))
        for row in found[found["condition"] == condition].to_dict("records"):
            ends = (row["decades"], row["low"], row["high"])
            _dot(
                axes,
                ends,
                methods.index(str(row["method"])),
                str(row["method"]),
                KINDS.get(str(row["kind"]), "o"),
            )
    _effects(every[-1], effects, methods, found)
    handles = [Line2D([], [], color=INK, marker=KINDS[kind], markersize=5, linestyle="none") for kind in kinds]
    handles += [Line2D([], [], color=INK, linewidth=1.6), Line2D([], [], color=MUTED, linewidth=1.6, linestyle=":")]
    legend_beside(figure, handles, legend)
    return figure


def _subtitle(about: About) -> str:
    precision, dimension = number(about.get("precision")), number(about.get("dimension"))
    several = number(about.get("landscapes"))
    landscapes = "landscapes" if several is None else f"{several:.0f} landscapes"
    within = "" if dimension is None else f" in {dimension:.0f} dimensions"
    least = "" if precision is None else f", and {brief(precision)} or less counts as {brief(precision)}"
    return (
        "Gap to the minimum at the end, in decades of the median gap of random points: mean over "
        f"{landscapes}{within} and {seeds(about)}, with 95 % interval; left is better{least}. Last panel: standard "
        "deviation of the gap without noise, steps or cusp, between starts and between seeds of one start"
    )


def _effects(axes: Axes, effects: pd.DataFrame, methods: list[str], found: pd.DataFrame) -> None:
    dress(axes, x="standard deviation, decades", title="smooth, from other starts")
    kind = dict(zip(found["method"].astype(str), found["kind"].astype(str), strict=True))
    for row in effects.to_dict("records"):
        method = str(row["method"])
        if method not in methods:
            continue
        mark = KINDS.get(kind[method], "o")
        for part, shift in (("between", -_SPREAD), ("within", _SPREAD)):
            ends = (row[part], row[f"{part}_low"], row[f"{part}_high"])
            _dot(axes, ends, methods.index(method) + shift, method, mark, hollow=part == "within")
    known = finite(effects[["between_high", "within_high"]])
    axes.set_xlim(-0.05, max(0.5, float(known.max()) if known.size else 0.0) * 1.05)


def _dot(
    axes: Axes, ends: tuple[float, float, float], y: float, method: str, mark: str, *, hollow: bool = False
) -> None:
    """An estimate and its interval; hollow and dotted for the spread between seeds."""
    if not np.isfinite(ends).all():
        return
    middle, low, high = np.clip(ends, -1e3, 1e3)
    own = colour(method)
    axes.plot([low, high], [y, y], color=own, linewidth=1.6, linestyle=":" if hollow else "-")
    face = "white" if hollow else own
    axes.plot([middle], [y], marker=mark, color=own, markerfacecolor=face, markersize=4.5, linestyle="none")


def _sorted(found: pd.DataFrame) -> list[str]:
    """Evolutionary methods, others, those with gradients; each by their mean gap, the lowest first."""
    means = found.groupby(["kind", "method"], sort=False)["decades"].mean().reset_index()
    order = {kind: place for place, kind in enumerate(KINDS)}
    means = means.assign(place=means["kind"].map(order).fillna(len(order)), down=means["decades"].fillna(0))
    return [str(name) for name in means.sort_values(["place", "down"], kind="stable")["method"]]
