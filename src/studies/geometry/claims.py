"""The verdicts of the study of geometry, from its tables; a claim whose cells were not run is left out."""

from collections.abc import Callable, Iterator, Mapping

import pandas as pd

from src.protocol.claims import Claim, RunsMissing, settle_each
from src.statistics.intervals import Estimate, bootstrap, proportion
from src.statistics.scaling import distance_from
from src.studies.geometry.distances import exponent, fall

_LARGE = 50  # dimensions from which the limit law is fitted without the chi distribution's help
HALF = -0.5


def exponents_table(distances: pd.DataFrame) -> pd.DataFrame:
    """The exponent of the spread in the dimension, fitted in three ways, with 95 % intervals over the seeds."""
    ways = {
        "all dimensions, chi correction": exponent(distances, corrected=True),
        f"from {_LARGE} dimensions, as measured": exponent(distances, corrected=False, at_least=_LARGE),
        "all dimensions, as measured": exponent(distances, corrected=False),
    }
    rows = [(way, *found, found.low <= HALF <= found.high) for way, found in ways.items()]
    return pd.DataFrame(rows, columns=["fit", "exponent", "low", "high", "holds_minus_half"])


def verdicts(claims: Mapping[str, Claim], tables: Mapping[str, pd.DataFrame]) -> tuple[pd.DataFrame, dict[str, str]]:
    """One row per claim that the tables can settle; and the runs that the other claims need."""

    def settle(name: str, claim: Claim) -> Iterator[dict[str, object]]:
        table, estimate = _SETTLED[name]
        if table not in tables:
            raise RunsMissing(f"needs runs of {NEEDED[table]}")
        yield claim.settle(name, *estimate(tables[table]))

    return settle_each(claims, settle)


NEEDED = {
    "distances": "problem=linear_regression",
    "permutations": "problem=digits_mlp",
    "landscapes": "at least one landscape",
    "uniqueness": "at least one landscape",
}
Settled = tuple[Estimate, str]


def _concentrates(distances: pd.DataFrame) -> Settled:
    few, many = distances["dimension"].min(), distances["dimension"].max()
    return fall(distances), f"normal points, {few} to {many} dimensions, {distances['seed'].nunique()} clouds"


def _law(distances: pd.DataFrame) -> Settled:
    found = distance_from(exponent(distances, corrected=True), HALF)
    return found, f"normal points, {distances['seed'].nunique()} clouds; spreads corrected by the chi distribution"


def _unchanged(permutations: pd.DataFrame) -> Settled:
    # The claim is of every permutation, so the worst of each network's stands for it.
    worst = permutations.groupby("seed")["loss_change"].max().to_numpy()
    return bootstrap(worst), f"{_networks(permutations)}; the largest change of each network, double precision"


def _barrier(permutations: pd.DataFrame) -> Settled:
    return bootstrap(permutations.groupby("seed")["barrier"].median().to_numpy()), _networks(permutations)


def _networks(permutations: pd.DataFrame) -> str:
    networks = permutations["seed"].nunique()
    each = len(permutations) // networks
    return f"digits MLP, {networks} trained networks, {each} random permutations of each"


def _agreement(landscapes: pd.DataFrame) -> Settled:
    return proportion(float(landscapes["agree"].mean()), len(landscapes)), f"{len(landscapes)} landscapes"


def _local_is_global(landscapes: pd.DataFrame) -> Settled:
    convex = landscapes[landscapes["known_convex"]]
    if convex.empty:
        raise RunsMissing("needs runs of a landscape that is known to be convex, as problem=bowl")
    kept = (convex[["local_minima", "edge_minima", "stationary_not_global"]] == 0).all(axis=1)
    return proportion(float(kept.mean()), len(convex)), f"{len(convex)} convex landscapes"


def _unique(uniqueness: pd.DataFrame) -> Settled:
    convex = uniqueness[uniqueness["convex"]]
    most = convex.sort_values("minima").iloc[-1]
    count = float(most["minima"])
    return Estimate(count, count, count), f"f(x) = {most['function']} on [-1, 1], {most['tried']} points: exact"


# The table that settles each claim, and how.
_SETTLED: dict[str, tuple[str, Callable[[pd.DataFrame], Settled]]] = {
    "C1": ("distances", _concentrates),
    "C1.law": ("distances", _law),
    "C25": ("permutations", _unchanged),
    "C25.line": ("permutations", _barrier),
    "C32": ("landscapes", _agreement),
    "C32.local": ("landscapes", _local_is_global),
    "C32.unique": ("uniqueness", _unique),
}
SETTLED = tuple(_SETTLED)
