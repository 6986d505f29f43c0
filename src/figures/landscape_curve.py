"""One landscape of one coordinate: as a curve with a chord."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from src.plotting.contract import About, Tables, draws, table
from src.plotting.landscape_marks import MINIMA, SECTION, curve, legend_handles, minima
from src.plotting.layout import legend_above, sheet
from src.plotting.style import dress

_SIDE = 3.6  # inches
_FACES = 60  # of the surface, on each side


@draws("run")
def landscape_curve(tables: Tables, about: About) -> Figure | None:
    """A landscape in one coordinate, its minima, and a chord: on a convex one it lies nowhere below."""
    section, found = table(tables, "section", SECTION), table(tables, "minima", MINIMA)
    if section is None or found is None:
        return None
    figure, (axes,) = sheet(
        about,
        f"Does the chord lie above the {_name(about)}?",
        _chord_words(section),
        [3.2],
        width=5.0,
        strip=True,
    )
    dress(axes, x="x", y="value")
    curve(axes, section)
    minima(axes, found, flat=False)
    handles = legend_handles(chord=True)
    legend_above(axes, list(handles.values()), list(handles))
    return figure


def _name(about: About) -> str:
    return str(about.get("problem") or "function").replace("_", " ")


def _chord_words(section: pd.DataFrame) -> str:
    gap = (section["chord"] - section["value"]).to_numpy(dtype=float)
    gap = gap[np.isfinite(gap)]
    if not len(gap):
        return "no chord"
    below = float((gap < -1e-9 * max(1.0, float(np.abs(gap).max()))).mean())
    return "The chord lies nowhere below it" if below == 0 else f"The chord lies below it on {below:.0%} of its way"
