"""The estimates that settle the claims of the study of conditioning."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pandas as pd

from src.statistics.effects import paired_difference, paired_log_ratio
from src.statistics.intervals import Estimate, bootstrap
from src.studies.claims import Claim, verdicts_table
from src.studies.conditioning_tables import fading_of, find, times
from src.studies.study import Measured, Tables

Cells = Sequence[Measured]
Settled = tuple[Estimate, str]  # the estimate, and the settings in words
VALLEY, BOWL = "narrow_valley", "stretched_bowl"  # rows R5 and R8
FLOOR = 1e-16  # of a loss: below it is rounding


def settle_all(claims: Mapping[str, Claim], cells: Cells, tables: Tables) -> pd.DataFrame:
    """The ``verdicts`` table: a row for each claim whose cells were run."""
    rows = []
    for name, claim in claims.items():
        found = ESTIMATES[name](cells, tables)
        if found is not None:
            rows.append(claim.settle(name, *found))
    return verdicts_table(rows)


def _range_of_deviations(table: pd.DataFrame, optimizer: str) -> Settled | None:
    """Largest deviation from theory, in %, over all condition numbers; low and high over their seeds too."""
    if table.empty or optimizer not in set(table["optimizer"]):
        return None
    own = table[table["optimizer"] == optimizer]
    deviations = 100 * (own[["ratio_low", "ratio", "ratio_high"]] - 1).abs().to_numpy()
    value = float(deviations[:, 1].max())
    estimate = Estimate(value, float(deviations.min()), float(deviations.max()))
    conditions = f"condition numbers {own['condition'].min():.3g} to {own['condition'].max():.3g}"
    return estimate, f"{len(own)} quadratics, {conditions}; the ends are the range over quadratics and seeds"


def _deviation(name: str, optimizer: str) -> Callable[[Cells, Tables], Settled | None]:
    def found(_: Cells, tables: Tables) -> Settled | None:
        return _range_of_deviations(tables.get(name, pd.DataFrame()), optimizer)

    return found


def _scan(optimizer: str) -> Callable[[Cells, Tables], Settled | None]:
    """How much faster, in %, the best setting of the scan is than theory's; the ends are the range over problems."""

    def found(_: Cells, tables: Tables) -> Settled | None:
        decays = tables.get("decays", pd.DataFrame())
        if decays.empty:
            return None
        own = decays[(decays["optimizer"] == optimizer) & (decays["settings_scanned"] > 1)]
        if own.empty:
            return None
        gains = 100 * (own["best_over_theory"] - 1).to_numpy()
        settings = f"{int(own['settings_scanned'].max())} settings around theory's, {len(own)} condition numbers"
        return Estimate(float(np.median(gains)), float(gains.min()), float(gains.max())), settings

    return found


def _column(cells: Cells, problem: str, optimizer: str, table: str, column: str) -> np.ndarray | None:
    cell = find(cells, problem, optimizer)
    return None if cell is None else cell.tables[table][column].to_numpy(dtype=float)


def _pair(one: np.ndarray | None, other: np.ndarray | None) -> tuple[np.ndarray, np.ndarray] | None:
    return None if one is None or other is None else (one, other)


def _crossings(cells: Cells, _: Tables) -> Settled | None:
    pair = _pair(
        *(_column(cells, VALLEY, method, "oscillation", "crossings_per_step") for method in ("momentum", "gd"))
    )
    return None if pair is None else (paired_difference(*pair), f"{VALLEY} until the target, both tuned")


def _steps(one: tuple[str, str], other: tuple[str, str]) -> Callable[[Cells, Tables], Settled | None]:
    """Decades between the steps of two cells, each a (problem, optimizer)."""

    def found(cells: Cells, _: Tables) -> Settled | None:
        first, second = find(cells, *one), find(cells, *other)
        if first is None or second is None:
            return None
        both = np.maximum(times(first), 1), np.maximum(times(second), 1)
        return paired_log_ratio(*both), f"{one[1]} on {one[0]} over {other[1]} on {other[0]}, both tuned"

    return found


def _early(cells: Cells, _: Tables) -> Settled | None:
    """Adam's early loss over the lower of gradient descent's and momentum's, in decades."""
    early = [_column(cells, BOWL, method, "progress", "early") for method in ("adam", "gd", "momentum")]
    if any(each is None for each in early):
        return None
    adam, *others = (np.nan_to_num(each, nan=np.inf) for each in early if each is not None)
    return paired_log_ratio(adam, np.min(others, axis=0), floor=FLOOR), f"{BOWL}, a tenth of the way, all tuned"


