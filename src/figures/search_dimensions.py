"""One search method on one landscape in ever more dimensions: the gap against evaluations per dimension."""

import pandas as pd
from matplotlib import colormaps
from matplotlib.figure import Figure

from src.figures import bands
from src.figures.contract import About, Tables, number, table
from src.figures.scales import apply, finite
from src.figures.search_names import shown
from src.figures.sheet import legend_above, sheet
from src.figures.style import dress
from src.figures.words import above_minimum, measured, subject

COLUMNS = ("dimension", "step", *bands.QUANTILES)


def search_dimensions(tables: Tables, about: About) -> Figure | None:
    """A line with its interquartile band for each number of dimensions; nothing where there is but one."""
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
