"""The textbook's settings: their headline, and crossings of the valley."""

import numpy as np
import pandas as pd
import pytest

from src.core.result import Result
from src.protocol.summary import gather_study
from src.studies.textbook.study import Textbook

STUDY = Textbook(name="textbook", question="?", how_to_read="")


def cell(problem, loss, x=None):
    about = {
        "problem": problem, "method": "gd", "best_learning_rate": 0.1, "steps": 40, "profile": "full", "seeds": 1,
        "minimum": 0.0, "target": None, "tuning_metric": "loss", "test_metric": "loss",
    }  # fmt: skip
    tables = {"summary": pd.DataFrame({"split": ["test"], "seed": [0], "final_loss": [loss]})}
    if x is not None:
        tables["paths"] = pd.DataFrame({"seed": 0, "x": x})
    return Result(tables=tables, metrics={} if np.isinf(loss) else {"final_loss": loss}, about=about)


def test_the_headline_is_the_first_final_loss_that_is_a_number():
    gathered = gather_study(STUDY, [cell("lost", np.inf), cell("bowl", 0.25), cell("valley", 0.5)])
    headline = gathered.tables["headline"]
    assert headline["value"].tolist() == [0.25, 0.5]
    assert headline["about"][0] == "gd on bowl, learning rate 0.1, budget 40 steps"


def test_a_sweep_that_diverged_everywhere_has_a_headline_too():
    headline = gather_study(STUDY, [cell("lost", np.inf)]).tables["headline"]
    assert headline["about"].tolist() == ["every setting of the sweep diverged"]
    assert headline["value"].isna().all()


@pytest.mark.parametrize(("x", "crossings"), [([1.0, -1, 1e-13, -1, 2], 2), ([1.0, 0.5, 0.0], 0)])
def test_rounding_at_the_axis_is_no_crossing(x, crossings):
    assert STUDY.gather([cell("valley", 1.0, x)]).tables["settings"]["sign_changes"].tolist() == [crossings]
