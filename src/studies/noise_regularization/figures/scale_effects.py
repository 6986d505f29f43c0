"""Effect of gradient noise on generalization: test accuracy and loss against the scale of the noise."""

import numpy as np
from matplotlib.figure import Figure

from src.plotting.contract import About, Tables, draws, in_order, table
from src.plotting.factor_axis import set_factor_axis
from src.plotting.layout import sheet
from src.plotting.palettes import colour
from src.plotting.scales import finite
from src.plotting.style import INK, MUTED, SMALL, dress
from src.plotting.words import seeds

COLUMNS = (
    "problem", "scale", "chosen", "points", "points_low", "points_high", "decades", "decades_low", "decades_high",
)  # fmt: skip
KINDS = (("points", "accuracy, points above none"), ("decades", "test loss / that without"))


@draws("sweep")
def scale_effects(tables: Tables, about: About) -> Figure | None:
    """One column per problem. Top: accuracy. Bottom: loss. The marker of the chosen scale is filled."""
    found = table(tables, "effects_of_noise", COLUMNS)
    if found is None:
        return None
    found = found[found["scale"].astype(float) > 0]
    if not finite(found["points"]).size:
        return None
    problems = in_order(found, "problem")
    figure, every = sheet(
        about,
        "Does gradient noise improve generalization?",
        f"With noise against without, seed by seed, each at its own tuned rate: mean over {seeds(about)} and 95 % "
        "interval. Filled: the scale that the validation part chooses",
        [1.7, 1.7],
        width=3.1,
        columns=len(problems),
        gap=(0.75, 0.6),
        titled=True,
    )
    shade = colour("noise")
    for place, axes in enumerate(every):
        row, column = divmod(place, len(problems))
        (kind, label), problem = KINDS[row], problems[column]
        rows = found[found["problem"] == problem].sort_values("scale")
        names = (f"{kind}_low", kind, f"{kind}_high")
        low, middle, high = (np.clip(rows[name].to_numpy(float), -1e6, 1e6) for name in names)
        dress(axes, x="scale of the noise" if row else "", y=label, title=problem if row == 0 else "")
        if kind == "decades":
            set_factor_axis(axes, "y", np.concatenate([low, middle, high]))
        axes.axhline(0.0, color=MUTED, linewidth=1.0, zorder=1)
        spots = np.arange(len(rows))
        axes.vlines(spots, low, high, color=INK, linewidth=1.4)
        for spot, value, chosen in zip(spots, middle, rows["chosen"].astype(bool), strict=True):
            face = INK if chosen else "white"
            (point,) = axes.plot([spot], [value], marker="o", color=shade, markersize=6.0)
            point.set(markerfacecolor=face, markeredgecolor=INK)
        axes.set_xticks(spots, [f"{scale:g}" for scale in rows["scale"]], fontsize=SMALL)
    return figure
