"""How many seeds explode against the learning rate, with and without safeguards."""

from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from src.plotting.contract import About, Tables, draws, in_order, table
from src.plotting.layout import legend_beside, sheet
from src.plotting.panels import columns_for, outer_labels
from src.plotting.scales import apply, choose, finite
from src.plotting.style import dress, line, marker
from src.studies.safeguards.chain_labels import counted, shown

COLUMNS = ("problem", "method", "learning_rate", "exploded", "exploded_low", "exploded_high")
BASELINE = "gd"


@draws("sweep")
def explosion(tables: Tables, about: About) -> Figure | None:
    """Plain descent, each part alone and the chain, a panel for each problem."""
    found = table(tables, "shares", COLUMNS)
    if found is None or not finite(found["exploded"]).size:
        return None
    wanted = [BASELINE, *(about.get("singles") or []), about.get("chain")]
    methods = [name for name in wanted if name in set(found["method"])]
    if not methods:
        return None
    problems = in_order(found, "problem")
    labels = [shown(method, about) for method in methods]
    columns = columns_for(len(problems))
    figure, every = sheet(
        about,
        "Does clipping prevent explosion?",
        f"Share of {counted(about)} that diverge without having reached the target, and 95 % interval",
        [1.75] * -(-len(problems) // columns),
        width=2.3,
        columns=columns,
        count=len(problems),
        gap=(0.45, 0.72),
        beside=labels,
        titled=True,
    )
    rates = finite(found["learning_rate"])
    for axes, problem in zip(every, problems, strict=True):
        dress(axes, x="learning rate", y="seeds that explode", title=problem)
        apply(axes, "x", rates, choose(rates), ticks=5)
        axes.set_ylim(-0.03, 1.05)
        axes.set_yticks([0.0, 0.5, 1.0], ["0 %", "50 %", "100 %"])
        for place, method in enumerate(methods):
            own = found[(found["problem"] == problem) & (found["method"] == method)].sort_values("learning_rate")
            low, middle, high = (own[name].clip(0, 1) for name in ("exploded_low", "exploded", "exploded_high"))
            beside = own["learning_rate"] * 1.07 ** (place - len(methods) // 2)  # so that intervals stay apart
            axes.vlines(beside, low, high, color=line(method)["color"], linewidth=1.0, alpha=0.6)
            axes.plot(beside, middle, marker=marker(method), markersize=3.5, **line(method))
    outer_labels(every, columns)
    handles = [Line2D([], [], marker=marker(name), markersize=4, **line(name)) for name in methods]
    legend_beside(figure, handles, labels)
    return figure
