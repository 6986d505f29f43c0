"""How one method's validation accuracy grows at its default and at its tuned rate."""

from matplotlib.figure import Figure

from src.plotting import bands
from src.plotting.contract import About, Tables, draws, number, table
from src.plotting.layout import legend_above, sheet
from src.plotting.style import LINES, dress, line, metric_label
from src.plotting.words import brief, seeds, step_unit, subject
from src.tables.run_tables import CURVES

_METRICS = ("valid_accuracy", "valid_loss", "loss")


@draws("run")
def tuned_and_default(tables: Tables, about: About) -> Figure | None:
    """Median and interquartile band of the validation accuracy, or of a loss; the default rate is dotted."""
    tuned, default = (table(tables, name, CURVES) for name in ("curves", "default_curves"))
    if tuned is None or default is None:
        return None
    pairs = {metric: (bands.curve(tuned, metric), bands.curve(default, metric)) for metric in _METRICS}
    metric = next((name for name, both in pairs.items() if all(rows is not None for rows in both)), None)
    if metric is None:
        return None
    drawn = {name: rows for name, rows in zip(("tuned", "default"), pairs[metric], strict=True) if rows is not None}
    optimizer, problem = subject(about)
    figure, (axes,) = sheet(
        about,
        f"What does tuning the rate of {optimizer} bring on {problem}?",
        f"Median and interquartile band over {seeds(about)}",
        [3.0],
        width=5.4,
        strip=True,
    )
    dress(axes, x=step_unit(about), y=metric_label(metric, about.get("metric_labels")))
    bands.set_scales(axes, list(drawn.values()))
    look = line(optimizer)
    handles = [
        bands.draw(axes, rows, look | {"linestyle": LINES[0 if name == "tuned" else 2]})
        for name, rows in drawn.items()
    ]
    rates = [number(about.get(name)) for name in ("best_learning_rate", "default_rate")]
    words = ["" if rate is None else f", rate {brief(rate)}" for rate in rates]
    legend_above(axes, handles, [name + word for name, word in zip(drawn, words, strict=True)])
    return figure
