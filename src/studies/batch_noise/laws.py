"""Laws of gradient noise, from its measurements at each batch size."""

import numpy as np
import pandas as pd

from src.statistics.intervals import Estimate, bootstrap, mean, percentile_interval, resamples
from src.statistics.scaling import power_law, ratio_of_means

POOLED = "all points"


def interval(name: str, estimate: Estimate) -> dict[str, float]:
    """Three columns: ``name``, ``name_low`` and ``name_high``."""
    return {name: estimate.value, f"{name}_low": estimate.low, f"{name}_high": estimate.high}


def noise_law(noise: pd.DataFrame) -> pd.DataFrame:
    """Exponent of the variance in the batch size, by problem and point, and over all its points.

    Columns ``problem``, ``point``, ``exponent`` with interval (over seeds), ``holds`` (whether the interval holds
    -1), and ``exact``: tr Sigma. NaN where a problem has one batch size only.
    """
    rows = []
    for problem, own in noise.groupby("problem", sort=False):
        logs = own.assign(log=np.log(own["variance"]))
        groups = [(str(point), group) for point, group in logs.groupby("point", sort=False)]
        for point, group in [*groups, (POOLED, logs)]:
            # Over all points: a seed's geometric mean over its points.
            table = group.pivot_table(index="seed", columns="batch", values="log")
            found = power_law(table.columns.to_numpy(float), np.exp(table.to_numpy()))
            row = {"problem": problem, "point": point, **interval("exponent", found)}
            rows.append(row | {"holds": found.low <= -1 <= found.high, "exact": group["trace"].mean()})
    return pd.DataFrame(rows)


def noise_product(noise: pd.DataFrame) -> pd.DataFrame:
    """Batch size times variance: ``product`` with interval, ``exact`` = tr Sigma, and their ``ratio``.

    One row per problem, batch size and point, and one over all points, which has a ratio only, as traces differ.
    """
    rows = []
    for (problem, batch), own in noise.groupby(["problem", "batch"], sort=False):
        place = {"problem": problem, "batch": batch}
        times = own.assign(product=own["batch"] * own["variance"])
        times["ratio"] = times["product"] / times["trace"]
        for point, group in times.groupby("point", sort=False):
            found = bootstrap(group["product"].to_numpy(), mean)
            ratio = bootstrap(group["ratio"].to_numpy(), mean)
            row = {"point": point, "product": found.value, "low": found.low, "high": found.high}
            rows.append(place | row | {"exact": group["trace"].mean(), **interval("ratio", ratio)})
        pooled = bootstrap(times.groupby("seed")["ratio"].mean().to_numpy(), mean)
        rows.append(place | {"point": POOLED, **interval("ratio", pooled)})
    return pd.DataFrame(rows)


def noise_scale(noise: pd.DataFrame) -> pd.DataFrame:
    """Gradient noise scale ``tr Sigma / |G|^2`` along the reference descent: exact, and by the two-batch estimate.

    Columns ``problem``, ``progress`` (0 … 1; NaN: mean over the steps of the descent), ``batch`` (NaN: exact,
    from all samples' gradients) and ``scale`` with interval over seeds.
    """
    rows = []
    for problem, own in noise[noise["progress"].notna()].groupby("problem", sort=False):
        exact = own[own["batch"] == own["batch"].min()]
        for progress, group in exact.groupby("progress"):
            found = ratio_of_means(group["trace"], group["square"])
            rows.append({"problem": problem, "progress": progress, "batch": np.nan, **interval("scale", found)})
        found = _mean_over_steps(exact)
        rows.append({"problem": problem, "progress": np.nan, "batch": np.nan, **interval("scale", found)})
        for (progress, batch), group in own.groupby(["progress", "batch"]):
            found = ratio_of_means(group["trace_estimate"], group["square_estimate"])
            rows.append({"problem": problem, "progress": progress, "batch": batch, **interval("scale", found)})
    return pd.DataFrame(rows)


def _mean_over_steps(exact: pd.DataFrame) -> Estimate:
    """Mean of the noise scale over the steps to the target, by trapezoids between the points."""
    trace, square = (
        exact.pivot_table(index="seed", columns="progress", values=name).to_numpy() for name in ("trace", "square")
    )
    progress = np.sort(exact["progress"].unique())
    if len(progress) < 2:
        return ratio_of_means(trace[:, 0], square[:, 0])
    value = float(np.trapezoid(trace.mean(0) / square.mean(0), progress))
    if len(trace) < 2:
        return Estimate(value, np.nan, np.nan)
    drawn = resamples(len(trace))
    low, high = percentile_interval(np.trapezoid(trace[drawn].mean(1) / square[drawn].mean(1), progress, axis=-1))
    return Estimate(value, float(low), float(high))


def estimation_law(estimation: pd.DataFrame, spread: float) -> pd.DataFrame:
    """Row R31: error of an estimate of ``2 x`` from ``batch`` draws of ``2 x + N(0, spread)``.

    Columns ``batch``, ``rms`` with interval, ``theory`` = spread / sqrt(batch), ``cost`` (draws per point), and the
    exponent of the error in the batch size with its interval, the same in every row.
    """
    every = estimation.drop_duplicates(["batch", "seed"])  # problems share these numbers
    table = every.pivot_table(index="seed", columns="batch", values="rms").dropna()
    law = power_law(table.columns.to_numpy(float), table.to_numpy())
    rows = [
        {"batch": batch, **interval("rms", bootstrap(group["rms"].to_numpy(), mean))}
        for batch, group in every.groupby("batch")
    ]
    found = pd.DataFrame(rows)
    return found.assign(theory=spread / np.sqrt(found["batch"]), cost=found["batch"], **interval("exponent", law))
