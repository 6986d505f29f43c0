"""The look that all figures share: sizes, greys, and each method's line.

Settings are passed to matplotlib's objects, never set in its global ``rcParams``: figures can be drawn in any
thread, beside anyone else's, and look the same.
"""

from typing import Any

from matplotlib.axes import Axes

from src.plotting.palettes import KNOWN, SEARCHES, colour, stable_hash

DPI = 110
TITLE, TEXT, SMALL = 11.0, 8.5, 7.8  # font sizes in points
INK, MUTED, GRID = "#222222", "#666666", "#e2e2e2"
WARNING = "#b30000"
BAND_OPACITY = 0.2

LINES: tuple[Any, ...] = ("-", (0, (5, 1.5)), (0, (1.2, 1.2)), (0, (6, 1.5, 1.2, 1.5)))
MARKERS = "osD^vPX*hp<>"
# A method's base is solid and its variants are broken, so that a pair stays apart where its colours look alike.
_DASHES = {
    "nesterov": 1,
    "adagrad": 3,
    "adamw": 1,
    "clip_noise_precondition": 3,
    "clipped_adam": 2,
    "clip": 1,
    "noise": 2,
    "precondition": 3,
}

# What a metric is called where it labels an axis.
METRICS = {
    "loss": "loss",
    "grad_norm": "gradient norm",
    "param_norm": "parameter norm",
    "update_ratio": "update / parameters",
    "train_loss": "training loss",
    "valid_loss": "validation loss",
    "valid_accuracy": "validation accuracy",
    "score": "score (lower is better)",
}


def line(method: str) -> dict[str, Any]:
    """The line of ``method``: colour and dash, the same in every figure."""
    if method in SEARCHES:
        dash = list(SEARCHES).index(method) // len(MARKERS)
    else:
        dash = _DASHES.get(method, 0) if method in KNOWN else stable_hash(method) // 8 % len(LINES)
    return {"color": colour(method), "linestyle": LINES[dash], "linewidth": 1.6}


def marker(method: str) -> str:
    """The marker of ``method``, the same in every figure."""
    listed = KNOWN if method in KNOWN else SEARCHES
    number = list(listed).index(method) if method in listed else stable_hash(method) // 32
    return MARKERS[number % len(MARKERS)]


def metric_line(metric: str, method: str) -> dict[str, Any]:
    """The line of ``metric`` in a figure of one method: the method's own, or a grey where metrics are compared."""
    if metric.startswith("train_"):
        return {"color": "#777777", "linestyle": LINES[1], "linewidth": 1.4}
    if metric.startswith("valid_"):
        return {"color": INK, "linestyle": LINES[2], "linewidth": 1.4}
    return line(method)


def metric_label(metric: str, labels: dict[str, str] | None) -> str:
    """What ``metric`` is called: the caller's word, or the usual one, or the metric's own name."""
    return (labels or {}).get(metric) or METRICS.get(metric) or metric.replace("_", " ")


def dress(axes: Axes, *, x: str = "", y: str = "", title: str = "") -> None:
    """Label the axes and give them the common grid, spines and tick sizes."""
    axes.set_axisbelow(True)
    axes.grid(visible=True, color=GRID, linewidth=0.6)
    axes.tick_params(labelsize=SMALL, colors=MUTED, labelcolor=INK, length=3)
    for side, spine in axes.spines.items():
        spine.set_visible(side in {"left", "bottom"})
        spine.set_color(MUTED)
    axes.set_xlabel(x, fontsize=TEXT, color=INK, labelpad=3)
    axes.set_ylabel(y, fontsize=TEXT, color=INK, labelpad=3)
    if title:
        axes.set_title(title, fontsize=TEXT, color=INK, loc="left", pad=4, fontweight="bold")
