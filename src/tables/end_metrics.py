"""End metrics of a run: the same names in every study; a metric without a value is left out, with the reason."""

import numpy as np
import pandas as pd

from src.core.status import Status
from src.tables.quantiles import quantiles


def end_metrics(
    test: pd.DataFrame, learning_rate: float, target: float | None
) -> tuple[dict[str, float], dict[str, str]]:
    """Metrics over the test replicates, and for each missing metric the reason.

    Args:
        test: rows of the ``summary`` table with split ``test``.
        learning_rate: learning rate of these replicates.
        target: objective at which a replicate counts as solved; None where the problem has no target.
    """
    low, middle, high = quantiles(test["final_loss"].to_numpy())
    found = {
        "final_loss": float(middle),
        "final_loss_q25": float(low),
        "final_loss_q75": float(high),
        "best_learning_rate": learning_rate,
        "diverged_rate": float((test["status"] == Status.DIVERGED.label).mean()),
        "stopped_rate": float(test["stopped_step"].notna().mean()),
        "stopped_step": float(test["stopped_step"].median()),
        "steps_saved": float(test["steps_saved"].mean()),
        "best_step": float(test["best_step"].median()),
        "stopping_cost": float(test["stopping_cost"].median()),
    }
    for column in test.columns:
        if column.startswith("final_") and column not in found:
            found[column] = float(quantiles(test[column].to_numpy(), (0.5,))[0])
    missing = {
        "final_loss": "half of the seeds or more diverged",
        "final_loss_q25": "a quarter of the seeds or fewer stayed finite",
        "final_loss_q75": "a quarter of the seeds or more diverged",
        "stopped_step": "the stopping rule fired for no seed",
        "stopping_cost": "stopped replicates were frozen, so running on is unknown, or every seed diverged",
    }
    if target is None:
        missing |= dict.fromkeys(("success_rate", "steps_to_target"), "the problem has no target")
    else:
        found["success_rate"] = float(test["solved"].mean())
        found["steps_to_target"] = float(quantiles(test["steps_to_target"].to_numpy(), (0.5,))[0])
        missing["steps_to_target"] = f"fewer than half of the seeds reached the target {target:g}"
    finite = {name: value for name, value in found.items() if np.isfinite(value)}
    absent = [name for name in (*found, *missing) if name not in finite]
    return finite, {name: missing.get(name, "not finite: most seeds diverged") for name in dict.fromkeys(absent)}
