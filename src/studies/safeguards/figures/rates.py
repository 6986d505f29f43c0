"""Where on the grid of rates each method succeeds: a heat map for each problem."""

import numpy as np
from matplotlib.figure import Figure

from src.plotting.contract import About, Tables, draws, in_order, table
from src.plotting.layout import sheet, width_of
from src.plotting.scales import finite
from src.plotting.style import INK, MUTED, SMALL, TEXT, dress
from src.studies.safeguards.chain_labels import by_parts, counted, shown

_SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
COLUMNS = ("problem", "method", "learning_rate", "share")
_ROW, _CELL = 0.19, 0.17  # inches


@draws("sweep")
def rates(tables: Tables, about: About) -> Figure | None:
    """Share of the seeds that succeed, by method and rate."""
    found = table(tables, "shares", COLUMNS)
    if found is None or not finite(found["share"]).size:
        return None
    methods = by_parts(in_order(found, "method"), about)
    problems, rates = in_order(found, "problem"), np.unique(finite(found["learning_rate"]))
    labels = [shown(method, about) for method in methods]
    figure, every = sheet(
        about,
        "At which learning rates does each safeguard succeed?",
        f"Share of {counted(about)} that reach the target",
        [_ROW * len(methods)],
        width=_CELL * len(rates),
        columns=len(problems),
        left=width_of(labels, SMALL) + 0.25,
        gap=(0.25, 0.6),
        titled=True,
        right=0.75,
    )
    image = None
    for place, (axes, problem) in enumerate(zip(every, problems, strict=True)):
        rows = found[found["problem"] == problem]
        # Not a pivot: another's table may hold a pair twice, or none.
        share = np.full((len(methods), len(rates)), np.nan)
        at = {rate: column for column, rate in enumerate(rates.tolist())}
        for row in rows.to_dict("records"):
            if row["learning_rate"] in at:
                share[methods.index(str(row["method"])), at[row["learning_rate"]]] = row["share"]
        dress(axes, x="learning rate", title=problem)
        axes.grid(visible=False)
        image = axes.imshow(share, aspect="auto", cmap="viridis", vmin=0.0, vmax=1.0, interpolation="none")
        axes.set_yticks(range(len(methods)), labels if place == 0 else [""] * len(methods))
        ticks = range(0, len(rates), 4)
        axes.set_xticks(list(ticks), [_power_of_ten(rates[tick]) for tick in ticks])
    if image is not None:
        last = every[-1].get_position()
        wide = figure.get_size_inches()[0]
        bar = figure.colorbar(image, cax=figure.add_axes((last.x1 + 0.12 / wide, last.y0, 0.1 / wide, last.height)))
        bar.ax.tick_params(labelsize=SMALL, colors=MUTED, labelcolor=INK, length=3)
        bar.set_label("seeds that succeed", fontsize=TEXT, color=INK)
        bar.outline.set_visible(False)
    return figure


def _power_of_ten(rate: float) -> str:
    """``rate`` as a power of ten where it is one, else in two digits."""
    exponent = np.log10(rate) if rate > 0 else np.nan
    whole = np.isfinite(exponent) and abs(exponent - round(exponent)) < 1e-6
    return "10" + str(round(exponent)).translate(_SUPERSCRIPT) if whole else f"{rate:.1e}"
