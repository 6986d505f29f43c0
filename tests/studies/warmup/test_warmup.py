"""The study of warm-up: largest rates by hand, and a parabola on which the largest stable rate is known."""

import numpy as np
import pandas as pd
import pytest
from claim_rules import claims_of

from src.core.checks import FieldError
from src.core.result import Result
from src.monitor.stopping import Patience
from src.optimizers.gd import GradientDescent
from src.problems.quadratic import Quadratic
from src.protocol.claims import Claim
from src.protocol.study import Cell
from src.protocol.summary import gather_study
from src.protocol.tuning.grid import Tuning
from src.schedules.constant import Constant
from src.schedules.warmup import Warmup
from src.starts.uniform import Uniform
from src.studies.warmup.claims import verdicts
from src.studies.warmup.study import WarmupStudy
from src.studies.warmup.trained import allowance, largest_rates, shown_rate

WORDS = {"name": "warmup", "question": "?", "how_to_read": ""}
FIELDS = WORDS | {"lowest": 0.1, "highest": 10.0, "rates": 9, "trained_loss": 1e-3}
CLAIM = Claim(statement="larger", estimand="", smallest_effect=0.1, direction="above")


def summary(rows):
    """(seed, rate, trained) by hand."""
    return pd.DataFrame(rows, columns=["seed", "learning_rate", "trained"])


def test_the_largest_rate_that_trains_is_taken_seed_by_seed():
    rows = [(0, 0.1, True), (0, 1.0, False), (0, 10.0, True), (1, 0.1, True), (1, 1.0, False), (1, 10.0, False)]
    np.testing.assert_allclose(largest_rates(summary(rows)), [10, 0.1])
    never = [(0, 0.1, False), (0, 1.0, False)]
    np.testing.assert_allclose(largest_rates(summary(never)), [0.01])  # one step of the grid below it


def test_the_allowance_is_a_mean_over_pairs_in_decades():
    def made(trained):
        rows = [(seed, rate, good) for (seed, rate), good in trained.items()]
        return Result(tables={"summary": summary(rows)}, metrics={})

    without = made({(0, 1.0): True, (0, 10.0): False, (1, 1.0): True, (1, 10.0): False})
    with_it = made({(0, 1.0): True, (0, 10.0): True, (1, 1.0): True, (1, 10.0): False})
    # Differences 1 and 0: standard error 0.5, Student's t 12.7062 with one degree of freedom.
    assert allowance(with_it, without) == pytest.approx((0.5, 0.5 - 6.3531, 0.5 + 6.3531), abs=1e-4)


@pytest.mark.parametrize(("steps", "expected"), [(2, "supported"), (0, "refuted"), (-2, "refuted")])
def test_a_larger_rate_that_trains_with_warmup_supports_the_claim(steps, expected):
    """On a grid of quarters of a decade; with a constant rate each seed trains up to rate 1, half of them to less."""
    grid = 10 ** np.arange(-2, 2.01, 0.25)

    def run(schedule, shift):
        rows = [
            (seed, rate, number <= 8 - seed % 2 + shift) for seed in range(12) for number, rate in enumerate(grid)
        ]
        about = {"problem": "p", "init": "he", "method": "adam", "schedule": schedule, "seeds": 12, "edges": ""}
        return Result(tables={"summary": summary(rows)}, metrics={}, about=about)

    found, missing = verdicts(claims_of("warmup"), [run("constant", 0), run("warmup", steps)])
    assert missing == {}
    assert found["verdict"].tolist() == [expected]
    assert found["estimate"].item() == pytest.approx(steps / 4)


def cell(schedule, name):
    box = {"lower": [-2.0], "upper": [2.0], "start": [1.0]}
    return Cell(
        problem=Quadratic(curvatures=[1.3], **box, steps=200, tolerance=1e-3), optimizer=GradientDescent(),
        schedule=schedule, start=Uniform(lower=None, upper=None),
        stopping=Patience(metric="tuning_metric", patience=10, min_delta=1e-4, freeze=False, gradient_tolerance=0.0),
        tuning=Tuning(lowest=1e-3, highest=0.1, rates=3, seeds=2, widenings=0, widen_by=1), learning_rate=None,
        seeds=6,
        steps=200, evaluate_every=None, root_seed=0, device="cpu",
        names={"problem": "parabola", "method": f"gd (schedule={name})", "schedule": name, "profile": "full"},
    )  # fmt: skip


