"""Claims of the study of geometry, settled from its tables; a claim whose runs are missing is left out."""

from collections.abc import Callable, Iterator, Mapping

import pandas as pd

from src.protocol.claims import Claim, RunsMissing, settle_each
from src.statistics.intervals import Estimate, bootstrap
from src.statistics.scaling import distance_from
from src.studies.geometry.distances import exponent, fall

_LARGE = 50  # smallest dimension in the fit of the limit law without the chi distribution's correction
HALF = -0.5  # exponent of the limit law


def exponents_table(distances: pd.DataFrame) -> pd.DataFrame:
    """Exponent of the spread in the dimension, from three fits, with 95 % intervals over the seeds."""
    fits = {
        "all dimensions, chi correction": exponent(distances, corrected=True),
        f"from {_LARGE} dimensions, as measured": exponent(distances, corrected=False, at_least=_LARGE),
        "all dimensions, as measured": exponent(distances, corrected=False),
    }
    rows = [(fit, *found, found.low <= HALF <= found.high) for fit, found in fits.items()]
    return pd.DataFrame(rows, columns=["fit", "exponent", "low", "high", "holds_minus_half"])


def verdicts(claims: Mapping[str, Claim], tables: Mapping[str, pd.DataFrame]) -> tuple[pd.DataFrame, dict[str, str]]:
    """The ``verdicts`` table, one row per claim that the tables can settle; and the runs that other claims need."""

    def settle(name: str, claim: Claim) -> Iterator[dict[str, object]]:
        table, estimate = _BASES[name]
        if table not in tables:
            raise RunsMissing(f"needs runs of {NEEDED[table]}")
        yield claim.settle(name, *estimate(tables[table]))

    return settle_each(claims, settle)


# The runs that make each table.
NEEDED = {
    "distances": "problem=linear_regression",
    "permutations": "problem=digits_mlp",
    "landscapes": "at least one landscape",
    "uniqueness": "at least one landscape",
}
Basis = tuple[Estimate, str]  # the estimate of a claim, and its settings in words


def _concentrates(distances: pd.DataFrame) -> Basis:
    few, many = distances["dimension"].min(), distances["dimension"].max()
    return fall(distances), f"normal points, {few} to {many} dimensions, {distances['seed'].nunique()} clouds"


def _law(distances: pd.DataFrame) -> Basis:
    found = distance_from(exponent(distances, corrected=True), HALF)
    return found, f"normal points, {distances['seed'].nunique()} clouds; spreads corrected by the chi distribution"


def _unchanged(permutations: pd.DataFrame) -> Basis:
    # The claim is about every permutation, so each network counts with its largest change.
    worst = permutations.groupby("seed")["loss_change"].max().to_numpy()
    return bootstrap(worst), f"{_networks(permutations)}; the largest change of each network, double precision"


def _barrier(permutations: pd.DataFrame) -> Basis:
    return bootstrap(permutations.groupby("seed")["barrier"].median().to_numpy()), _networks(permutations)


def _networks(permutations: pd.DataFrame) -> str:
    networks = permutations["seed"].nunique()
    count = len(permutations) // networks
    return f"digits MLP, {networks} trained networks, {count} random permutations of each"


def _exact(count: float) -> Estimate:
    """A number that is counted, not estimated from a sample: its interval is the number."""
    return Estimate(count, count, count)


def _agreement(landscapes: pd.DataFrame) -> Basis:
    return _exact(float((~landscapes["agree"]).sum())), f"{len(landscapes)} landscapes, all that are listed: exact"


def _local_is_global(landscapes: pd.DataFrame) -> Basis:
    convex = landscapes[landscapes["known_convex"]]
    if convex.empty:
        raise RunsMissing("needs runs of a landscape that is known to be convex, as problem=bowl")
    kept = (convex[["local_minima", "edge_minima", "stationary_not_global"]] == 0).all(axis=1)
    return _exact(float((~kept).sum())), f"{len(convex)} convex landscapes, all that are listed: exact"


def _unique(uniqueness: pd.DataFrame) -> Basis:
    convex = uniqueness[uniqueness["convex"]]
    most = convex.sort_values("minima").iloc[-1]
    return _exact(float(most["minima"])), f"f(x) = {most['function']} on [-1, 1], {most['tried']} points: exact"


# The table that settles each claim, and the estimate from the table.
_BASES: dict[str, tuple[str, Callable[[pd.DataFrame], Basis]]] = {
    "C1": ("distances", _concentrates),
    "C1.law": ("distances", _law),
    "C25": ("permutations", _unchanged),
    "C25.line": ("permutations", _barrier),
    "C32": ("landscapes", _agreement),
    "C32.local": ("landscapes", _local_is_global),
    "C32.unique": ("uniqueness", _unique),
}
CLAIMS = tuple(_BASES)
