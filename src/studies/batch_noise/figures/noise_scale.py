"""Gradient noise scale along the reference descent: exact, and estimated from gradients of two batch sizes."""

import numpy as np
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from src.plotting.batch_axis import batch_colours, dots
from src.plotting.contract import About, Tables, draws, in_order, table
from src.plotting.layout import legend_beside, sheet
from src.plotting.scales import apply, finite
from src.plotting.style import BAND_OPACITY, INK, dress

COLUMNS = ("problem", "progress", "batch", "scale", "scale_low", "scale_high")

_SHOWN = (1, 8, 64)


@draws("sweep")
def noise_scale(tables: Tables, about: About) -> Figure | None:
    """Noise scale against the share of the steps to the target, with intervals over seeds."""
    every = table(tables, "noise_scale", COLUMNS)
    if every is None or not finite(every["scale"]).size:
        return None
    scale = every[every["progress"].notna()]
    problems = in_order(scale, "problem")
    sizes = [size for size in _SHOWN if (scale["batch"] == size).any()]
    names = ["exact, from all samples", *(f"two-batch estimate, B = {size}" for size in sizes)]
    figure, panels = sheet(
        about,
        "At which batch size are noise and gradient equally long?",
        f"{about.get('study', 'Study')}: tr Σ/|G|² along a reference descent to the target, with 95 % intervals "
        "over seeds. Estimates are from gradients of B and 10 B samples (McCandlish et al. 2018)",
        [2.3],
        width=2.45,
        columns=len(problems),
        gap=(0.55, 0.6),
        beside=names,
        titled=True,
    )
    colours = batch_colours(sizes)
    for axes, problem in zip(panels, problems, strict=True):
        rows = scale[scale["problem"] == problem]
        exact = rows[rows["batch"].isna()].sort_values("progress")
        dress(axes, x="share of the steps to the target", y="samples" if axes is panels[0] else "", title=problem)
        shown = exact[["scale", "scale_low", "scale_high"]]
        estimates = finite(rows.loc[rows["batch"].isin(sizes), "scale"])
        reach = finite(shown)
        near = estimates[(estimates > reach.min() / 5) & (estimates < reach.max() * 5)] if reach.size else estimates
        apply(axes, "y", np.concatenate([reach, near]), "log", 5)
        axes.set_xlim(-0.06, 1.06)
        low, high = (exact[name].to_numpy(dtype=float) for name in ("scale_low", "scale_high"))
        axes.fill_between(exact["progress"], low, high, color=INK, alpha=BAND_OPACITY, linewidth=0)
        axes.plot(exact["progress"], exact["scale"], color=INK, linewidth=1.6)
        for place, size in enumerate(sizes):
            own = rows[rows["batch"] == size]
            moved = own.assign(progress=own["progress"] + 0.02 * (place - (len(sizes) - 1) / 2))
            dots(axes, moved, "progress", "scale", color=colours[size], marker="oDs"[place])
    handles = [Line2D([], [], color=INK, linewidth=1.6)]
    handles += [
        Line2D([], [], color=colours[size], marker="oDs"[place], markersize=4.5) for place, size in enumerate(sizes)
    ]
    legend_beside(figure, handles, names)
    return figure
