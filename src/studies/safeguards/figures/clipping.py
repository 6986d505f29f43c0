"""When clipping acts in the course of a run: a panel for each problem."""

from matplotlib.figure import Figure

from src.plotting.contract import About, Tables, draws, in_order, table
from src.plotting.layout import sheet
from src.plotting.panels import columns_for, outer_labels
from src.plotting.scales import finite
from src.plotting.style import BAND_OPACITY, dress, line
from src.studies.safeguards.chain_labels import counted

COLUMNS = ("problem", "method", "progress", "share", "low", "high")


@draws("sweep")
def clipping(tables: Tables, about: About) -> Figure | None:
    """Share of clipped steps against the share of a run's own steps that is done."""
    found = table(tables, "activity_curve", COLUMNS)
    if found is None or not finite(found["share"]).size:
        return None
    problems = in_order(found, "problem")
    columns = columns_for(len(problems))
    figure, every = sheet(
        about,
        "Does clipping become inactive late in a run?",
        f"Share of steps whose gradient is longer than the limit, at the tuned learning rate; mean over "
        f"{counted(about)} and 95 % interval; a run ends with its budget, or where it converges or leaves the box",
        [1.75] * -(-len(problems) // columns),
        width=2.3,
        columns=columns,
        count=len(problems),
        gap=(0.45, 0.72),
        titled=True,
    )
    for axes, problem in zip(every, problems, strict=True):
        dress(axes, x="share of the run", y="clipped steps", title=problem)
        axes.set_xlim(0, 1)
        axes.set_ylim(-0.03, 1.05)
        axes.set_xticks([0.0, 0.5, 1.0], ["0", "50 %", "100 %"])
        axes.set_yticks([0.0, 0.5, 1.0], ["0 %", "50 %", "100 %"])
        for method, own in found[found["problem"] == problem].groupby("method", sort=False):
            look, rows = line(str(method)), own.sort_values("progress")
            low, middle, high = (rows[name].clip(0, 1) for name in ("low", "share", "high"))
            x = rows["progress"].clip(0, 1)
            axes.fill_between(x, low, high, color=look["color"], alpha=BAND_OPACITY, linewidth=0)
            axes.plot(x, middle, **look | {"linestyle": "-"})
    outer_labels(every, columns)
    return figure
