"""Tables of training against the batch size: steps and samples to a target, learning rates, critical batch sizes."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from src.core.result import Result
from src.core.status import Status
from src.statistics.intervals import UNKNOWN, Estimate, bootstrap, mean, percentile_interval, resamples
from src.statistics.scaling import batch_scaling, decades_between, slopes
from src.studies.batch_noise.descents import FASTEST, LOWEST, SHARED
from src.studies.batch_noise.laws import interval
from src.tables.concat_tables import concat_tables


def gathered(cells: Sequence[Result], name: str) -> pd.DataFrame:
    """All cells' tables called ``name``, problem after problem, batch sizes ascending where the cells are."""
    return problem_by_problem(concat_tables(cells, name))


def problem_by_problem(table: pd.DataFrame) -> pd.DataFrame:
    """Rows sorted by problem, in the order in which problems first occur; the order within a problem is kept."""
    places = {problem: place for place, problem in enumerate(dict.fromkeys(table["problem"]))}
    return table.sort_values("problem", key=lambda column: column.map(places), kind="stable", ignore_index=True)


def by_seed(summary: pd.DataFrame, problem: str, purpose: str, column: str) -> pd.DataFrame:
    """``column`` by seed (rows) and batch size (columns)."""
    rows = summary[(summary["problem"] == problem) & (summary["purpose"] == purpose)]
    return pd.DataFrame({batch: own.set_index("seed")[column] for batch, own in rows.groupby("batch")})


def steps_table(summary: pd.DataFrame, cells: Sequence[Result]) -> pd.DataFrame:
    """Steps to the target at each batch size's fastest learning rate, and the fastest and lowest learning rates.

    Columns ``problem``, ``batch``, ``steps`` (median over test seeds) with interval, ``samples`` = steps x batch,
    ``reached`` (share of seeds), ``fastest`` with interval (over tuning seeds), ``lowest``, and whether a rate is at
    the edge of its grid (``fastest_at_edge``, ``lowest_at_edge``).
    """
    rows = []
    for cell in cells:
        problem, batch = str(cell.about["problem"]), int(cell.about["batch"])
        own = summary[(summary["problem"] == problem) & (summary["batch"] == batch)]
        race = own[own["purpose"] == FASTEST]
        steps = bootstrap(race["hitting_time"].to_numpy())
        chosen = rate_spread(own[own["purpose"] == "tuning"])
        low, high = percentile_interval(chosen) if np.isfinite(chosen).all() else (np.nan, np.nan)
        row = {"problem": problem, "batch": batch, **interval("steps", steps), "samples": steps.value * batch}
        row |= {"reached": float(np.isfinite(race["hitting_time"]).mean())}
        row |= interval("fastest", Estimate(float(race["learning_rate"].iloc[0]), float(low), float(high)))
        row |= {"lowest": float(own.loc[own["purpose"] == LOWEST, "learning_rate"].iloc[0])}
        row |= {
            "fastest_at_edge": cell.about["fastest_at_edge"],
            "lowest_at_edge": cell.about["learning_rate_at_edge"],
        }
        rows.append(row)
    return problem_by_problem(pd.DataFrame(rows))


def rate_spread(tuning: pd.DataFrame) -> np.ndarray:
    """Fastest learning rate in each resample of the tuning seeds, shape (B,); NaN where none reaches the target."""
    steps = pd.DataFrame(
        {rate: own.set_index("seed")["hitting_time"] for rate, own in tuning.groupby("learning_rate")}
    )
    times = steps.to_numpy(float)[resamples(len(steps))]  # (B, seeds, rates)
    # The median of an even number of seeds lies between two values that may be infinite; the upper one is taken then.
    with np.errstate(invalid="ignore"):
        middle = np.median(times, axis=1)
    middle = np.where(np.isnan(middle), np.inf, middle)
    best = steps.columns.to_numpy(float)[middle.argmin(axis=1)]
    return np.where(np.isfinite(middle.min(axis=1)), best, np.nan)


