"""Candidate rates, the choice among them, and the widening of the grid at its edges."""

import re
from dataclasses import replace

import numpy as np
import pytest
import torch
from hydra.utils import instantiate
from omegaconf import OmegaConf

from src.core.checks import FieldError
from src.monitor.stopping import Patience
from src.optimizers.gd import GradientDescent
from src.problems.quadratic import Quadratic
from src.protocol.profile import Profile
from src.protocol.study import Cell
from src.protocol.tuning.grid import Tuning, best_candidate
from src.protocol.tuning.tune import evaluate, tune
from src.protocol.tuning.tune_for_speed import tune_for_speed
from src.run import CONF
from src.schedules.constant import Constant
from src.starts.uniform import Uniform
from src.starts.xavier import Xavier

FIELDS = {"lowest": 0.005, "highest": 50.0, "rates": 5, "seeds": 3, "widenings": 2, "widen_by": 2}
INF = np.inf


def cell(**changes):
    tuning = Tuning(**FIELDS | changes)
    problem = Quadratic(curvatures=[1.0], lower=[1.0], upper=[2.0], start=None, steps=20, tolerance=1e-3)
    rule = Patience(metric="tuning_metric", patience=10, min_delta=1e-4, freeze=False, gradient_tolerance=1e-12)
    return Cell(
        problem=problem, optimizer=GradientDescent(), schedule=Constant(), start=Uniform(lower=None, upper=None),
        stopping=rule, tuning=tuning, learning_rate=None, seeds=4, steps=20, evaluate_every=None, root_seed=0,
        device="cpu",
        names={"problem": "parabola", "method": "gd"},
    )  # fmt: skip


def test_the_grid_is_logarithmic():
    assert Tuning(**FIELDS).grid().tolist() == pytest.approx([0.005, 0.05, 0.5, 5, 50])


@pytest.mark.parametrize(("best", "expected"), [(0, [5e-5, 5e-4]), (1, []), (2, []), (3, []), (4, [500, 5000])])
def test_the_grid_is_widened_beyond_the_edge_that_the_best_is_on(best, expected):
    tuning = Tuning(**FIELDS)
    assert tuning.beyond(tuning.grid(), best).tolist() == pytest.approx(expected)


def test_a_widened_grid_keeps_its_spacing():
    tuning = Tuning(**FIELDS)
    once = np.append(tuning.grid(), tuning.beyond(tuning.grid(), 4))
    assert tuning.beyond(once, 6).tolist() == pytest.approx([5e4, 5e5])


@pytest.mark.parametrize(
    ("score", "steps", "best"),
    [
        ([3.0, 1, 2], [1, 9, 1], 1),
        ([1.0, 1, 2], [9, 4, 1], 1),  # equal scores: the fewest steps
        ([1.0, 1, 1], [4, 4, 9], 0),  # equal steps: the lowest rate
        ([INF, 5, INF], [INF, INF, INF], 1),
        ([INF, INF, INF], [INF, INF, INF], 0),
    ],
)
def test_the_best_candidate(score, steps, best):
    assert best_candidate(np.array(score), np.array(steps)) == best


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("lowest", 0.0), ("highest", 0.001), ("highest", float("inf")), ("rates", 2), ("seeds", 0), ("widenings", -1),
        ("widen_by", 0),
    ],
)  # fmt: skip
def test_a_bad_field_is_named(field, value):
    with pytest.raises(FieldError, match=re.escape(f"Tuning.{field} = {value!r}")):
        Tuning(**FIELDS | {field: value})


def test_an_interior_best_is_taken_at_once():
    """Gradient descent on x^2 lands on 0 at rate 1/2; 5 and 50 explode."""
    tuned = tune(cell(), 1e-12)
    assert (tuned.learning_rate, tuned.at_edge) == (pytest.approx(0.5), False)
    assert tuned.rates["learning_rate"].tolist() == pytest.approx([0.005, 0.05, 0.5, 5, 50])
    assert tuned.rates["chosen"].tolist() == [False, False, True, False, False]
    assert tuned.rates["diverged"].tolist() == [0, 0, 0, 1, 1]
    assert tuned.rates["median"].tolist()[3:] == [INF, INF]
    assert len(tuned.summary) == 5 * 3
    assert set(tuned.summary["split"]) == {"tuning"}


