"""Gains in test accuracy from a tuned learning rate: a panel for each network."""

from typing import Any

from matplotlib.figure import Figure

from src.plotting.contract import About, Tables, draws, table
from src.plotting.panels import columns_for, outer_labels
from src.plotting.scales import apply, finite
from src.plotting.style import MUTED
from src.plotting.words import brief, seeds
from src.studies.architectures.figures._dots import ENDS, GAINS, draw_dot, method_panels


@draws("sweep")
def tuning_gains(tables: Tables, about: About) -> Figure | None:
    """Test accuracy at the tuned rate less that at the default one, with the ratio of the rates at each dot."""
    found = table(tables, "tuning_gains", GAINS)
    if found is None or not finite(found["gain"]).size:
        return None
    figure, panels, methods = method_panels(
        found,
        about,
        "How much does tuning the learning rate buy?",
        f"Test accuracy at the tuned rate less that at the default one, seed by seed: mean over {seeds(about)} and "
        "95 % interval; at the right, the tuned rate over the default one",
    )
    for problem, axes in panels.items():
        rows = found[found["problem"] == problem]
        axes.set_xlabel("percentage points")
        apply(axes, "x", finite(*(rows[name] for name in ("gain", *ENDS)), 0.0), "linear", ticks=5)
        low, high = axes.get_xlim()
        axes.set_xlim(low, high + 0.25 * (high - low))  # room for the ratios
        axes.axvline(0.0, color=MUTED, linewidth=1.0, zorder=1)
        for place, method in enumerate(methods):
            own = rows[rows["method"] == method]
            draw_dot(axes, own, "gain", place, "tuned")
            rates = [each[0] for name in ("best_learning_rate", "default_rate") if (each := finite(own[name])).size]
            if len(rates) == 2 and min(rates) > 1e-30 and max(rates) < 1e30:
                where: dict[str, Any] = {"transform": axes.get_yaxis_transform(), "ha": "right", "va": "center"}
                axes.text(
                    0.995,
                    place,
                    f"\N{MULTIPLICATION SIGN} {brief(rates[0] / rates[1])}",
                    fontsize=6.8,
                    color=MUTED,
                    **where,
                )
    outer_labels(panels.values(), columns_for(len(panels)))
    return figure
