"""The back-propagated signal, layer by layer, with and without layer normalization (claim C26)."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from src.plotting.batch_axis import dots, inside_x
from src.plotting.contract import About, Tables, draws, in_order, table
from src.plotting.layout import legend_beside, sheet
from src.plotting.scales import apply, finite, inside
from src.plotting.series import handles, look, sign
from src.plotting.style import dress
from src.plotting.words import seeds

COLUMNS = ("problem", "gain", "layer", "signal", "signal_low", "signal_high")


@draws("sweep")
def layer_signals(tables: Tables, about: About) -> Figure | None:
    """Mean square of the gradient at each layer's biases, a line for each factor on the initial weights."""
    rows = table(tables, "fading", COLUMNS)
    if rows is None or not finite(rows["layer"]).size:
        return None
    problems, gains = in_order(rows, "problem"), sorted(set(finite(rows["gain"]).tolist()))
    words = [f"weights \N{MULTIPLICATION SIGN} {gain:g}" for gain in gains]
    study = f"{about['study']}: median" if about.get("study") else "Median"
    figure, panels = sheet(
        about,
        "Does layer normalization keep the gradient level across layers?",
        f"{study} and 95 % interval over {seeds(about)}, at initialization; weights multiplied by each factor",
        [2.6],
        width=2.9,
        columns=len(problems),
        gap=(0.35, 0.5),
        beside=words,
        titled=True,
    )
    for place, (axes, problem) in enumerate(zip(panels, problems, strict=True)):
        label = "mean square of the biases' gradient" if place == 0 else ""
        dress(axes, x="layer, from the inputs", y=label, title=problem.replace("_", " "))
        apply(axes, "x", finite(rows["layer"]), "linear")
        apply(axes, "y", finite(rows[list(COLUMNS[3:])]), "log", 7)
        for number, gain in enumerate(gains):
            _draw(axes, rows[(rows["problem"] == problem) & (rows["gain"] == gain)], number)
    legend_beside(figure, handles(len(gains), markers=True), words)
    return figure


def _draw(axes: Axes, rows: pd.DataFrame, number: int) -> None:
    own = rows.sort_values("layer")
    axes.plot(inside_x(own["layer"].to_numpy(dtype=float), axes), inside(own["signal"], axes), **look(number))
    dots(axes, own, "layer", "signal", color=look(number)["color"], marker=sign(number))
