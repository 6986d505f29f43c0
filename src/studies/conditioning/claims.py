"""The estimates that settle the claims of the study of conditioning."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pandas as pd

from src.core.result import Result, Tables
from src.protocol.claims import Claim, RunsMissing, settle_each
from src.statistics.effects import paired_difference, paired_log_ratio
from src.statistics.intervals import UNKNOWN, Estimate, bootstrap
from src.studies.conditioning.steps_tables import find_cell, steps_to_target
from src.studies.conditioning.tables import fading_of

Cells = Sequence[Result]
Basis = tuple[Estimate, str]  # the estimate, and the settings in words
Estimator = Callable[[Cells, Tables], Basis]  # raises RunsMissing where the sweep lacks its runs
VALLEY, BOWL = "narrow_valley", "stretched_bowl"  # rows R5 and R8
# Those on which claims C3 and C5 are judged: 2 or 9 dimensions, condition numbers 10 to 1000, also on rotated axes.
QUADRATICS = (
    VALLEY, BOWL, "condition_10", "condition_100", "condition_1000", "rotated_10", "rotated_100", "rotated_1000",
)  # fmt: skip
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


def _loss(cells: Cells, problem: str, method: str, column: str) -> np.ndarray:
    """Each test seed's loss of ``method`` on ``problem``; inf where the run diverged."""
    values: np.ndarray = np.nan_to_num(_column(cells, problem, method, "progress", column), nan=np.inf)
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


def _steps(one: tuple[str, str], other: tuple[str, str]) -> Estimator:
    """Decades between the steps of two cells, each a (problem, method)."""

    def estimate(cells: Cells, _: Tables) -> Basis:
        first, second = (np.maximum(steps_to_target(_cell(cells, *pair)), 1) for pair in (one, other))
        settings = f"{one[1]} on {one[0]} over {other[1]} on {other[0]}, both tuned"
        return paired_log_ratio(first, second), settings

    return estimate


def _on_every_quadratic(
    methods: Sequence[str], estimate_on: Callable[[Cells, str], Estimate | None], where: str
) -> Estimator:
    """The largest estimate over the quadratics that have runs of ``methods``: claims that it is below 0 hold on all.

    ``estimate_on`` gives the estimate on a problem, None where it has none. The settings name the quadratic that
    decides, the number of quadratics, and the estimate on each.
    """

    def estimate(cells: Cells, _: Tables) -> Basis:
        complete = [one for one in QUADRATICS if all(find_cell(cells, one, method) for method in methods)]
        found = {problem: estimate_on(cells, problem) for problem in complete}
        known = {problem: one for problem, one in found.items() if one is not None and not np.isnan(one.value)}
        if not complete:
            raise RunsMissing(f"needs {' and '.join(methods)} on one of {', '.join(QUADRATICS)}")
        if not known:
            return UNKNOWN, f"{', '.join(complete)}, {where}, all tuned: no estimate on any"
        worst = max(known, key=lambda problem: known[problem].value)
        each = ", ".join(f"{problem} {one.value:.2g}" for problem, one in known.items())
        return known[worst], f"{worst}, {where}, all tuned; the largest of {len(known)}: {each}"

    return estimate


def _oscillation_difference(column: str, one: str, other: str) -> Callable[[Cells, str], Estimate | None]:
    def estimate_on(cells: Cells, problem: str) -> Estimate | None:
        pair = _known_pairs(*(_column(cells, problem, name, "oscillation", column) for name in (one, other)))
        return paired_difference(*pair) if len(pair[0]) else None

    return estimate_on


def _momentum_steps(cells: Cells, problem: str) -> Estimate | None:
    first, second = (np.maximum(steps_to_target(_cell(cells, problem, name)), 1) for name in ("momentum", "gd"))
    return paired_log_ratio(first, second)


def _loss_ratio(column: str, one: str, *others: str) -> Callable[[Cells, str], Estimate | None]:
    """Loss of ``one`` over the lowest of ``others``, in decades; None where the methods' budgets differ.

    A method that reaches the target soon is run for a shorter time, so that its loss is read at an earlier step.
    """

    def estimate_on(cells: Cells, problem: str) -> Estimate | None:
        read_at = {tuple(_column(cells, problem, name, "progress", "step")) for name in (one, *others)}
        if len(read_at) > 1:
            return None
        own, *rest = (_loss(cells, problem, name, column) for name in (one, *others))
        return paired_log_ratio(own, np.min(rest, axis=0), floor=FLOOR)

    return estimate_on


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
    "C3.oscillation": _on_every_quadratic(
        ("momentum", "gd"), _oscillation_difference("crossings_per_step", "momentum", "gd"), "until the target"
    ),
    "C3.speed": _on_every_quadratic(("momentum", "gd"), _momentum_steps, "until the target"),
    "C5.early": _on_every_quadratic(
        ("adam", "gd", "momentum"), _loss_ratio("early", "adam", "gd", "momentum"), "a tenth of the way"
    ),
    "C5.path": _on_every_quadratic(
        ("adam", "momentum"), _oscillation_difference("turning", "adam", "momentum"), "until the target"
    ),
    "C5.end": _on_every_quadratic(
        ("momentum", "adam"), _loss_ratio("end", "momentum", "adam"), "at the end of the budget"
    ),
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
