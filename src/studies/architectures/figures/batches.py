"""Gain in test accuracy from a small batch, and training loss of each batch."""

import numpy as np
from matplotlib.figure import Figure

from src.plotting.contract import About, Tables, draws, table
from src.plotting.layout import sheet, width_of
from src.plotting.scales import apply, finite
from src.plotting.style import MUTED, SMALL, dress, line, marker
from src.plotting.words import seeds

COLUMNS = (
    "problem", "method", "small", "large", "small_train_loss", "large_train_loss", "gain", "low", "high",
)  # fmt: skip


@draws("sweep")
def batches(tables: Tables, about: About) -> Figure | None:
    """At the left the gain with its interval; at the right the training losses, large batch hollow."""
    found = table(tables, "batch_gains", COLUMNS)
    if found is None or not finite(found["gain"]).size:
        return None
    names = [f"{row['problem']}, {row['method']}" for row in found.to_dict("records")]
    small, large = (finite(found[name]) for name in ("small", "large"))
    sizes = f"batch {small[0]:g} and {large[0]:g}" if small.size and large.size else "a small and a large batch"
    figure, (left, right) = sheet(
        about,
        "Does a small batch generalize better, once each rate is tuned?",
        f"Equal epochs, {sizes} (hollow: the larger); gain is the mean over {seeds(about)} of the difference, "
        "seed by seed, with 95 % interval; training loss at the end is the median",
        [0.3 * len(found) + 0.2],
        width=2.6,
        columns=2,
        left=width_of(names, SMALL) + 0.25,
        gap=(0.3, 0.6),
        titled=True,
    )
    dress(left, x="test accuracy gained by the small batch, points", title="generalization")
    dress(right, x="training loss", title="optimization")
    apply(left, "x", finite(*(found[name] for name in ("gain", "low", "high")), 0.0), "linear", ticks=5)
    losses = finite(found["small_train_loss"], found["large_train_loss"])
    apply(right, "x", losses[losses > 0], "log", ticks=5)
    left.axvline(0.0, color=MUTED, linewidth=1.0, zorder=1)
    for axes, labels in ((left, names), (right, [""] * len(names))):
        axes.set_ylim(len(names) - 0.4, -0.6)
        axes.set_yticks(range(len(names)), labels)
    for place, row in enumerate(found.to_dict("records")):
        look = line(str(row["method"]))["color"]
        point = {"marker": marker(str(row["method"])), "color": look, "markersize": 7, "linestyle": "none"}
        gain, low, high = (float(row[name]) for name in ("gain", "low", "high"))
        if np.isfinite(gain):
            ends = np.clip(np.nan_to_num([low, high], nan=gain), *left.get_xlim())
            left.plot(ends, [place, place], color=look, linewidth=1.6, solid_capstyle="butt")
            left.plot([np.clip(gain, *left.get_xlim())], [place], **point)
        for name, face in (("large_train_loss", "white"), ("small_train_loss", look)):
            if 0 < float(row[name]) < np.inf:
                right.plot([np.clip(float(row[name]), *right.get_xlim())], [place], markerfacecolor=face, **point)
    return figure
