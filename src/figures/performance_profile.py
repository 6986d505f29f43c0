"""Performance profiles (Dolan and Moré 2002): how often a method is within a factor of the best."""

import numpy as np
from matplotlib.figure import Figure

from src.plotting.contract import About, Tables, draws, in_order, table
from src.plotting.layout import sheet
from src.plotting.panels import method_legend, ordered
from src.plotting.scales import apply, choose, finite
from src.plotting.style import dress, line

COLUMNS = ("tau", "method", "fraction")


@draws("sweep")
def performance_profile(tables: Tables, about: About) -> Figure | None:
    """A step curve a method: the fraction of problems on which its cost is at most tau times the best method's."""
    profile = table(tables, "profile", COLUMNS)
    if profile is None or not finite(profile["tau"]).size:
        return None
    methods = ordered(in_order(profile, "method"))
    study = f"{about['study']}: the" if about.get("study") else "The"
    figure, (axes,) = sheet(
        about,
        "How often is each method within a factor of the best?",
        f"{study} fraction of problems on which a method needs at most τ times the best method's; "
        "at the left: how often it is the best, at the right: how often it gets there at all",
        [3.2],
        width=5.0,
        beside=methods,
    )
    dress(axes, x=str(about.get("tau_label") or "factor τ to the best method"), y="fraction of problems")
    tau = finite(profile["tau"])
    apply(axes, "x", tau, choose(tau))
    axes.set_xlim(tau.min(), max(tau.max(), tau.min() * 1.01))
    axes.set_ylim(-0.02, 1.02)
    # Curves lie on one another, as fractions are few: earlier lines are wider, and show under later ones.
    for method, width in zip(methods, np.linspace(1.4 + 0.25 * len(methods), 1.4, len(methods)), strict=True):
        rows = profile[profile["method"] == method].sort_values("tau")
        axes.plot(rows["tau"], rows["fraction"], drawstyle="steps-post", **line(method) | {"linewidth": width})
    method_legend(figure, dict(zip(methods, methods, strict=True)))
    return figure
