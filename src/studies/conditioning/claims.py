"""The estimates that settle the claims of the study of conditioning."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pandas as pd

from src.core.result import Result, Tables
from src.protocol.claims import Claim, RunsMissing, settle_each
from src.statistics.effects import paired_difference, paired_log_ratio
from src.statistics.intervals import Estimate, bootstrap
from src.studies.conditioning.steps_tables import find_cell, steps_to_target
from src.studies.conditioning.tables import fading_of

Cells = Sequence[Result]
Basis = tuple[Estimate, str]  # the estimate, and the settings in words
Estimator = Callable[[Cells, Tables], Basis]  # raises RunsMissing where the sweep lacks its runs
VALLEY, BOWL = "narrow_valley", "stretched_bowl"  # rows R5 and R8
FLOOR = 1e-16  # of a loss: below it is rounding


def verdicts(claims: Mapping[str, Claim], cells: Cells, tables: Tables) -> tuple[pd.DataFrame, dict[str, str]]:
    """The ``verdicts`` table, and for each claim whose runs the sweep lacks which runs those are."""

    def settle(name: str, claim: Claim) -> list[dict[str, object]]:
        estimate, settings = ESTIMATES[name](cells, tables)
        return [claim.settle(name, estimate, settings)]

    return settle_each(claims, settle)


def _rows(tables: Tables, name: str, needed: str, **values: str) -> pd.DataFrame:
    """The rows of table ``name`` whose columns have ``values``; RunsMissing with ``needed`` if there are none."""
    table = tables.get(name, pd.DataFrame())
    for column, value in values.items():
        table = table if table.empty else table[table[column] == value]
    if table.empty:
        raise RunsMissing(needed)
    return table


def _cell(cells: Cells, problem: str, method: str) -> Result:
    found = find_cell(cells, problem, method)
    if found is None:
        raise RunsMissing(f"needs {method} on {problem}")
    return found


def _column(cells: Cells, problem: str, method: str, table: str, column: str) -> np.ndarray:
    return _cell(cells, problem, method).tables[table][column].to_numpy(dtype=float)


def _loss(cells: Cells, method: str, column: str) -> np.ndarray:
    """Each test seed's loss of ``method`` on the bowl; inf where the run diverged."""
    values: np.ndarray = np.nan_to_num(_column(cells, BOWL, method, "progress", column), nan=np.inf)
    return values


