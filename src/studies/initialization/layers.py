"""Tables of signals: mean squares layer by layer with theory's, and their growth per layer."""

import numpy as np
import pandas as pd

from src.networks.signals import Signals
from src.statistics.chains import chained, estimate
from src.statistics.intervals import Array, percentile_interval
from src.tables.quantiles import quantiles

LAYERS = (
    "stage",  # initial or trained
    "direction",  # forward: activations; backward: the gradient that arrives at them
    "layer",  # hidden layer, from 1 at the inputs to L at the outputs
    "mean_square",  # initial: chained mean over the networks; trained: median over the seeds
    "low",  # initial: 95 % interval; trained: lower quartile
    "high",
    "theory",  # stage initial only
)
GROWTH = (
    "direction",
    "decades",  # log10 of the mean square's mean growth per layer, in the direction of the signal
    "decades_low",
    "decades_high",
    "departure",  # from theory's line: root mean square over the layers, in decades
    "departure_low",
    "departure_high",
    "largest_departure",  # over the layers, in decades
)
DIRECTIONS = ("forward", "backward")


def hidden(signals: Signals, direction: str) -> Array:
    """Mean squares (S, L) of the hidden layers, in the order in which the signal passes them."""
    values: Array = signals.forward if direction == "forward" else signals.backward
    return values[:, 1:-1] if direction == "forward" else values[:, -2:0:-1]


def initial_tables(
    signals: Signals, theory: tuple[np.ndarray, np.ndarray] | None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Rows of ``layers`` of stage initial, and the ``growth`` table."""
    layers, growth = [], []
    for direction in DIRECTIONS:
        line, drawn = chained(hidden(signals, direction))
        expected = np.full_like(line, np.nan)
        if theory is not None:
            both = Signals(theory[0][None], theory[1][None])
            expected = hidden(both, direction)[0]
        low, high = percentile_interval(drawn.T)
        layers.append(_rows("initial", direction, line, low, high, expected))
        growth.append({"direction": direction, **_growth(line, drawn), **_departure(line, drawn, expected)})
    return pd.concat(layers, ignore_index=True), pd.DataFrame(growth, columns=list(GROWTH))


def trained_table(signals: Signals) -> pd.DataFrame:
    """Rows of ``layers`` of stage trained; none where every network diverged."""
    rows = []
    for direction in DIRECTIONS:
        values = hidden(signals, direction)
        if len(values):
            low, middle, high = quantiles(values.T)
            rows.append(_rows("trained", direction, middle, low, high, np.full_like(middle, np.nan)))
    return pd.concat(rows, ignore_index=True) if rows else pd.DataFrame(columns=list(LAYERS))


def _rows(stage: str, direction: str, line: Array, low: Array, high: Array, theory: Array) -> pd.DataFrame:
    layer = np.arange(1, len(line) + 1)
    columns = (stage, direction, layer if direction == "forward" else layer[::-1], line, low, high, theory)
    return pd.DataFrame(dict(zip(LAYERS, columns, strict=True))).sort_values("layer", ignore_index=True)


def _growth(line: Array, drawn: Array) -> dict[str, float]:
    """Decades per layer from the first hidden layer that the signal passes to the last; NaN for a signal of zero."""
    every = np.concatenate([line[None], drawn])
    with np.errstate(divide="ignore", invalid="ignore"):
        decades = np.log10(every[:, -1] / every[:, 0]) / (every.shape[1] - 1)
    if not np.isfinite(decades).all():
        return dict.fromkeys(GROWTH[1:4], np.nan)
    return dict(zip(GROWTH[1:4], estimate(decades[0], decades[1:]), strict=True))


def _departure(line: Array, drawn: Array, theory: Array) -> dict[str, float]:
    """Departure of the measured line from theory's; NaN where there is no theory."""
    if not (np.isfinite(theory).all() and (line > 0).all() and (drawn > 0).all()):
        return dict.fromkeys(GROWTH[4:], np.nan)
    off = np.log10(np.concatenate([line[None], drawn]) / theory)
    size = np.sqrt(np.square(off).mean(axis=1))
    return dict(zip(GROWTH[4:], (*estimate(size[0], size[1:]), float(np.abs(off[0]).max())), strict=True))
