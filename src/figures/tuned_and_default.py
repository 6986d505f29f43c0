"""How one method's validation accuracy grows at its default and at its tuned rate."""

from matplotlib.figure import Figure

from src.core.tables import CURVES
from src.figures import bands
from src.figures.contract import About, Tables, number, table
from src.figures.sheet import legend_above, sheet
from src.figures.style import LINES, dress, line
from src.figures.words import brief, seeds, step_unit, subject

_METRIC = "valid_accuracy"


def tuned_and_default(tables: Tables, about: About) -> Figure | None:
    """Median and interquartile band of the validation accuracy; the default rate is dotted."""
    named = {"tuned": table(tables, "curves", CURVES), "default": table(tables, "default_curves", CURVES)}
    drawn = {
        name: rows
        for name, curves in named.items()
        if curves is not None and (rows := bands.curve(curves, _METRIC)) is not None
    }
    if len(drawn) < 2:
        return None
    optimizer, problem = subject(about)
    figure, (axes,) = sheet(
        about,
        f"What does tuning the rate of {optimizer} bring on {problem}?",
        f"Median and interquartile band over {seeds(about)}",
        [3.0],
        width=5.4,
        strip=True,
    )
    dress(axes, x=step_unit(about), y="validation accuracy")
    bands.set_scales(axes, list(drawn.values()), scale="linear")
    look = line(optimizer)
    handles = [
        bands.draw(axes, rows, look | {"linestyle": LINES[0 if name == "tuned" else 2]})
        for name, rows in drawn.items()
    ]
    rates = [number(about.get(f"{name}_rate")) for name in ("best", "default")]
    words = ["" if rate is None else f", rate {brief(rate)}" for rate in rates]
    legend_above(axes, handles, [name + word for name, word in zip(drawn, words, strict=True)])
    return figure
