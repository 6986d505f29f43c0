"""The study of batch sizes: row R29, crossings and rates by hand, and a small sweep whose answer is known."""

import numpy as np
import pandas as pd
import pytest

from src.core.checks import FieldError
from src.monitor.stopping import Patience
from src.optimizers.gd import GradientDescent
from src.problems.linear_regression import LinearRegression
from src.problems.quadratic import Quadratic
from src.protocol.claims import Claim
from src.protocol.study import Cell
from src.protocol.summary import gather_study
from src.protocol.tuning.grid import Tuning
from src.schedules.constant import Constant
from src.starts.given import Given
from src.studies.batch_noise.budget import BatchBudget, steps_of
from src.studies.batch_noise.claims import CLAIMS, verdicts
from src.studies.batch_noise.descents import hitting_times
from src.studies.batch_noise.figures.answer import answer
from src.studies.batch_noise.figures.estimation_error import estimation_error
from src.studies.batch_noise.figures.generalization import generalization
from src.studies.batch_noise.figures.noise_scale import noise_scale
from src.studies.batch_noise.figures.progress import progress
from src.studies.batch_noise.figures.rates import rates
from src.studies.batch_noise.study import BatchNoise
from src.studies.batch_noise.tables import rate_exponent, rate_spread

R17 = {"size": 1000, "coefficients": [3.0, 2.0], "noise": 0.1, "data_seed": 42, "start": [0.0, 0.0]}
R29 = BatchBudget(
    epochs=3,
    least_steps=20,
    shared_rate=0.005,
    shared_epochs=50,
    reference_rate=0.02,
    reference_epochs=10,
    evaluations_per_epoch=10,
    confirmations=3,
    noise_seeds=3,
    draws=100,
)
GIVEN_TITLE = "Batch size times variance at the given point, for the gradient of half the error (row R30: 1.455):"
C8 = Claim(statement="1/B", estimand="", smallest_effect=0.1, direction="below")
C11 = Claim(statement="rates", estimand="", smallest_effect=0.25, direction="above")


def study(budget=R29):
    return BatchNoise(
        name="batch_noise", question="?", how_to_read="", claims={"C8": C8, "C11.a": C11},
        budgets={"default": budget},
        given_point=[2.5, 1.5], reference_batch=32, parts=2, small_batch=8, look_points=20, look_spread=0.5,
        words={},
    )  # fmt: skip


def cell(batch, problem=None):
    problem = problem or LinearRegression(**R17, batch_size=batch, steps=100, tolerance=1e-4)
    return Cell(
        problem=problem, optimizer=GradientDescent(), schedule=Constant(), start=Given(),
        stopping=Patience(metric="tuning_metric", patience=10, min_delta=1e-4, freeze=False,
        gradient_tolerance=1e-12),
        tuning=Tuning(lowest=2**-6, highest=0.5, rates=6, seeds=2, widenings=1, widen_by=1), learning_rate=None,
        seeds=3,
        steps=100, evaluate_every=None, root_seed=0, device="cpu",
        names={"problem": "linear_regression", "method": f"batch {batch}", "profile": "full"},
    )  # fmt: skip


@pytest.fixture(scope="module")
def measured():
    own = study()
    return {batch: own.measure(cell(batch)) for batch in (32, 250, None)}


def shared(one):
    summary = one.tables["summary"]
    return summary[summary["purpose"] == "shared"]


def test_row_r29_full_batch_at_the_rows_own_rate(measured):
    rows = shared(measured[None])
    assert rows["first_epoch"].tolist() == pytest.approx([12.30] * 3, abs=5e-3)
    assert rows["final_loss"].tolist() == pytest.approx([4.768] * 3, abs=5e-4)


def test_row_r29_mini_batches_at_the_rows_own_rate(measured):
    rows = shared(measured[32])
    assert rows["first_epoch"].median() == pytest.approx(6.74, rel=0.02)
    assert rows["final_loss"].median() == pytest.approx(0.009652, abs=2e-6)


def test_budgets_are_equal_in_samples_and_large_batches_get_their_least_steps(measured):
    for batch, steps in ((32, 94), (250, 12), (None, 3)):
        summary = measured[batch].tables["summary"]
        taken = summary.groupby("purpose")["steps"].max()
        assert taken["lowest"] == steps
        assert taken["tuning"] == max(steps, 20)
        assert taken["shared"] == steps_of(50, 1000, batch or 1000)


def test_the_full_batch_lands_at_the_inverse_curvature(measured):
    """The Hessian is close to 2 I: at a rate of 1/2 the full batch is there in two or three steps."""
    assert measured[None].metrics["best_learning_rate"] == 0.5
    assert 2 < measured[None].tables["summary"].query("purpose == 'fastest'")["hitting_time"].median() < 3


def test_the_sweep_finds_the_laws_and_gives_verdicts(measured):
    gathered = study().gather([measured[batch] for batch in (None, 32, 250)])
    law = gathered.tables["noise_law"].set_index("point")
    assert law.loc["all points", "exponent"] == pytest.approx(-1, abs=0.05)
    assert law.loc["given point", "exact"] == pytest.approx(4 * 1.455, rel=1e-3)
    product = gathered.tables["noise_product"].query("point == 'given point'")
    assert product["batch"].tolist() == [32, 250, 1000]
    assert product["product"].tolist() == pytest.approx([4 * 1.455] * 3, rel=0.25)
    assert gathered.tables["steps_to_target"]["batch"].tolist() == [32, 250, 1000]
    scaling = gathered.tables["scaling"].iloc[0]
    assert scaling["noise_start"] < scaling["noise_mean"] < scaling["noise_target"]
    assert scaling["rate_exponent"] > 0
    assert gathered.tables["verdicts"]["claim"].tolist() == ["C8", "C11.a"]
    shown = study().answer(gathered)
    assert len(shown) == 3
    assert {"linear_regression"} == set(shown["?"]["problem"])


