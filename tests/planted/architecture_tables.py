"""Small tables of the study of architectures, as its ``measure`` and ``gather`` make them."""

import itertools

import numpy as np
import pandas as pd


def architecture_study_tables():
    rows, gains = [], []
    for (p, problem), (m, method) in itertools.product(enumerate(["net", "words"]), enumerate(["momentum", "adam"])):
        for s, setting in enumerate(["default", "tuned"]):
            accuracy = 50.0 + 10 * p + 2 * m + 5 * s
            rows.append((problem, method, setting, 32, accuracy, accuracy - 1, accuracy + 1))
        gains.append((problem, method, 0.001, 0.01, 5.0, 4.0, 6.0))
    rows.append(("net", "adam", "tuned", 512, 20.0, 19.0, 21.0))
    columns = ["problem", "method", "setting", "batch", "accuracy", "low", "high"]
    batches = [
        ("net", "momentum", 32, 512, 0.1, 1.0, 3.0, 2.0, 4.0),
        ("net", "adam", 32, 512, 0.01, 2.0, 5.0, 4.0, 6.0),
    ]
    return {
        "accuracies": pd.DataFrame(rows, columns=columns),
        "tuning_gains": pd.DataFrame(
            gains, columns=["problem", "method", "default_rate", "best_learning_rate", "gain", "low", "high"]
        ),
        "batch_gains": pd.DataFrame(
            batches,
            columns=[
                "problem", "method", "small", "large", "small_train_loss", "large_train_loss", "gain", "low", "high",
            ],
        ),
    }  # fmt: skip


def architecture_run_tables():
    step = np.arange(0, 201, 10)
    fallen = 0.9 * 0.99**step
    curve = pd.DataFrame({"metric": "loss", "step": step, "q25": fallen / 2, "median": fallen, "q75": fallen * 2})
    return {"default_curves": curve}
