"""The tables of the study of conditioning, from its cells' tables."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pandas as pd

from src.core.optimizer import Optimizer
from src.optimizers.gd import GradientDescent
from src.optimizers.momentum import Momentum
from src.statistics.intervals import bootstrap
from src.statistics.scaling import power_law
from src.studies.comparison import labelled
from src.studies.decays import at_theory
from src.studies.layer_gradients import fading
from src.studies.quadratic_theory import fastest, steps_to_shrink
from src.studies.study import Measured, Tables

THEORY: dict[str, Optimizer] = {"gd": GradientDescent(), "momentum": Momentum(beta=0.0)}
# The quadratics' flattest coordinate begins 1 from the minimum in the median; at sqrt(2 tolerance) it has arrived.
SHRINK = (2 * 1e-4) ** 0.5
LEAST_CONDITION = 10.0  # exponents are fitted from here on: at 1 the steps have reached their floor


def find(cells: Sequence[Measured], problem: str, optimizer: str) -> Measured | None:
    """The cell of ``optimizer`` on ``problem``; None when it was not run."""
    for cell in cells:
        if (cell.about["problem"], cell.about["optimizer"]) == (problem, optimizer):
            return cell
    return None


def times(cell: Measured) -> np.ndarray:
    """Steps to the target of each test seed, shape (S,); inf where it was not reached."""
    summary = cell.tables["summary"]
    found: np.ndarray = (
        summary.loc[summary["split"] == "test", "steps_to_target"].fillna(np.inf).to_numpy(dtype=float)
    )
    return found


def tables_of(cells: Sequence[Measured], families: Mapping[str, Sequence[str]]) -> Tables:
    """All tables but the verdicts; those whose cells were not run are left out."""
    found = {
        "condition_steps": _steps(cells, families),
        "condition_exponents": _exponents(cells, families),
        "edges": _edges(cells),
        "decays": _decays(cells),
        "scan": _scan(cells),
        "oscillation": _medians(cells, "oscillation", ("crossings", "crossings_per_step", "path_ratio", "turning")),
        "progress": _medians(cells, "progress", ("early", "end")),
        "fading": _fading(cells),
        "memory": _memory(cells),
        "curves": labelled(cells, "curves"),
        "rates": labelled(cells, "rates"),
    }
    conditions = found["condition_steps"]["condition"].dropna()
    if found["condition_steps"]["family"].isin(families).any():
        found["condition_theory"] = _theory(float(conditions.max()))
    return {name: table for name, table in found.items() if not table.empty}


def _theory(largest: float) -> pd.DataFrame:
    """Steps that theory's best settings take, with transients left out: the line beside which steps are drawn."""
    rows = []
    for name, method in THEORY.items():
        for condition in np.geomspace(1.0, largest, 41)[1:]:
            best = fastest(method, 1.0, condition)
            assert best is not None
            rows.append((name, condition, steps_to_shrink(best.decay, SHRINK)))
    return pd.DataFrame(rows, columns=["optimizer", "condition", "steps"])


def _steps(cells: Sequence[Measured], families: Mapping[str, Sequence[str]]) -> pd.DataFrame:
    """Median steps to the target with a bootstrap interval; a problem stands once for each family that it is in."""
    rows = []
    for cell in cells:
        problem = cell.about["problem"]
        taken = times(cell)
        middle, low, high = bootstrap(taken)
        own = [family for family, members in families.items() if problem in members] or ["other"]
        rows += [
            {
                "problem": problem,
                "optimizer": cell.about["optimizer"],
                "family": family,
                "condition": np.nan if cell.about["condition"] is None else cell.about["condition"],
                "steps": middle,
                "steps_low": low,
                "steps_high": high,
                "success_rate": float(np.isfinite(taken).mean()),
                "rate": cell.about["best_rate"],
                "memory": np.nan if cell.about["memory"] is None else cell.about["memory"],
                "rate_at_edge": cell.about["rate_at_edge"],
                "memory_at_edge": cell.about["memory_at_edge"],
            }
            for family in own
        ]
    return pd.DataFrame(rows)