@pytest.mark.parametrize("batches", [(32,), (250,), (None,), (32, None)])
def test_a_narrowed_sweep_names_the_claims_that_lack_their_runs(measured, batches):
    own = study()
    gathered = gather_study(own, [measured[batch] for batch in batches])
    if len(batches) == 1:
        assert gathered.tables["verdicts"].empty
        assert gathered.missing["C8"] == gathered.missing["C11.a"]
        assert gathered.missing["C8"].startswith("needs runs of two batch sizes")
        assert list(own.answer(gathered))[1:] == [GIVEN_TITLE]
        [first, *_] = gathered.tables["headline"].to_dict("records")
        assert (first["quantity"], first["about"]) == (
            "batch_times_variance",
            f"linear_regression, batch {batches[0] or 1000}",
        )
        assert first["value"] == pytest.approx(1, rel=0.3)
    else:
        assert gathered.tables["verdicts"]["claim"].tolist() == ["C8", "C11.a"]
        assert gathered.tables["headline"]["quantity"].iloc[0] == "variance_exponent"
    assert "critical_batch.linear_regression" in gathered.missing
    for draw in (answer, estimation_error, noise_scale, progress, rates):
        assert draw(gathered.tables, gathered.about) is not None
    assert generalization(gathered.tables, gathered.about) is None  # no accuracies


def test_claims_name_what_each_of_them_needs(measured):
    every = dict.fromkeys(CLAIMS, C11)
    tables = study().gather([measured[32], measured[None]]).tables
    table, missing = verdicts(every, tables, [measured[32], measured[None]], 8)
    assert set(missing) == {"C10.a", "C10.b", "C10.c"}
    assert all("accuracies" in reason for reason in missing.values())
    assert set(table["claim"]) == set(CLAIMS) - set(missing)


def test_a_claim_that_it_cannot_settle_is_refused():
    with pytest.raises(FieldError, match=r"BatchNoise\.claims = 'C8\.beauty'"):
        BatchNoise(**{**vars(study()), "claims": {"C8.beauty": C8}})


def test_a_problem_without_samples_is_refused():
    valley = Quadratic(
        curvatures=[1.0, 2.0], lower=[-2.0] * 2, upper=[2.0] * 2, start=[1.0, 1.0], steps=100, tolerance=1e-3
    )
    with pytest.raises(FieldError, match=r"BatchNoise\.problem = 'linear_regression': must be one with samples"):
        study().measure(cell(None, valley))


def test_budgets_have_a_default():
    with pytest.raises(FieldError, match=r"BatchNoise\.budgets = \['digits'\]"):
        BatchNoise(**{**vars(study()), "budgets": {"digits": R29}})


@pytest.mark.parametrize(("epochs", "batch", "steps"), [(1, 32, 32), (50, 32, 1563), (3, 1000, 3), (0.001, 1, 1)])
def test_steps_of_epochs(epochs, batch, steps):
    assert steps_of(epochs, 1000, batch) == steps


def test_a_hitting_time_is_interpolated_in_the_logarithm():
    steps, values = np.array([0, 10, 20, 30]), np.array([[100.0], [10.0], [1.0], [0.1]])
    assert hitting_times(steps, values, 10**0.5, 1)[0] == pytest.approx([15])
    assert hitting_times(steps, values, 10.0, 1) == (pytest.approx([10]), pytest.approx([1]))
    assert hitting_times(steps, values, 1e3, 2)[0] == pytest.approx([0])


def test_a_loss_that_only_touches_the_target_has_not_reached_it():
    steps = np.arange(6)
    values = np.array([[4.0, 4.0], [1.0, 4.0], [4.0, 4.0], [1.0, 4.0], [0.5, 4.0], [0.5, np.nan]])
    assert hitting_times(steps, values, 1.0, 1)[0] == pytest.approx([1, np.inf])
    assert hitting_times(steps, values, 1.0, 3)[0] == pytest.approx([3, np.inf])
    assert hitting_times(steps, values, np.nan, 1)[0] == pytest.approx([np.inf, np.inf])
    assert hitting_times(steps[:2], values[:2], 1.0, 3)[0] == pytest.approx([np.inf, np.inf])


def tuning_rows(batch, best):
    """Two rates and four seeds that all agree on the best one."""
    steps = {0.1: 10.0, 0.2: 20.0} if best == 0.1 else {0.1: np.inf, 0.2: 5.0}
    return [
        {
            "problem": "p",
            "batch": batch,
            "purpose": "tuning",
            "seed": seed,
            "learning_rate": rate,
            "hitting_time": taken,
        }
        for seed in range(4)
        for rate, taken in steps.items()
    ] + [
        {
            "problem": "p",
            "batch": batch,
            "purpose": "fastest",
            "seed": 0,
            "learning_rate": best,
            "hitting_time": min(steps.values()),
        }
    ]


def test_seeds_that_agree_leave_no_spread_of_the_best_rate():
    summary = pd.DataFrame(tuning_rows(1, 0.1) + tuning_rows(4, 0.2))
    own = summary[summary["purpose"] == "tuning"]
    assert set(rate_spread(own[own["batch"] == 1])) == {0.1}
    assert rate_exponent(summary, "p") == pytest.approx((0.5, 0.5, 0.5))  # twice the rate at four times the batch


def test_no_rate_is_best_where_none_reaches_the_target():
    rows = pd.DataFrame(tuning_rows(1, 0.1)).assign(hitting_time=np.inf)
    assert np.isnan(rate_spread(rows[rows["purpose"] == "tuning"])).all()
