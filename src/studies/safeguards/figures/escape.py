"""Time that methods stay at a saddle from whose stable manifold only noise leads away, compared with theory."""

import numpy as np
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from src.plotting.contract import About, Tables, draws, in_order, table
from src.plotting.layout import legend_beside, sheet
from src.plotting.scales import apply, choose, finite
from src.plotting.style import INK, dress, line, marker
from src.plotting.words import seeds
from src.studies.safeguards.chain_labels import shown

COLUMNS = ("method", "learning_rate", "left_share", "median", "low", "high", "theory")


@draws("sweep")
def escape(tables: Tables, about: About) -> Figure | None:
    """Median steps to leave with 95 % intervals against the rate; lines are the linearized theory."""
    found = table(tables, "escape_times", COLUMNS)
    if found is None or not finite(found["median"]).size:
        return None
    left = found[np.isfinite(found["median"].astype(float)) & (found["median"] > 0) & (found["learning_rate"] > 0)]
    kept = ["noise_variance", *(about.get("singles") or []), about.get("chain"), "precondition_noise"]
    methods = [name for name in in_order(left, "method") if name in kept]
    if not methods:
        return None
    left = left[left["method"].isin(methods)]
    labels = [shown(method, about) for method in methods]
    figure, [axes] = sheet(
        about,
        "How soon does noise lead away from a saddle?",
        f"Median step at which the saddle has been left, over {seeds(about)}, and 95 % interval, from starts on its "
        "stable manifold; methods without noise never leave it; lines: linearized theory of plain descent with noise",
        [3.0],
        width=4.6,
        beside=[*labels, "theory"],
    )
    times = finite(left["median"], left["theory"])
    apply(axes, "x", finite(left["learning_rate"]), choose(finite(left["learning_rate"])))
    apply(axes, "y", times[times > 0], choose(times[times > 0]))
    dress(axes, x="learning rate", y="steps to leave")
    low_end, high_end = axes.get_ylim()
    for method in methods:
        rows, look = left[left["method"] == method].sort_values("learning_rate"), line(method)
        for row in rows.to_dict("records"):
            ends = np.nan_to_num([row["low"], row["high"]], nan=row["median"], posinf=high_end, neginf=low_end)
            axes.plot(
                [row["learning_rate"]] * 2, np.clip(ends, low_end, high_end), color=look["color"], linewidth=1.6
            )
        drawn = {"color": look["color"], "linestyle": "none", "marker": marker(method), "markersize": 5}
        axes.plot(rows["learning_rate"], np.clip(rows["median"].astype(float), low_end, high_end), **drawn)
        known = rows[np.isfinite(rows["theory"].astype(float))]
        axes.plot(
            known["learning_rate"],
            np.clip(known["theory"].astype(float), low_end, high_end),
            **look | {"linestyle": "-"},
        )
    handles = [
        Line2D([], [], color=line(m)["color"], linestyle="none", marker=marker(m), markersize=5) for m in methods
    ]
    legend_beside(figure, [*handles, Line2D([], [], color=INK, linewidth=1.4)], [*labels, "theory"])
    return figure