def rate_exponent(summary: pd.DataFrame, problem: str) -> Estimate:
    """Exponent of the fastest learning rate in the batch size, with an interval over tuning seeds."""
    race = by_seed(summary, problem, FASTEST, "learning_rate").iloc[0]
    known = np.isfinite(by_seed(summary, problem, FASTEST, "hitting_time")).mean() > 0.5
    batches = race.index.to_numpy(float)
    if known.sum() < 2:
        return UNKNOWN
    value = slopes(np.log(batches), np.where(known, np.log(race.to_numpy(float)), np.nan))
    tuning = summary[(summary["problem"] == problem) & (summary["purpose"] == "tuning")]
    chosen = np.stack([rate_spread(tuning[tuning["batch"] == batch]) for batch in batches], axis=-1)
    spread = slopes(np.log(batches), np.log(chosen))
    if not np.isfinite(spread).all() or tuning["seed"].nunique() < 2:
        return Estimate(float(value), np.nan, np.nan)
    low, high = percentile_interval(spread)
    return Estimate(float(value), float(low), float(high))


def scaling_table(summary: pd.DataFrame, scale: pd.DataFrame, noise: pd.DataFrame) -> pd.DataFrame:
    """The fitted law ``S(B) = S_min (1 + B_crit / B)`` with the gradient noise scale, one row per problem.

    Columns: ``least_steps`` and ``critical`` with intervals, ``misfit`` in decades, the exact noise scale at the
    start and at the target, its mean over the steps between with interval, ``reached`` (share of the reference's
    seeds that reached the target), ``decades``: log10 of the critical batch size over that mean, ``rate_exponent``,
    and ``decades_lost``: log10 of the samples to the target at the largest batch size over those at the smallest, by
    seed pairs.
    """
    rows = []
    for problem in dict.fromkeys(summary["problem"]):
        race = by_seed(summary, problem, FASTEST, "hitting_time")
        fit = batch_scaling(race.columns.to_numpy(float), race.to_numpy(float))
        exact = scale[(scale["problem"] == problem) & scale["batch"].isna()]
        along = exact[exact["progress"].isna()].iloc[0]
        ends = exact.dropna(subset="progress").sort_values("progress")["scale"]
        averaged = Estimate(*along[["scale", "scale_low", "scale_high"]])
        samples = race.to_numpy(float) * race.columns.to_numpy(float)
        with np.errstate(invalid="ignore"):
            lost = np.log10(samples[:, -1]) - np.log10(samples[:, 0])
        rows.append(
            {
                "problem": problem,
                **interval("least_steps", fit.least_steps),
                **interval("critical", fit.critical),
                "misfit": fit.misfit,
                "noise_start": float(ends.iloc[0]),
                **interval("noise_mean", averaged),
                "noise_target": float(ends.iloc[-1]),
                "reached": noise.loc[noise["problem"] == problem, "reached"].mean(),
                **interval("decades", decades_between(fit.critical, averaged)),
                **interval("rate_exponent", rate_exponent(summary, problem)),
                **interval("decades_lost", UNKNOWN if np.isnan(lost).any() else bootstrap(lost)),
            }
        )
    return pd.DataFrame(rows)


def ends_table(summary: pd.DataFrame) -> pd.DataFrame:
    """Ends of equal epochs, at the tuned (``lowest``) and at the shared rate; one row per problem, batch and purpose.

    Columns: ``learning_rate``; medians over seeds of ``first_epoch`` and ``last`` (objective after one epoch and at
    the end) and ``rises``; means with intervals of ``accuracy`` on the test part; ``diverged`` share. The
    ``accuracy`` of the purpose ``fastest`` is on the validation part when the target was reached: at equal training
    loss.
    """
    rows = []
    for (problem, batch, purpose), own in summary.groupby(["problem", "batch", "purpose"], sort=False):
        if purpose not in (FASTEST, LOWEST, SHARED):
            continue
        column = "accuracy_at_target" if purpose == FASTEST else "final_test_accuracy"
        accuracy = own[column].dropna().to_numpy() if column in own else np.empty(0)
        rows.append(
            {
                "problem": problem,
                "batch": batch,
                "purpose": purpose,
                "learning_rate": own["learning_rate"].iloc[0],
                "first_epoch": own["first_epoch"].median(),
                "last": own["final_loss"].median(),
                "rises": own["rises"].median(),
                **interval("accuracy", bootstrap(accuracy, mean)),
                "diverged": (own["status"] == Status.DIVERGED.label).mean(),
            }
        )
    return pd.DataFrame(rows)
