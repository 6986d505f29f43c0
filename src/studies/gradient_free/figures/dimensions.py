"""One search method on one landscape in several dimensions: the gap against evaluations per dimension."""

import pandas as pd
from matplotlib import colormaps
from matplotlib.figure import Figure

from src.plotting import bands
from src.plotting.contract import About, Tables, draws, number, table
from src.plotting.layout import legend_above, sheet
from src.plotting.scales import apply, finite
from src.plotting.search_labels import shown
from src.plotting.style import dress
from src.plotting.words import above_minimum, measured, subject

COLUMNS = ("dimension", "step", *bands.QUANTILES)


@draws("run")
def dimensions(tables: Tables, about: About) -> Figure | None:
    """A line with its interquartile band for each number of dimensions; no figure of one dimension alone."""
    curves = table(tables, "dimension_curves", COLUMNS)
    if curves is None or curves["dimension"].nunique() < 2:
        return None
    drawn: dict[int, pd.DataFrame] = {}
    for dimension in sorted(int(one) for one in curves["dimension"].unique()):
        rows = curves[curves["dimension"] == dimension]
        if finite(rows["median"]).size:
            drawn[dimension] = bands.above(rows.assign(step=rows["step"] / dimension), number(about.get("minimum")))
    if not drawn:
        return None
    method, problem = (shown(name) for name in subject(about))
    figure, (axes,) = sheet(
        about,
        f"How does {method} fare on {problem} in more dimensions?",
        measured(about),
        [3.2],
        width=5.4,
        strip=True,
    )
    dress(axes, x="evaluations / D", y=above_minimum("loss"))
    bands.set_scales(axes, list(drawn.values()))
    steps = finite(*(rows["step"] for rows in drawn.values()))
    apply(axes, "x", steps[steps > 0], "log")
    shades = colormaps["viridis"]
    handles = []
    for place, (_, rows) in enumerate(drawn.items()):
        line = {"color": shades(0.9 * place / max(len(drawn) - 1, 1)), "linewidth": 1.6}
        handles.append(bands.draw(axes, rows, line))
    legend_above(axes, handles, [f"D = {dimension}" for dimension in drawn])
    return figure
