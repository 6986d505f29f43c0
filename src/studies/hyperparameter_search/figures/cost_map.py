"""Validation loss over rate and beta, and the hyperparameters that each search found."""

import numpy as np
from matplotlib.colors import LogNorm
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, NullLocator

from src.plotting.contract import About, Tables, draws, in_order, table
from src.plotting.layout import sheet
from src.plotting.panels import ordered
from src.plotting.scales import finite
from src.plotting.style import INK, MUTED, SMALL, TEXT, dress, marker
from src.plotting.words import seeds

COLUMNS = ("problem", "learning_rate", "beta", "cost")
FOUND = ("problem", "method", "learning_rate", "beta")
_BETAS = (0.0, 0.5, 0.9, 0.97, 0.99, 0.997)
_WIDTH, _HEIGHT = 1.75, 1.9  # inches
_RATES = (1e-12, 1e12)


@draws("sweep")
def cost_map(tables: Tables, about: About) -> Figure | None:
    """A panel for each method on the first problem: every seed's find as a dot over the map of costs."""
    costs, found = table(tables, "cost_map", COLUMNS), table(tables, "found", FOUND)
    if costs is None or found is None:
        return None
    problem = in_order(costs, "problem")[0]
    costs, found = costs[costs["problem"] == problem], found[found["problem"] == problem]
    rates, betas = (np.unique(finite(costs[name])) for name in ("learning_rate", "beta"))
    if len(rates) * len(betas) != len(costs) or not finite(costs["cost"]).size or rates[0] <= 0 or betas[-1] >= 1:
        return None
    height = (
        costs.sort_values(["learning_rate", "beta"])["cost"].to_numpy(dtype=float).reshape(len(rates), len(betas)).T
    )
    loss = 10 ** np.clip(height, -6, 6)
    methods = ordered(in_order(found, "method"))
    figure, every = sheet(
        about,
        f"Where are the good rates and betas on {problem}, and which search finds them?",
        f"Shade: validation loss, dark is low; dots: what each of {seeds(about)} found",
        [_HEIGHT],
        width=_WIDTH,
        columns=len(methods),
        gap=(0.25, 0.6),
        titled=True,
        right=0.85,
    )
    image = None
    kept = finite(loss)
    low, high = float(kept.min()), float(kept.max())
    norm = LogNorm(low, max(high, low * 1.01))
    for place, (axes, method) in enumerate(zip(every, methods, strict=True)):
        dress(axes, x="learning rate", title=method)
        axes.grid(visible=False)
        image = axes.pcolormesh(rates, 1 - betas, loss, norm=norm, cmap="viridis", shading="nearest", rasterized=True)
        axes.set_xscale("log")
        axes.set_yscale("log")
        axes.invert_yaxis()
        ticks = [beta for beta in _BETAS if betas[0] <= beta <= betas[-1]]
        axes.yaxis.set_major_locator(FixedLocator([1 - beta for beta in ticks]))
        axes.yaxis.set_minor_locator(NullLocator())
        axes.xaxis.set_minor_locator(NullLocator())
        axes.set_yticklabels([f"{beta:g}" for beta in ticks] if place == 0 else [""] * len(ticks))
        if place == 0:
            axes.set_ylabel("beta", fontsize=TEXT, color=INK)
        rows = found[found["method"] == method]
        x = np.clip(rows["learning_rate"].to_numpy(dtype=float), *_RATES)
        y = np.clip(1 - rows["beta"].to_numpy(dtype=float), 1e-6, 1)
        axes.plot(x, y, marker=marker(method), linestyle="none", color="white", markersize=4, markeredgecolor=INK)
        axes.set_xlim(rates[0], rates[-1])
        axes.set_ylim(1 - betas[0], 1 - betas[-1])
    if image is not None:
        last = every[-1].get_position()
        wide = figure.get_size_inches()[0]
        bar = figure.colorbar(image, cax=figure.add_axes((last.x1 + 0.12 / wide, last.y0, 0.1 / wide, last.height)))
        bar.ax.tick_params(labelsize=SMALL, colors=MUTED, labelcolor=INK, length=3)
        bar.set_label("validation loss", fontsize=TEXT, color=INK)
        bar.outline.set_visible(False)
    return figure
