"""Parts of claim C12, each settled on the initializations that the part is about."""

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd

from src.core.result import Tables
from src.protocol.claims import Claim, RunsMissing, settle_each
from src.statistics.intervals import UNKNOWN, Estimate, bootstrap, mean

KINDS = ("symmetry", "vanishing", "exploding", "level", "theory")
# The initializations that a part is settled on, and the activation that each of them belongs to (None: both).
Places = Mapping[str, str | None]
EQUAL: Places = {"constant": None, "zeros": None}
TOO_SMALL: Places = {"too_small": None}
TOO_LARGE: Places = {"too_large": None}
LEVEL: Places = {"xavier": "tanh", "he": "relu"}
# The runs that each part needs.
NEEDED = {
    "symmetry": "init=constant or zeros",
    "vanishing": "init=too_small",
    "exploding": "init=too_large",
    "level": "init=xavier on digits_deep_tanh, or init=he on digits_deep_relu",
    "theory": "init=xavier on digits_deep_tanh, or init=he on digits_deep_relu",
}


def verdicts(claims: Mapping[str, Claim], tables: Tables) -> tuple[pd.DataFrame, dict[str, str]]:
    """The ``verdicts`` table, one row per claim and measured place; and for each other claim the runs that it needs.

    Claims: ``C12.symmetry`` (distinct units after training), ``C12.vanishing``, ``C12.exploding`` and ``C12.level``
    (decades per layer, the last without its sign), ``C12.theory`` (departure from theory, in decades).
    """
    places = {"vanishing": TOO_SMALL, "exploding": TOO_LARGE, "level": LEVEL, "theory": LEVEL}

    def settle(name: str, claim: Claim) -> Iterator[dict[str, object]]:
        kind = name.rpartition(".")[2]
        found = _units(tables["symmetry"]) if kind == "symmetry" else _growths(tables["growth"], places[kind], kind)
        rows = [claim.settle(name, estimate, settings) for settings, estimate in found]
        if not rows:
            raise RunsMissing(f"needs runs of {NEEDED[kind]}")
        yield from rows

    return settle_each(claims, settle)


def _at(places: Places, frame: pd.DataFrame) -> pd.DataFrame:
    """Rows of ``frame`` at ``places``: these initializations, on the activations that they belong to."""
    if frame.empty:
        return frame
    wanted = [
        init in places and places[init] in (None, activation)
        for init, activation in zip(frame["init"], frame["activation"], strict=True)
    ]
    return frame[wanted]


def _units(symmetry: pd.DataFrame) -> Iterator[tuple[str, Estimate]]:
    """Distinct units at the last recorded step, mean over the seeds."""
    equal = _at(EQUAL, symmetry)
    if equal.empty:
        return
    for (init, activation), rows in equal.groupby(["init", "activation"], sort=False):
        last = rows.sort_values("step").groupby("seed")["distinct_units"].last().to_numpy(np.float64)
        yield f"{init}, {activation}", bootstrap(last, mean)


def _growths(growth: pd.DataFrame, places: Places, kind: str) -> Iterator[tuple[str, Estimate]]:
    """Growth of the mean square per layer, or its departure from theory, at ``places``."""
    column = "departure" if kind == "theory" else "decades"
    for row in _at(places, growth).to_dict("records"):
        estimate = Estimate(*(float(row[name]) for name in (column, f"{column}_low", f"{column}_high")))
        settings = f"{row['init']}, {row['activation']}, {row['direction']}"
        yield settings, _size(estimate) if kind == "level" else estimate


def _size(estimate: Estimate) -> Estimate:
    """The estimate without its sign; an interval that holds 0 begins at 0."""
    if np.isnan(estimate.value):
        return UNKNOWN
    low, high = sorted((abs(estimate.low), abs(estimate.high)))
    return Estimate(abs(estimate.value), 0.0 if estimate.low <= 0 <= estimate.high else low, high)
