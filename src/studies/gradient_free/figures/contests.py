"""Contests of search methods: a panel for each claim, a row for each pair of methods."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from src.plotting.contract import About, Tables, draws, in_order, table
from src.plotting.layout import legend_beside, sheet, width_of
from src.plotting.scales import finite
from src.plotting.search_labels import shown
from src.plotting.style import INK, LINES, MUTED, SMALL, dress
from src.plotting.words import seeds

COLUMNS = ("claim", "method", "other", "dimensions", "estimate", "low", "high", "smallest_effect", "verdict")
VERDICTS = {"supported": "#0072b2", "refuted": "#d55e00", "inconclusive": "#8a8a8a", "blocked": "#cccccc"}
_MARKS = {"D = 2": "o", "D > 2": "s", "all D": "D"}
_WIDTH, _ROW, _COLUMNS = 2.3, 0.21, 2  # inches, inches, panels in a row


@draws("sweep")
def contests(tables: Tables, about: About) -> Figure | None:
    """Share of pairs of a problem and a seed that the first method wins, with its interval and the verdict."""
    found = table(tables, "contests", COLUMNS)
    if found is None or not finite(found["estimate"]).size:
        return None
    claims = in_order(found, "claim")
    blocks = {claim: found[found["claim"] == claim] for claim in claims}
    names = {claim: _pairs(block) for claim, block in blocks.items()}
    columns = min(_COLUMNS, len(claims))
    left = width_of([name for block in names.values() for name in block], SMALL) * 0.9 + 0.15
    rows = [claims[at : at + columns] for at in range(0, len(claims), columns)]
    kinds = [kind for kind in _MARKS if kind in {_kind(str(one)) for one in found["dimensions"]}]
    legend = [*VERDICTS, *kinds]
    figure, every = sheet(
        about,
        "Which method ends lower, problem by problem and seed by seed?",
        "Share of pairs of a problem and a seed in which the first method leaves the smaller gap, ties half, with "
        f"95 % interval over {seeds(about)}. Broken line: the smallest effect of interest. Colour: the verdict",
        [max(len(names[claim]) for claim in row) * _ROW for row in rows],
        width=_WIDTH,
        columns=columns,
        count=len(claims),
        left=left,
        gap=(left + 0.1, 0.85),
        beside=legend,
        titled=True,
    )
    for axes, claim in zip(every, claims, strict=True):
        _panel(axes, blocks[claim], names[claim], claim)
    handles = [Line2D([], [], color=colour, linewidth=2.5) for colour in VERDICTS.values()]
    handles += [Line2D([], [], color=INK, linestyle="none", marker=_MARKS[kind], markersize=5) for kind in kinds]
    legend_beside(figure, handles, legend)
    return figure


def _pairs(block: pd.DataFrame) -> list[str]:
    """The pairs of methods, in the table's order."""
    return list(dict.fromkeys(_pair(row) for row in block.to_dict("records")))


def _pair(row: Mapping[Any, Any]) -> str:
    return f"{shown(str(row['method']))} vs {shown(str(row['other']))}"


def _kind(dimensions: str) -> str:
    """Label of the dimensions of a contest."""
    if dimensions == "2":
        return "D = 2"
    return "all D" if dimensions.startswith("2,") else "D > 2"


def _panel(axes: Axes, block: pd.DataFrame, names: Sequence[str], claim: str) -> None:
    dress(axes, x="share of pairs won", title=claim.replace(".", ": ").replace("_", " "))
    axes.set_xlim(-0.02, 1.02)
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.set_yticks(range(len(names)), names)
    axes.axvline(0.5, color=MUTED, linewidth=0.8)
    for threshold in finite(block["smallest_effect"].unique()):
        axes.axvline(np.clip(threshold, -1, 2), color=INK, linewidth=0.9, linestyle=LINES[1])
    for row in block.to_dict("records"):
        kind = _kind(str(row["dimensions"]))
        y = names.index(_pair(row)) + {"D = 2": -0.17, "D > 2": 0.17}.get(kind, 0.0)
        colour = VERDICTS.get(str(row["verdict"]), MUTED)
        middle, low, high = (np.clip(float(row[key]), -1, 2) for key in ("estimate", "low", "high"))
        axes.plot([low, high], [y, y], color=colour, linewidth=1.6, solid_capstyle="butt")
        axes.plot([middle], [y], marker=_MARKS[kind], color=colour, markersize=4.5, linestyle="none")
