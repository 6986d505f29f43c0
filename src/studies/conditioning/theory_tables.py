"""Tables that compare quadratics with theory: edges of stability, convergence rates, and a scan around the best."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from src.core.result import Result
from src.statistics.intervals import bootstrap
from src.studies.conditioning.convergence_rates import at_theory


def edges_table(cells: Sequence[Result]) -> pd.DataFrame:
    """The measured edge over the predicted one: median over seeds, and the widest bracket of any seed."""
    rows = []
    for cell in cells:
        if "edge" not in cell.tables:
            continue
        edge = cell.tables["edge"]
        predicted = float(edge["predicted"].iloc[0])
        rows.append(
            {
                "problem": cell.about["problem"],
                "method": cell.about["method"],
                "condition": cell.about["condition"],
                "predicted": predicted,
                "measured": float(np.median(np.sqrt(edge["low"] * edge["high"]))),
                "ratio": float(np.median(np.sqrt(edge["low"] * edge["high"]))) / predicted,
                "ratio_low": float(edge["low"].min()) / predicted,
                "ratio_high": float(edge["high"].max()) / predicted,
            }
        )
    return pd.DataFrame(rows)


def decays_table(cells: Sequence[Result]) -> pd.DataFrame:
    """Decay at theory's setting, as a rate per step, and how much faster the fastest setting of the scan is."""
    rows = []
    for cell in cells:
        if "decay" not in cell.tables:
            continue
        table = cell.tables["decay"]
        medians = _by_setting(table)
        best_known = at_theory(table)
        pace = -np.log(best_known["decay"].to_numpy())
        middle, low, high = bootstrap(pace)
        predicted = -float(np.log(table["predicted"].iloc[0]))
        best = medians.sort_values("decay").iloc[0]
        rows.append(
            {
                "problem": cell.about["problem"],
                "method": cell.about["method"],
                "condition": cell.about["condition"],
                "predicted": predicted,
                "pace": middle,
                "pace_low": low,
                "pace_high": high,
                "ratio": middle / predicted,
                "ratio_low": float(pace.min()) / predicted,
                "ratio_high": float(pace.max()) / predicted,
                "power": float(best_known["power"].median()),
                "settings_scanned": len(medians),
                "best_rate_factor": best["rate_factor"],
                "best_memory_factor": best["memory_factor"],
                "best_over_theory": -float(np.log(best["decay"])) / middle,
            }
        )
    return pd.DataFrame(rows)


def _by_setting(table: pd.DataFrame) -> pd.DataFrame:
    """Median decay over seeds of each setting; one at which a seed diverged has none."""
    whole = table.assign(decay=table["decay"].fillna(np.inf))
    medians = whole.groupby(["memory_factor", "rate_factor"], as_index=False).agg(
        memory=("memory", "median"),
        learning_rate=("learning_rate", "median"),
        decay=("decay", "median"),
        worst=("decay", "max"),
    )
    return medians.assign(decay=medians["decay"].where(np.isfinite(medians["worst"]))).drop(columns="worst")


def scan_table(cells: Sequence[Result]) -> pd.DataFrame:
    """Each setting around theory's, where more than that one was run; ``share`` of theory's best."""
    parts = []
    for cell in cells:
        decay = cell.tables.get("decay", pd.DataFrame())
        if decay.empty or len(decay) == len(at_theory(decay)):
            continue
        medians = _by_setting(decay)
        share = np.log(medians["decay"]) / float(np.log(decay["predicted"].iloc[0]))
        names = {"problem": cell.about["problem"], "method": cell.about["method"]}
        parts.append(medians.assign(share=share, condition=cell.about["condition"], **names))
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()
