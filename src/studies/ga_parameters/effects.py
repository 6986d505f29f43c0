"""Effects of the parameters of a genetic algorithm, from outcomes: one row per seed and setting."""

from typing import Any

import numpy as np
import pandas as pd

from src.statistics.intervals import bootstrap, mean
from src.tables.quantiles import quantiles

PARAMETERS = ("population", "crossover", "mutation_rate", "mutation_scale")
SETTING = ["mutation_rate", "mutation_scale"]


def decades(gap: pd.Series, tolerance: pd.Series | float) -> pd.Series:
    """log10 of the gap to the minimum, where a gap below the tolerance counts as the tolerance."""
    return pd.Series(np.log10(np.maximum(gap, tolerance)), index=gap.index)


def maps_table(outcomes: pd.DataFrame, tolerance: float) -> pd.DataFrame:
    """One row per setting and way of comparing: quantiles of the gap over the test seeds, and the share solved."""
    rows = []
    keys = ["by", "evaluations", *SETTING, "textbook"]
    for values, found in outcomes.query("split == 'test'").groupby(keys, sort=True):
        low, middle, high = quantiles(found["gap"].to_numpy())
        share = float((found["gap"] <= tolerance).mean())
        rows.append(
            dict(zip(keys, values, strict=True)) | {"q25": low, "median": middle, "q75": high, "solved": share}
        )
    return pd.DataFrame(rows)


def chosen_settings(outcomes: pd.DataFrame, tolerance: float) -> dict[str, dict[str, float]]:
    """For each way of comparing, the rate and scale with the lowest mean decades over the tuning seeds."""
    tuning = outcomes.query("split == 'tuning'")
    scored = tuning.assign(score=decades(tuning["gap"], tolerance))
    chosen: dict[str, dict[str, float]] = {}
    for by, found in scored.groupby("by"):
        means = found.groupby(SETTING)["score"].mean()
        rate, scale = means.index[int(means.argmin())]
        chosen[str(by)] = {"mutation_rate": float(rate), "mutation_scale": float(scale)}
    return chosen


def effects_table(outcomes: pd.DataFrame) -> pd.DataFrame:
    """Gain of each parameter's best level over its worst, averaged over the levels of all other parameters.

    Best and worst level are chosen on the tuning seeds and judged on the test seeds, so that the effect of a
    parameter that does nothing is 0 on average and not the range of the noise. In decades of the gap, with a
    bootstrap interval over seeds.
    """
    scored = outcomes.assign(score=decades(outcomes["gap"], outcomes["tolerance"]))
    rows: list[dict[str, Any]] = []
    for (problem, by), found in scored.groupby(["problem", "by"], sort=False):
        for parameter in PARAMETERS:
            if found[parameter].nunique() < 2:
                continue
            tuning = found[found["split"] == "tuning"].groupby(parameter)["score"].mean()
            best, worst = (tuning.index[int(place)] for place in (tuning.argmin(), tuning.argmax()))
            test = found[found["split"] == "test"].groupby([parameter, "seed"])["score"].mean()
            gain = test.loc[worst] - test.loc[best]
            value, low, high = bootstrap(gain.to_numpy(), mean)
            names = {"problem": problem, "by": by, "parameter": parameter, "best": str(best), "worst": str(worst)}
            rows.append(names | {"gain": value, "low": low, "high": high})
    return pd.DataFrame(rows)


def populations_table(outcomes: pd.DataFrame) -> pd.DataFrame:
    """The gap by population, quantiles over the test seeds: at each population's best setting, and at the textbook's.

    Columns problem, by, setting (``tuned`` or ``textbook``), population, q25, median, q75. The textbook crosses over
    by blending.
    """
    scored = outcomes.assign(score=decades(outcomes["gap"], outcomes["tolerance"]))
    rows: list[dict[str, Any]] = []
    for (problem, by, population), found in scored.groupby(["problem", "by", "population"], sort=False):
        settings = ["crossover", *SETTING]
        means = found[found["split"] == "tuning"].groupby(settings)["score"].mean()
        best = dict(zip(settings, means.index[int(means.argmin())], strict=True))
        tuned = found[np.all([found[key] == value for key, value in best.items()], axis=0)]
        textbook = found[found["textbook"] & (found["crossover"] == "blend")]
        for setting, chosen in (("tuned", tuned), ("textbook", textbook)):
            gap = chosen.loc[chosen["split"] == "test", "gap"].to_numpy()
            if gap.size:
                ends = dict(zip(("q25", "median", "q75"), quantiles(gap), strict=True))
                names = {"problem": problem, "by": by, "setting": setting, "population": population}
                rows.append(names | ends)
    return pd.DataFrame(rows)
