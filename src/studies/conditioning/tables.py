"""The tables of the study of conditioning, from its cells' tables."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pandas as pd

from src.core.result import Result, Tables
from src.statistics.intervals import bootstrap
from src.studies.conditioning.layer_gradients import fading
from src.studies.conditioning.steps_tables import condition_exponents, condition_steps, condition_theory
from src.studies.conditioning.theory_tables import decays_table, edges_table, scan_table
from src.tables.concat_tables import concat_tables

OSCILLATION = ("crossings", "crossings_per_step", "path_ratio", "turning")


def tables_of(cells: Sequence[Result], families: Mapping[str, Sequence[str]]) -> Tables:
    """All tables but the verdicts; those whose cells were not run are left out."""
    found = {
        "condition_steps": condition_steps(cells, families),
        "condition_exponents": condition_exponents(cells, families),
        "edges": edges_table(cells),
        "decays": decays_table(cells),
        "scan": scan_table(cells),
        "oscillation": _medians(cells, "oscillation", OSCILLATION),
        "progress": _medians(cells, "progress", ("early", "end")),
        "fading": _fading(cells),
        "memory": _state_sizes(cells),
        "curves": concat_tables(cells, "curves"),
        "rates": concat_tables(cells, "rates"),
    }
    conditions = found["condition_steps"]["condition"].dropna()
    if found["condition_steps"]["family"].isin(families).any():
        found["condition_theory"] = condition_theory(float(conditions.max()))
    return {name: table for name, table in found.items() if not table.empty}


def _medians(cells: Sequence[Result], name: str, columns: Sequence[str]) -> pd.DataFrame:
    """Median and interval over test seeds of each of ``columns``: COLUMN, COLUMN_low, COLUMN_high."""
    rows = []
    for cell in cells:
        if name not in cell.tables:
            continue
        row = {"problem": cell.about["problem"], "method": cell.about["method"]}
        for column in columns:
            values = cell.tables[name][column].fillna(np.inf).to_numpy(dtype=float)
            row |= dict(zip((column, f"{column}_low", f"{column}_high"), bootstrap(values), strict=True))
        rows.append(row)
    return pd.DataFrame(rows)


def _fading(cells: Sequence[Result]) -> pd.DataFrame:
    """Median variance of the back-propagated signal by layer, one cell per problem: no method has moved yet."""
    rows = []
    for cell in _last_of_each_problem(cells, lambda each: "layers" in each.tables):
        layers = cell.tables["layers"]
        for (gain, layer), group in layers.groupby(["gain", "layer"]):
            middle, low, high = bootstrap(group["signal_variance"].to_numpy())
            weights = float(group["weight_variance"].median())
            row = {"problem": cell.about["problem"], "gain": gain, "layer": layer, "weight_variance": weights}
            rows.append(row | {"signal": middle, "signal_low": low, "signal_high": high})
    return pd.DataFrame(rows)


def fading_of(cells: Sequence[Result], problem: str) -> pd.DataFrame | None:
    """Columns gain, seed, fading of ``problem``; None when the problem was not run."""
    found = _last_of_each_problem(cells, lambda each: each.about["problem"] == problem and "layers" in each.tables)
    return fading(found[0].tables["layers"]) if found else None


def _last_of_each_problem(cells: Sequence[Result], wanted: Callable[[Result], bool]) -> list[Result]:
    """The last cell of each problem for which ``wanted`` holds."""
    return list({cell.about["problem"]: cell for cell in cells if wanted(cell)}.values())


def _state_sizes(cells: Sequence[Result]) -> pd.DataFrame:
    """Numbers, and bytes in float32, that each method keeps per parameter."""
    numbers = {str(cell.about["method"]): float(cell.about["state_numbers"]) for cell in cells}
    return pd.DataFrame(
        {
            "method": list(numbers),
            "numbers_per_parameter": list(numbers.values()),
            "bytes_per_parameter": [4 * each for each in numbers.values()],
        }
    )