def _exponents(cells: Sequence[Measured], families: Mapping[str, Sequence[str]]) -> pd.DataFrame:
    """Exponent of the condition number in the steps, with a bootstrap interval over seeds."""
    rows = []
    for family, members in families.items():
        for optimizer in dict.fromkeys(str(cell.about["optimizer"]) for cell in cells):
            found = [cell for name in members if (cell := find(cells, name, optimizer)) is not None]
            found = [cell for cell in found if (cell.about["condition"] or 0) >= LEAST_CONDITION * (1 - 1e-6)]
            if len(found) < 2:
                continue
            x = [cell.about["condition"] for cell in found]
            fit = power_law(x, np.stack([times(cell) for cell in found], axis=1))
            row = {"family": family, "optimizer": optimizer, "exponent": fit.value}
            ends = {"exponent_low": fit.low, "exponent_high": fit.high, "from": min(x), "to": max(x)}
            rows.append(row | ends)
    return pd.DataFrame(rows)


def _edges(cells: Sequence[Measured]) -> pd.DataFrame:
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
                "optimizer": cell.about["optimizer"],
                "condition": cell.about["condition"],
                "predicted": predicted,
                "measured": float(np.median(np.sqrt(edge["low"] * edge["high"]))),
                "ratio": float(np.median(np.sqrt(edge["low"] * edge["high"]))) / predicted,
                "ratio_low": float(edge["low"].min()) / predicted,
                "ratio_high": float(edge["high"].max()) / predicted,
            }
        )
    return pd.DataFrame(rows)


def _decays(cells: Sequence[Measured]) -> pd.DataFrame:
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
                "optimizer": cell.about["optimizer"],
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
        memory=("memory", "median"), rate=("rate", "median"), decay=("decay", "median"), worst=("decay", "max")
    )
    return medians.assign(decay=medians["decay"].where(np.isfinite(medians["worst"]))).drop(columns="worst")


def _scan(cells: Sequence[Measured]) -> pd.DataFrame:
    """Each setting around theory's, where more than that one was run; ``share`` of theory's best."""
    parts = []
    for cell in cells:
        decay = cell.tables.get("decay", pd.DataFrame())
        if decay.empty or len(decay) == len(at_theory(decay)):
            continue
        medians = _by_setting(decay)
        share = np.log(medians["decay"]) / float(np.log(decay["predicted"].iloc[0]))
        names = {"problem": cell.about["problem"], "optimizer": cell.about["optimizer"]}
        parts.append(medians.assign(share=share, condition=cell.about["condition"], **names))
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()


def _medians(cells: Sequence[Measured], name: str, columns: Sequence[str]) -> pd.DataFrame:
    """Median and interval over test seeds of each of ``columns``: COLUMN, COLUMN_low, COLUMN_high."""
    rows = []
    for cell in cells:
        if name not in cell.tables:
            continue
        row = {"problem": cell.about["problem"], "optimizer": cell.about["optimizer"]}
        for column in columns:
            values = cell.tables[name][column].fillna(np.inf).to_numpy(dtype=float)
            row |= dict(zip((column, f"{column}_low", f"{column}_high"), bootstrap(values), strict=True))
        rows.append(row)
    return pd.DataFrame(rows)


def _fading(cells: Sequence[Measured]) -> pd.DataFrame:
    """Each problem's layers once, since no method has moved yet: the signal's variance by layer, and its fading."""
    rows = []
    for cell in _once_a_problem(cells, lambda each: "layers" in each.tables):
        layers = cell.tables["layers"]
        for (gain, layer), group in layers.groupby(["gain", "layer"]):
            middle, low, high = bootstrap(group["signal_variance"].to_numpy())
            weights = float(group["weight_variance"].median())
            row = {"problem": cell.about["problem"], "gain": gain, "layer": layer, "weight_variance": weights}
            rows.append(row | {"signal": middle, "signal_low": low, "signal_high": high})
    return pd.DataFrame(rows)


def fading_of(cells: Sequence[Measured], problem: str) -> pd.DataFrame | None:
    """Columns gain, seed, fading of ``problem``; None when it was not run."""
    found = _once_a_problem(cells, lambda each: each.about["problem"] == problem and "layers" in each.tables)
    return fading(found[0].tables["layers"]) if found else None


def _once_a_problem(cells: Sequence[Measured], wanted: Callable[[Measured], bool]) -> list[Measured]:
    return list({cell.about["problem"]: cell for cell in cells if wanted(cell)}.values())


def _memory(cells: Sequence[Measured]) -> pd.DataFrame:
    """Numbers and, in float32, bytes that each method remembers for a parameter."""
    numbers = {str(cell.about["optimizer"]): float(cell.about["state_numbers"]) for cell in cells}
    return pd.DataFrame(
        {
            "optimizer": list(numbers),
            "numbers_per_parameter": list(numbers.values()),
            "bytes_per_parameter": [4 * each for each in numbers.values()],
        }
    )
