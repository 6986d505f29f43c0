"""Number of different units in the first hidden layer during training, one line per initialization."""

from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from src.plotting import series
from src.plotting.contract import About, Tables, draws, in_order, table
from src.plotting.layout import legend_beside, sheet
from src.plotting.scales import apply, finite
from src.plotting.style import dress
from src.plotting.words import step_unit

COLUMNS = ("activation", "init", "seed", "step", "units", "distinct_units", "activation_rank")
ROWS = {"distinct_units": "distinct units", "activation_rank": "rank of activations"}


@draws("sweep")
def symmetry(tables: Tables, about: About) -> Figure | None:
    """Medians over the seeds; rows are the two counts, columns the activations. Lines that coincide are nested."""
    counts = table(tables, "symmetry", COLUMNS)
    if counts is None or not finite(counts["step"]).size or not finite(*(counts[name] for name in ROWS)).size:
        return None
    activations, inits = in_order(counts, "activation"), in_order(counts, "init")
    kept = counts["seed"].nunique()
    figure, every = sheet(
        about,
        "Does training make equal hidden units different?",
        f"First hidden layer of the shallowest network: units that differ by their weights, and numerical rank of "
        f"their activations; median over {kept} seed{'' if kept == 1 else 's'}. Lines that coincide are nested",
        [1.7] * len(ROWS),
        width=3.1,
        columns=len(activations),
        gap=(0.35, 0.72),
        beside=inits,
        titled=True,
    )
    steps = finite(counts["step"])
    for place, axes in enumerate(every):
        row, column = divmod(place, len(activations))
        name, label = list(ROWS.items())[row]
        own = counts[counts["activation"] == activations[column]]
        dress(axes, x=step_unit(about), y=label if column == 0 else "", title=f"{activations[column]}: {label}")
        axes.set_xlim(steps.min(), max(steps.max(), steps.min() + 1))
        axes.xaxis.set_major_locator(MaxNLocator(5, integer=True))
        apply(axes, "y", finite(0.0, counts["units"]), "linear")
        for index, init in enumerate(inits):
            middle = own[own["init"] == init].groupby("step")[name].median()
            wide = 1.4 + 0.9 * (len(inits) - 1 - index)
            outer = {"linewidth": wide, "linestyle": "-", "clip_on": False, "solid_capstyle": "butt"}
            axes.plot(middle.index, middle.clip(0, 1e9), **series.look(index) | outer)
    handles = series.handles(len(inits))
    for handle in handles:
        handle.set(linestyle="-", linewidth=2.4)
    legend_beside(figure, handles, inits)
    return figure