def _stable(cells: Cells, _: Tables) -> Settled | None:
    pair = _pair(*(_column(cells, BOWL, method, "oscillation", "turning") for method in ("adam", "momentum")))
    return None if pair is None else (paired_difference(*pair), f"{BOWL} until the target, both tuned")


def _end(cells: Cells, _: Tables) -> Settled | None:
    pair = _pair(*(_column(cells, BOWL, method, "progress", "end") for method in ("momentum", "adam")))
    if pair is None:
        return None
    return paired_log_ratio(*pair, floor=FLOOR), f"{BOWL} at the end of the budget, both tuned"


def _memory(_: Cells, tables: Tables) -> Settled | None:
    numbers = dict(zip(tables["memory"]["optimizer"], tables["memory"]["numbers_per_parameter"], strict=True))
    if not {"rmsprop", "adam"} <= numbers.keys():
        return None
    share = numbers["rmsprop"] / numbers["adam"]
    return Estimate(share, share, share), "counted from the tensors of the state, so the interval has no width"


def _exponent(family: str, optimizer: str) -> Callable[[Cells, Tables], Settled | None]:
    def found(_: Cells, tables: Tables) -> Settled | None:
        exponents = tables.get("condition_exponents", pd.DataFrame())
        if exponents.empty:
            return None
        own = exponents[(exponents["family"] == family) & (exponents["optimizer"] == optimizer)]
        if own.empty:
            return None
        row = own.iloc[0]
        settings = f"family {family}, condition numbers {row['from']:.3g} to {row['to']:.3g}, tuned at each"
        return Estimate(row["exponent"], row["exponent_low"], row["exponent_high"]), settings

    return found


def _feature_condition(cells: Cells, _: Tables) -> Settled | None:
    """Decades by which standardizing lowers the condition number, over samples."""
    found = [[c for c in cells if c.about["problem"] == f"features_{kind}"] for kind in ("raw", "standardized")]
    if not all(found):
        return None
    raw, scaled = (each[0].tables["conditions"]["condition"].to_numpy() for each in found)
    return bootstrap(np.log10(raw / scaled)), f"{len(raw)} samples of four features, scales 0.3 to 10"


def _fading(cells: Cells, _: Tables) -> Settled | None:
    """Decades by which normalization lessens the absolute fading of the signal, all gains and seeds together."""
    plain, normalized = fading_of(cells, "deep_plain"), fading_of(cells, "deep_normalized")
    if plain is None or normalized is None:
        return None
    worst = [
        table.assign(size=table["fading"].abs()).groupby("seed")["size"].max().to_numpy()
        for table in (normalized, plain)
    ]
    gains = ", ".join(f"{gain:g}" for gain in sorted(plain["gain"].unique()))
    return paired_difference(worst[0], worst[1]), f"the worst of the gains {gains} at each seed"


ESTIMATES: dict[str, Callable[[Cells, Tables], Settled | None]] = {
    "C2-edge-gd": _deviation("edges", "gd"),
    "C2-edge-momentum": _deviation("edges", "momentum"),
    "C2-decay-gd": _deviation("decays", "gd"),
    "C2-decay-momentum": _deviation("decays", "momentum"),
    "C2-best-gd": _scan("gd"),
    "C2-best-momentum": _scan("momentum"),
    "C2-steps-gd": _exponent("aligned", "gd"),
    "C2-steps-momentum": _exponent("aligned", "momentum"),
    "C3-oscillation": _crossings,
    "C3-speed": _steps((VALLEY, "momentum"), (VALLEY, "gd")),
    "C5-early": _early,
    "C5-path": _stable,
    "C5-end": _end,
    "C7": _memory,
    "C18-curvature": _exponent("aligned", "rmsprop"),
    "C18-units": _steps(("units_100", "rmsprop"), ("condition_1", "rmsprop")),
    "C18-turned": _exponent("turned", "rmsprop"),
    "C18-turned-steps": _steps(("turned_1000", "rmsprop"), ("condition_1000", "rmsprop")),
    "C26-condition": _feature_condition,
    "C26-steps": _steps(("features_raw", "gd"), ("features_standardized", "gd")),
    "C26-layers": _fading,
    "C26-depth": _steps(("deep_normalized", "gd"), ("deep_plain", "gd")),
}