@pytest.mark.parametrize(
    ("widenings", "learning_rate", "at_edge", "candidates"),
    [(0, 0.05, True, 3), (1, 0.5, True, 5), (2, 0.5, False, 7), (5, 0.5, False, 7)],
)
def test_a_best_on_the_edge_widens_the_grid_as_often_as_allowed(widenings, learning_rate, at_edge, candidates):
    """Candidates 0.005, 0.016, 0.05; then 0.16, 0.5; then 1.6, 5."""
    tuned = tune(cell(highest=0.05, rates=3, widenings=widenings), 1e-12)
    assert (tuned.learning_rate, tuned.at_edge) == (pytest.approx(learning_rate), at_edge)
    assert len(tuned.rates) == candidates
    assert (np.diff(tuned.rates["learning_rate"]) > 0).all()
    assert tuned.rates.loc[tuned.rates["chosen"], "learning_rate"].tolist() == [tuned.learning_rate]


def test_the_lower_edge_is_widened_too():
    """5, 50 and 500 all explode; 1/2 is found at the edge, and 0.05 shows that it is the best."""
    tuned = tune(cell(lowest=5.0, highest=500.0, rates=3, widen_by=1), 1e-12)
    assert tuned.rates["learning_rate"].tolist() == pytest.approx([0.05, 0.5, 5, 50, 500])
    assert (tuned.learning_rate, tuned.at_edge) == (pytest.approx(0.5), False)


def test_scores_within_rounding_of_the_minimum_are_equal_and_speed_decides():
    """Rates 0.4, 0.45, 0.5 all end below 1e-12 after 20 steps; 1/2 is there after one."""
    tuned = tune(cell(lowest=0.4, highest=0.6, rates=3), 1e-12)
    assert tuned.learning_rate == pytest.approx(0.4898979)
    slow = tune(cell(lowest=0.4, highest=0.6, rates=3), -INF)
    assert slow.rates["median"].min() == slow.rates.loc[slow.rates["chosen"], "median"].item()


def test_tuning_and_judging_share_no_start():
    settings = cell()
    tuned = tune(settings, 1e-12)
    descent, judged = evaluate(settings, tuned.learning_rate)
    assert (set(judged["split"]), judged["seed"].tolist()) == ({"test"}, [0, 1, 2, 3])
    assert not set(judged["initial_loss"]) & set(tuned.summary["initial_loss"])
    assert descent.theta.shape == torch.Size([4, 1])


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("learning_rate", 0.0),
        ("seeds", 0),
        ("steps", 0),
        ("root_seed", -1),
        ("evaluate_every", 0),
        ("device", "moon"),
    ],
)
def test_a_cell_names_its_bad_field(field, value):
    fields = {name: getattr(cell(), name) for name in cell().__dataclass_fields__}
    with pytest.raises(FieldError, match=re.escape(f"Cell.{field} = {value!r}")):
        Cell(**fields | {field: value})


def test_a_profile_caps():
    quick = Profile(name="quick", max_seeds=3, max_tuning_seeds=2, step_fraction=0.2, max_grid_values=None)
    assert [quick.seeds(30), quick.seeds(2), quick.tuning_seeds(10), quick.steps(100), quick.steps(1)] == [
        3,
        2,
        2,
        20,
        1,
    ]
    for ask, field in ((quick.seeds, "seeds"), (quick.tuning_seeds, r"tuning\.seeds"), (quick.steps, "steps")):
        with pytest.raises(FieldError, match=f"^{field} = 0: must be a whole number"):
            ask(0)


@pytest.mark.parametrize(("every", "steps"), [(None, [0, 20]), (7, [0, 7, 14, 20])])
def test_held_out_data_are_looked_at_as_often_as_is_asked(every, steps):
    """None is once an epoch, which is more than 20 steps here."""
    task = instantiate(OmegaConf.load(CONF / "problem" / "digits_logistic.yaml"), _convert_="all")
    looked = replace(cell(), problem=task, start=Xavier(distribution="uniform", gain=1.0), evaluate_every=every)
    assert looked.epoch > 20
    descent, _ = evaluate(looked, 0.1)
    assert descent.series["valid_loss"].steps.tolist() == steps


def test_speed_is_tuned_on_a_finer_grid_between_the_best_rate_and_its_neighbours():
    """On x^2 the rate 0.5 is exact; of the grid's rates 0.1 is the fastest, with neighbours 0.01 and 1."""
    grid = {"lowest": 0.01, "highest": 100.0}
    found = tune_for_speed(cell(**grid), [0.5], climb=10.0)
    tried = np.unique(found.summary["learning_rate"])
    finer = np.concatenate([10.0 ** (np.arange(1, 8) / 8 - 2), 10.0 ** (np.arange(1, 8) / 8 - 1)])
    assert tried == pytest.approx(np.sort([*Tuning(**FIELDS | grid).grid(), *finer]))
    assert abs(np.log10(found.learning_rate / 0.5)) < 1 / 8  # one of the two nearest
    assert not found.learning_rate_at_edge