def test_on_a_parabola_warmup_changes_nothing():
    """Gradient descent on 1.3 x^2 is stable below rate 1 / 1.3, wherever it starts: no warm-up can help."""
    study = WarmupStudy(**FIELDS, claims={"C14.c": CLAIM})
    cells = [
        study.measure(cell(Constant(), "constant")),
        study.measure(cell(Warmup(horizon=200, epochs=100, warmup=20), "warmup")),
    ]
    gathered = study.gather(cells)
    np.testing.assert_allclose(10 ** gathered.tables["largest"]["decades"], 10**-0.25)
    verdict = gathered.tables["verdicts"].iloc[0]
    assert (verdict["estimate"], verdict["verdict"]) == (0, "refuted")
    trained = gathered.tables["trained"].query("schedule == 'constant'").set_index("learning_rate")
    assert trained["share"].tolist() == [1] * 4 + [0] * 5
    assert trained["diverged"].tolist()[-4:] == [1] * 4
    assert cells[0].metrics["largest_rate"] == pytest.approx(10**-0.25)
    assert "final_loss" in cells[0].missing


@pytest.mark.parametrize(
    ("change", "why"),
    [({"highest": 0.4}, "some seeds train at the highest rate"), ({"trained_loss": -1.0}, "no seed trains")],
)
def test_a_grid_that_misses_the_edge_blocks_the_verdict(change, why):
    study = WarmupStudy(**FIELDS | change, claims={"C14.c": CLAIM})
    schedules = {"constant": Constant(), "warmup": Warmup(horizon=200, epochs=100, warmup=20)}
    gathered = study.gather([study.measure(cell(made, name)) for name, made in schedules.items()])
    assert gathered.tables["verdicts"]["verdict"].tolist() == ["blocked"]
    assert why in gathered.tables["verdicts"]["reason"][0]


@pytest.mark.parametrize(("field", "value"), [("lowest", 0), ("highest", 0.1), ("rates", 1)])
def test_a_bad_field_is_named(field, value):
    with pytest.raises(FieldError, match=rf"WarmupStudy\.{field} = {value}"):
        WarmupStudy(**FIELDS | {field: value})


@pytest.fixture(scope="module")
def cells():
    study = WarmupStudy(**FIELDS, claims={"C14.c": CLAIM})
    schedules = {"constant": Constant(), "warmup": Warmup(horizon=200, epochs=100, warmup=20)}
    return [study.measure(cell(made, name)) for name, made in schedules.items()]


def test_a_run_shows_the_largest_learning_rate_at_which_most_seeds_train(cells):
    constant = cells[0]
    assert constant.about["shown_learning_rate"] == pytest.approx(10**-0.25)
    assert constant.about["shown_learning_rate_is"] == "the largest at which most seeds train"
    assert constant.about["method"] == "gd (schedule=constant)"
    curves = constant.tables["curves"].query("metric == 'loss'")
    at_shown = constant.tables["summary"].query("0.5 < learning_rate < 0.6")["final_loss"]
    assert len(at_shown) == 6
    assert curves["step"].tolist() == list(range(201))
    assert curves["median"].iloc[-1] == np.median(at_shown)


def test_no_seed_trains_and_the_middle_of_the_grid_is_shown():
    trained = pd.DataFrame({"learning_rate": [0.1, 1.0, 10.0], "share": [0.0, 0.5, 0.0]})
    assert shown_rate(trained) == (1.0, "the middle of the grid, as most seeds train at none")
    assert shown_rate(trained.assign(share=[1.0, 0.6, 0.0]))[0] == 1.0


def test_a_run_has_early_stopping_statistics_or_the_reason(cells):
    summary = cells[0].tables["summary"].query("0.5 < learning_rate < 0.6")
    assert cells[0].metrics["stopped_rate"] == summary["stopped_step"].notna().mean()
    assert cells[0].metrics["steps_saved"] == summary["steps_saved"].mean()
    assert cells[0].metrics["stopped_step"] == cells[0].about["stopped_step"] == summary["stopped_step"].median()
    for name in ("stopped_rate", "stopped_step", "steps_saved", "stopping_cost"):
        assert (name in cells[0].metrics) != (name in cells[0].missing)


@pytest.mark.parametrize("kept", [0, 1])
def test_one_schedule_alone_leaves_the_claim_out(cells, kept):
    study = WarmupStudy(**FIELDS, claims={"C14.c": CLAIM})
    gathered = gather_study(study, [cells[kept]])
    assert list(gathered.missing) == ["C14.c"]
    assert "schedule=constant" in gathered.missing["C14.c"]
    assert gathered.tables["headline"]["quantity"].tolist() == ["largest_learning_rate"]
    assert gathered.tables["headline"]["value"].tolist() == pytest.approx([10**-0.25])
    assert len(study.answer(gathered)) == 2


def test_the_headline_is_what_warmup_adds(cells):
    gathered = gather_study(WarmupStudy(**FIELDS, claims={"C14.c": CLAIM}), cells)
    assert gathered.tables["headline"][["quantity", "value"]].to_numpy().tolist() == [["warmup_allowance", 0.0]]
    assert set(gathered.tables["summary"]["schedule"]) == {"constant", "warmup"}
    assert set(gathered.tables["summary"]["method"]) == {"gd"}
