"""Gap over mutation rate and mutation step: a heat map for each landscape and crossover."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from src.plotting.contract import About, Tables, draws, in_order, table
from src.plotting.layout import sheet
from src.plotting.scales import finite
from src.plotting.style import SMALL, TEXT, dress
from src.plotting.words import brief, seeds

COLUMNS = ("problem", "population", "crossover", "by", "mutation_rate", "mutation_scale", "median", "textbook")
_WIDTH, _HEIGHT = 2.3, 1.25  # inches
_LEAST, _MOST = 1e-12, 1e12  # gaps outside have the colour of the nearer end
_DARK = 0.55  # share of the colour scale below which numbers are written in white


@draws("sweep")
def maps(tables: Tables, about: About) -> Figure | None:
    """The median gap after equal evaluations over rate and step, at the population nearest to the textbook's 100."""
    found = table(tables, "maps", COLUMNS)
    if found is None or not finite(found["median"]).size:
        return None
    sizes = found["population"].unique()
    population = sizes[np.abs(np.log(sizes / 100)).argmin()]
    rows = found[(found["population"] == population) & (found["by"] == "evaluations")]
    problems, crossovers = in_order(rows, "problem"), in_order(rows, "crossover")
    figure, every = sheet(
        about,
        "Do mutation rate and mutation step work together?",
        f"Median gap to the minimum over {seeds(about)}, population {population}, after "
        f"{rows['evaluations'].iloc[0]:.0f} evaluations. Dark: a small gap, on a log scale of each landscape's own. "
        "Box: the textbook's step of 0.1 (in the landscape's units) and rate of 0.1",
        [_HEIGHT] * len(problems),
        width=_WIDTH,
        columns=len(crossovers),
        left=0.85,
        gap=(0.3, 0.72),
        titled=True,
    )
    panels = iter(every)
    for problem in problems:
        here = rows[rows["problem"] == problem]
        gaps = _decades(finite(here["median"], [1.0]))
        span = (float(gaps.min()), float(gaps.max()))
        for column, crossover in enumerate(crossovers):
            axes = next(panels)
            dress(axes, title=f"{problem.replace('_', ' ')}, {crossover.replace('_', ' ')}")
            block = here[here["crossover"] == crossover]
            if not block.empty:
                _map(axes, block, span)
            if column == 0:
                axes.set_ylabel("mutation rate", fontsize=TEXT)
            else:
                axes.set_yticklabels([])
            if problem == problems[-1]:
                axes.set_xlabel("mutation step, edges of the box", fontsize=TEXT)
    return figure


def _decades(gaps: Any) -> np.ndarray:
    sizes: np.ndarray = np.log10(np.clip(np.asarray(gaps, dtype=float), _LEAST, _MOST))
    return sizes


def _map(axes: Axes, here: pd.DataFrame, span: tuple[float, float]) -> None:
    rates, scales = np.unique(here["mutation_rate"]), np.unique(here["mutation_scale"])
    gap = np.full((len(rates), len(scales)), np.nan)
    axes.grid(visible=False)
    for row in here.to_dict("records"):
        y, x = int(np.searchsorted(rates, row["mutation_rate"])), int(np.searchsorted(scales, row["mutation_scale"]))
        gap[y, x] = _decades(row["median"])
        dark = gap[y, x] < span[0] + _DARK * (span[1] - span[0])
        words = brief(row["median"]) if row["median"] > _LEAST else "0"
        look: dict[str, Any] = {
            "ha": "center",
            "va": "center",
            "fontsize": SMALL - 0.8,
            "color": "white" if dark else "black",
        }
        axes.text(x, y, words, **look)
        if row["textbook"]:
            axes.add_patch(Rectangle((x - 0.47, y - 0.45), 0.94, 0.9, fill=False, edgecolor="#d55e00", linewidth=2))
    axes.imshow(gap, aspect="auto", cmap="viridis", vmin=span[0], vmax=span[1], origin="lower", interpolation="none")
    axes.set_xticks(range(len(scales)), [f"{scale:.2g}" for scale in scales])
    axes.set_yticks(range(len(rates)), [f"{rate:g}" for rate in rates])