def _known_pairs(one: np.ndarray, other: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The pairs in which both are known: a path of fewer than two moves neither crosses nor turns."""
    known = ~(np.isnan(one) | np.isnan(other))
    return one[known], other[known]


def _deviation(name: str, method: str) -> Estimator:
    """Largest deviation from theory, in %, over all condition numbers; its ends are the range over the seeds."""

    def estimate(_: Cells, tables: Tables) -> Basis:
        own = _rows(tables, name, f"needs {method} on a quadratic", method=method)
        low, middle, high = (100 * (own[name].to_numpy() - 1) for name in ("ratio_low", "ratio", "ratio_high"))
        least = np.where(low * high > 0, np.minimum(np.abs(low), np.abs(high)), 0.0)  # 0 where the range holds theory
        most = np.maximum(np.abs(low), np.abs(high))
        conditions = f"condition numbers {own['condition'].min():.3g} to {own['condition'].max():.3g}"
        settings = f"{len(own)} quadratics, {conditions}; the ends are the range over the seeds of the worst of them"
        return Estimate(float(np.abs(middle).max()), float(least.max()), float(most.max())), settings

    return estimate


def _scan(method: str) -> Estimator:
    """How much faster, in %, the best setting of the scan is than theory's; the ends are the range over problems."""

    def estimate(_: Cells, tables: Tables) -> Basis:
        needed = f"needs {method} on a quadratic around which settings are scanned"
        own = _rows(tables, "decays", needed, method=method)
        own = own[own["settings_scanned"] > 1]
        if own.empty:
            raise RunsMissing(needed)
        gains = 100 * (own["best_over_theory"] - 1).to_numpy()
        settings = f"{int(own['settings_scanned'].max())} settings around theory's, {len(own)} condition numbers"
        return Estimate(float(np.median(gains)), float(gains.min()), float(gains.max())), settings

    return estimate


def _crossings(cells: Cells, _: Tables) -> Basis:
    pair = _known_pairs(
        *(_column(cells, VALLEY, name, "oscillation", "crossings_per_step") for name in ("momentum", "gd"))
    )
    return paired_difference(*pair), f"{VALLEY} until the target, both tuned"


def _steps(one: tuple[str, str], other: tuple[str, str]) -> Estimator:
    """Decades between the steps of two cells, each a (problem, method)."""

    def estimate(cells: Cells, _: Tables) -> Basis:
        first, second = (np.maximum(steps_to_target(_cell(cells, *pair)), 1) for pair in (one, other))
        settings = f"{one[1]} on {one[0]} over {other[1]} on {other[0]}, both tuned"
        return paired_log_ratio(first, second), settings

    return estimate


def _early(cells: Cells, _: Tables) -> Basis:
    """Adam's early loss over the lower of gradient descent's and momentum's, in decades."""
    adam, *others = (_loss(cells, method, "early") for method in ("adam", "gd", "momentum"))
    return paired_log_ratio(adam, np.min(others, axis=0), floor=FLOOR), f"{BOWL}, a tenth of the way, all tuned"


def _turning(cells: Cells, _: Tables) -> Basis:
    pair = _known_pairs(*(_column(cells, BOWL, method, "oscillation", "turning") for method in ("adam", "momentum")))
    return paired_difference(*pair), f"{BOWL} until the target, both tuned"


def _end(cells: Cells, _: Tables) -> Basis:
    momentum, adam = (_loss(cells, method, "end") for method in ("momentum", "adam"))
    return paired_log_ratio(momentum, adam, floor=FLOOR), f"{BOWL} at the end of the budget, both tuned"


def _state_size(_: Cells, tables: Tables) -> Basis:
    rmsprop, adam = (
        float(_rows(tables, "memory", f"needs {name}", method=name)["numbers_per_parameter"].iloc[0])
        for name in ("rmsprop", "adam")
    )
    share = rmsprop / adam
    return Estimate(share, share, share), "counted from the tensors of the state, so the interval has no width"


def _exponent(family: str, method: str) -> Estimator:
    def estimate(_: Cells, tables: Tables) -> Basis:
        needed = f"needs {method} on two problems of the family {family} with condition numbers of 10 or more"
        row = _rows(tables, "condition_exponents", needed, family=family, method=method).iloc[0]
        settings = f"family {family}, condition numbers {row['from']:.3g} to {row['to']:.3g}, tuned at each"
        return Estimate(row["exponent"], row["exponent_low"], row["exponent_high"]), settings

    return estimate


def _feature_condition(cells: Cells, _: Tables) -> Basis:
    """Decades by which standardizing lowers the condition number, over samples."""
    found = [[c for c in cells if c.about["problem"] == f"features_{kind}"] for kind in ("raw", "standardized")]
    if not all(found):
        raise RunsMissing("needs a method on features_raw and one on features_standardized")
    raw, scaled = (each[0].tables["conditions"]["condition"].to_numpy() for each in found)
    return bootstrap(np.log10(raw / scaled)), f"{len(raw)} samples of four features, scales 0.3 to 10"


def _fading(cells: Cells, _: Tables) -> Basis:
    """Decades by which normalization lessens the absolute fading of the signal, all gains and seeds together."""
    plain, normalized = fading_of(cells, "deep_plain"), fading_of(cells, "deep_normalized")
    if plain is None or normalized is None:
        raise RunsMissing("needs a method on deep_plain and one on deep_normalized")
    worst = [
        table.assign(size=table["fading"].abs()).groupby("seed")["size"].max().to_numpy()
        for table in (normalized, plain)
    ]
    gains = ", ".join(f"{gain:g}" for gain in sorted(plain["gain"].unique()))
    return paired_difference(worst[0], worst[1]), f"the worst of the gains {gains} at each seed"


ESTIMATES: dict[str, Estimator] = {
    "C2.edge-gd": _deviation("edges", "gd"),
    "C2.edge-momentum": _deviation("edges", "momentum"),
    "C2.decay-gd": _deviation("decays", "gd"),
    "C2.decay-momentum": _deviation("decays", "momentum"),
    "C2.best-gd": _scan("gd"),
    "C2.best-momentum": _scan("momentum"),
    "C2.steps-gd": _exponent("aligned", "gd"),
    "C2.steps-momentum": _exponent("aligned", "momentum"),
    "C3.oscillation": _crossings,
    "C3.speed": _steps((VALLEY, "momentum"), (VALLEY, "gd")),
    "C5.early": _early,
    "C5.path": _turning,
    "C5.end": _end,
    "C7": _state_size,
    "C18.curvature": _exponent("aligned", "rmsprop"),
    "C18.units": _steps(("units_100", "rmsprop"), ("condition_1", "rmsprop")),
    "C18.rotated": _exponent("rotated", "rmsprop"),
    "C18.rotated-steps": _steps(("rotated_1000", "rmsprop"), ("condition_1000", "rmsprop")),
    "C26.condition": _feature_condition,
    "C26.steps": _steps(("features_raw", "gd"), ("features_standardized", "gd")),
    "C26.layers": _fading,
    "C26.depth": _steps(("deep_normalized", "gd"), ("deep_plain", "gd")),
}
