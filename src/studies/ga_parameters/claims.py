"""Verdicts on the claims about a genetic algorithm's parameters, from outcomes: one row per seed and setting."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd

from src.protocol.claims import Claim, RunsMissing, settle_each
from src.statistics.intervals import Estimate, bootstrap, mean
from src.studies.ga_parameters.effects import decades

# A larger population, after as many generations or evaluations; the rate at the textbook's step; the best rate.
KINDS = ("generation", "evaluation", "small_step", "interior")


def verdicts(claims: Mapping[str, Claim], outcomes: pd.DataFrame) -> tuple[pd.DataFrame, dict[str, str]]:
    """The ``verdicts`` table, each claim on each problem, and for each claim without a row the runs that it needs."""
    scored = outcomes.assign(score=decades(outcomes["gap"], outcomes["tolerance"]))

    def rows(name: str, claim: Claim) -> Iterator[dict[str, object]]:
        lacking = list[RunsMissing]()
        kind = name.rpartition(".")[2]
        problems = scored.groupby("problem", sort=False)
        for problem, found in problems:
            try:
                estimate, where = _estimate(kind, found)
            except RunsMissing as reason:
                lacking.append(reason)
                continue
            yield claim.settle(name, estimate, f"{problem}; {where}")
        if len(lacking) == len(problems):
            raise lacking[0]

    return settle_each(claims, rows)


def _estimate(kind: str, found: pd.DataFrame) -> tuple[Estimate, str]:
    """Estimate of a claim of ``kind`` on the outcomes of one problem, and its settings in words."""
    if kind in ("generation", "evaluation"):
        return larger_population(found[found["by"] == f"{kind}s"])
    if kind == "small_step":
        return rate_effect(found[found["by"] == "generations"])
    return interior_rate(found[found["by"] == "evaluations"])


def larger_population(found: pd.DataFrame) -> tuple[Estimate, str]:
    """Mean gain in decades, over seeds, of the largest population over the smallest, each at its best setting.

    Crossover, rate and scale are chosen for each population by the tuning seeds.

    Raises:
        RunsMissing: there is one population alone.
    """
    few, many = found["population"].min(), found["population"].max()
    if few == many:
        raise RunsMissing("needs runs of two values of search.population")
    gaps = {size: _at_best(found[found["population"] == size])[0] for size in (few, many)}
    pairs = pd.concat(gaps, axis=1).dropna()
    return bootstrap((pairs[few] - pairs[many]).to_numpy(), mean), f"population {many} against {few}, each tuned"


def rate_effect(found: pd.DataFrame) -> tuple[Estimate, str]:
    """Mean gain in decades of the best rate over the worst at the textbook's own step, population and crossover.

    Best and worst are chosen by the tuning seeds.

    Raises:
        RunsMissing: the textbook's setting was not run.
    """
    scale = found.loc[found["textbook"], "mutation_scale"]
    rows = found[np.isclose(found["mutation_scale"], scale.iloc[0] if len(scale) else np.nan)]
    rows = rows[(rows["crossover"] == "blend") & (rows["population"] == 100)]
    if rows.empty:
        raise RunsMissing("needs runs of search.population=100 search.crossover=blend, as in the textbook")
    tuning = rows[rows["split"] == "tuning"].groupby("mutation_rate")["score"].mean()
    test = rows[rows["split"] == "test"].pivot_table(index="seed", columns="mutation_rate", values="score")
    gain = test[tuning.idxmax()] - test[tuning.idxmin()]
    words = f"rate {tuning.idxmin():g} against {tuning.idxmax():g}, step 0.1, blend, population 100"
    return bootstrap(gain.to_numpy(), mean), words


def interior_rate(found: pd.DataFrame) -> tuple[Estimate, str]:
    """Mean gain in decades of the best rate inside the range over the better of the two ends.

    For each rate the population, crossover and scale that the tuning seeds choose; inside means neither the lowest
    nor the highest rate.

    Raises:
        RunsMissing: there are fewer than three rates.
    """
    rates = np.sort(found["mutation_rate"].unique())
    if len(rates) < 3:
        raise RunsMissing("needs three values or more in study.rates")
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
