"""The study of warm-up: largest rates by hand, and a parabola on which the largest stable rate is known."""

import numpy as np
import pandas as pd
import pytest

from src.core.checks import FieldError
from src.monitor.stopping import Patience
from src.optimizers.gd import GradientDescent
from src.problems.quadratic import Quadratic
from src.schedules.constant import Constant
from src.schedules.warmup import Warmup
from src.starts.uniform import Uniform
from src.studies.claims import Claim
from src.studies.study import Cell, Measured
from src.studies.tuning import Tuning
from src.studies.warmup import WarmupStudy, allowance, largest_rates

WORDS = {"name": "warmup", "question": "?", "reading": ""}
FIELDS = WORDS | {"lowest": 0.1, "highest": 10.0, "rates": 9, "trained_loss": 1e-3}
CLAIM = Claim(says="larger", smallest_effect=0.1, direction="above")


def summary(rows):
    """(seed, rate, trained) by hand."""
    return pd.DataFrame(rows, columns=["seed", "rate", "trained"])


def test_the_largest_rate_that_trains_is_taken_seed_by_seed():
    rows = [(0, 0.1, True), (0, 1.0, False), (0, 10.0, True), (1, 0.1, True), (1, 1.0, False), (1, 10.0, False)]
    np.testing.assert_allclose(largest_rates(summary(rows)), [10, 0.1])
    never = [(0, 0.1, False), (0, 1.0, False)]
    np.testing.assert_allclose(largest_rates(summary(never)), [0.01])  # one step of the grid below it


def test_the_allowance_is_a_mean_over_pairs_in_decades():
    def made(trained):
        rows = [(seed, rate, good) for (seed, rate), good in trained.items()]
        return Measured(tables={"summary": summary(rows)}, metrics={})

    without = made({(0, 1.0): True, (0, 10.0): False, (1, 1.0): True, (1, 10.0): False})
    with_it = made({(0, 1.0): True, (0, 10.0): True, (1, 1.0): True, (1, 10.0): False})
    assert allowance(with_it, without) == pytest.approx((0.5, 0, 1))


def cell(schedule, name):
    box = {"lower": [-2.0], "upper": [2.0], "start": [1.0]}
    return Cell(
        problem=Quadratic(curvatures=[1.3], **box, steps=200, tolerance=1e-3), optimizer=GradientDescent(),
        schedule=schedule, start=Uniform(lower=None, upper=None),
        stopping=Patience(metric="criterion", patience=10, min_delta=1e-4, freeze=False, gradient_tolerance=0.0),
        tuning=Tuning(lowest=1e-3, highest=0.1, rates=3, seeds=2, widenings=0, widen_by=1), rate=None, seeds=6,
        steps=200, evaluate_every=None, root=0, device="cpu",
        names={"problem": "parabola", "optimizer": f"gd (schedule={name})", "schedule": name, "profile": "full"},
    )  # fmt: skip


def test_on_a_parabola_warmup_changes_nothing():
    """Gradient descent on 1.3 x^2 is stable below rate 1 / 1.3, wherever it starts: no warm-up can help."""
    study = WarmupStudy(**FIELDS, claims={"C14c": CLAIM})
    cells = [
        study.measure(cell(Constant(), "constant")),
        study.measure(cell(Warmup(horizon=200, epochs=100, warmup=20), "warmup")),
    ]
    gathered = study.gather(cells)
    np.testing.assert_allclose(10 ** gathered.tables["largest"]["decades"], 10**-0.25)
    verdict = gathered.tables["verdicts"].iloc[0]
    assert (verdict["estimate"], verdict["verdict"]) == (0, "refuted")
    trained = gathered.tables["trained"].query("schedule == 'constant'").set_index("rate")
    assert trained["share"].tolist() == [1] * 4 + [0] * 5
    assert trained["diverged"].tolist()[-4:] == [1] * 4
    assert cells[0].metrics["largest_rate"] == pytest.approx(10**-0.25)
    assert "final_loss" in cells[0].missing


@pytest.mark.parametrize(
    ("change", "why"),
    [({"highest": 0.4}, "some seeds train at the highest rate"), ({"trained_loss": -1.0}, "no seed trains")],
)
def test_a_grid_that_misses_the_edge_blocks_the_verdict(change, why):
    study = WarmupStudy(**FIELDS | change, claims={"C14c": CLAIM})
    schedules = {"constant": Constant(), "warmup": Warmup(horizon=200, epochs=100, warmup=20)}
    gathered = study.gather([study.measure(cell(made, name)) for name, made in schedules.items()])
    assert gathered.tables["verdicts"]["verdict"].tolist() == ["blocked"]
    assert why in gathered.tables["verdicts"]["reason"][0]


@pytest.mark.parametrize(("field", "value"), [("lowest", 0), ("highest", 0.1), ("rates", 1)])
def test_a_bad_field_is_named(field, value):
    with pytest.raises(FieldError, match=rf"WarmupStudy\.{field} = {value}"):
        WarmupStudy(**FIELDS | {field: value})
