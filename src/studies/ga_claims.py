"""The claims on a genetic algorithm's parameters, from outcomes: one row a seed and setting."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from src.statistics.intervals import UNKNOWN, Estimate, bootstrap, mean
from src.studies.claims import Claim
from src.studies.ga_effects import decades

# A larger population, after as many generations or evaluations; the rate at the textbook's step; the best rate.
KINDS = ("generation", "evaluation", "small_step", "interior")


def settled(claims: Mapping[str, Claim], outcomes: pd.DataFrame) -> list[dict[str, object]]:
    """The rows of ``verdicts``: each claim on each problem that it is about."""
    scored = outcomes.assign(score=decades(outcomes["gap"], outcomes["tolerance"]))
    rows = []
    for name, claim in claims.items():
        kind = name.rpartition(".")[2]
        for problem, found in scored.groupby("problem", sort=False):
            if kind in ("generation", "evaluation"):
                estimate, where = larger_population(found[found["by"] == f"{kind}s"])
            elif kind == "small_step":
                estimate, where = rate_effect(found[found["by"] == "generations"])
            else:
                estimate, where = interior_rate(found[found["by"] == "evaluations"])
            rows.append(claim.settle(name, estimate, f"{problem}; {where}"))
    return rows


def larger_population(found: pd.DataFrame) -> tuple[Estimate, str]:
    """Mean gain in decades, over seeds, of the largest population over the smallest, each at its best setting.

    Crossover, rate and scale are chosen for each population by the tuning seeds.
    """
    few, many = found["population"].min(), found["population"].max()
    if few == many:
        return UNKNOWN, "one population"
    gaps = {size: _at_best(found[found["population"] == size])[0] for size in (few, many)}
    pairs = pd.concat(gaps, axis=1).dropna()
    return bootstrap((pairs[few] - pairs[many]).to_numpy(), mean), f"population {many} against {few}, each tuned"


def rate_effect(found: pd.DataFrame) -> tuple[Estimate, str]:
    """Mean gain in decades of the best rate over the worst at the textbook's own step, population and crossover.

    Best and worst are chosen by the tuning seeds.
    """
    scale = found.loc[found["textbook"], "mutation_scale"]
    rows = found[np.isclose(found["mutation_scale"], scale.iloc[0] if len(scale) else np.nan)]
    rows = rows[(rows["crossover"] == "blend") & (rows["population"] == 100)]
    if rows.empty:
        return UNKNOWN, "the textbook's setting was not run"
    tuning = rows[rows["split"] == "tuning"].groupby("mutation_rate")["score"].mean()
    test = rows[rows["split"] == "test"].pivot_table(index="seed", columns="mutation_rate", values="score")
    gain = test[tuning.idxmax()] - test[tuning.idxmin()]
    words = f"rate {tuning.idxmin():g} against {tuning.idxmax():g}, step 0.1, blend, population 100"
    return bootstrap(gain.to_numpy(), mean), words


def interior_rate(found: pd.DataFrame) -> tuple[Estimate, str]:
    """Mean gain in decades of the best rate inside the range over the better of the two ends.

    For each rate the population, crossover and scale that the tuning seeds choose; inside means neither the lowest
    nor the highest rate.
    """
    rates = np.sort(found["mutation_rate"].unique())
    if len(rates) < 3:
        return UNKNOWN, "fewer than three rates"
    best: dict[float, tuple[Any, float]] = {
        rate: _at_best(found[found["mutation_rate"] == rate]) for rate in rates.tolist()
    }
    inside = min(rates[1:-1].tolist(), key=lambda rate: best[rate][1])
    end = min((rates[0], rates[-1]), key=lambda rate: best[rate][1])
    pairs = pd.concat({"inside": best[inside][0], "end": best[end][0]}, axis=1).dropna()
    words = f"rate {inside:g} against {end:g}, all else tuned for each"
    return bootstrap((pairs["end"] - pairs["inside"]).to_numpy(), mean), words


def _at_best(found: pd.DataFrame) -> tuple[pd.Series, float]:
    """Scores by test seed at the setting with the lowest mean over the tuning seeds, and that mean."""
    keys = ["population", "crossover", "mutation_rate", "mutation_scale"]
    means = found[found["split"] == "tuning"].groupby(keys)["score"].mean()
    place = dict(zip(keys, means.index[int(means.argmin())], strict=True))
    rows = found[found["split"] == "test"]
    for key, value in place.items():
        rows = rows[rows[key] == value]
    return rows.set_index("seed")["score"], float(means.min())
