"""The study of schedules on cells whose answer is known: a noisy quadratic by theory, and tables by hand."""

import numpy as np
import pandas as pd
import pytest

from src.core.checks import FieldError
from src.monitor.stopping import Patience
from src.optimizers.adam import Adam
from src.optimizers.momentum import Momentum
from src.problems.quadratic import Quadratic
from src.schedules.constant import Constant
from src.schedules.exponential import ExponentialDecay
from src.starts.normal import Normal
from src.starts.uniform import Uniform
from src.studies.claims import Claim
from src.studies.noise_theory import theory_table
from src.studies.schedule_effects import effects_table, finals, settled
from src.studies.schedules import Schedules, factors_table
from src.studies.study import Cell, Measured
from src.studies.tuning import Tuning

WORDS = {"name": "schedules", "question": "?", "reading": ""}
CLAIM = Claim(says="lower", smallest_effect=-0.022, direction="below")
SETTINGS = {"judged": "exponential", "sgd": "momentum", "adam": "adam", "gradient_noise": 0.1}
MOMENTUM, ADAM = Momentum(beta=0.9), Adam(beta1=0.9, beta2=0.999, eps=1e-8)
STEPS = 400
SCHEDULES = {"constant": Constant(), "exponential": ExponentialDecay(horizon=STEPS, epochs=100, decay=0.95)}


def cell(optimizer, method, schedule, *, seeds=12, start=None):
    box = {"lower": [-2.0] * 4, "upper": [2.0] * 4, "start": [1.0] * 4}
    problem = Quadratic(curvatures=[0.5, 0.25, 0.125, 0.1], **box, steps=STEPS, tolerance=1e-3)
    return Cell(
        problem=problem, optimizer=optimizer, schedule=SCHEDULES[schedule], start=start or Normal(centre=0, scale=1),
        stopping=Patience(metric="criterion", patience=10, min_delta=1e-4, freeze=False, gradient_tolerance=1e-12),
        tuning=Tuning(lowest=1e-3, highest=0.1, rates=5, seeds=8, widenings=0, widen_by=1), rate=None, seeds=seeds,
        steps=STEPS, evaluate_every=None, root=0, device="cpu",
        names={
            "problem": "quadratic", "optimizer": f"{method} (schedule={schedule})", "schedule": schedule,
            "profile": "full",
        },
    )  # fmt: skip


@pytest.fixture(scope="module")
def gathered():
    study = Schedules(**WORDS, **SETTINGS, claims={"C14a": CLAIM, "C14b": CLAIM})
    cells = [
        study.measure(cell(optimizer, method, schedule))
        for optimizer, method in ((MOMENTUM, "momentum"), (ADAM, "adam"))
        for schedule in SCHEDULES
    ]
    return study.gather(cells)


def test_losses_under_noise_are_those_that_theory_expects(gathered):
    noise = gathered.tables["noise"].query("method == 'momentum'")
    inside = (noise["low"] * 0.8 <= noise["expected"]) & (noise["expected"] <= noise["high"] * 1.25)
    assert len(noise) == 10
    assert inside.mean() >= 0.8
    assert gathered.tables["noise"].query("method == 'adam'")["expected"].isna().all()


def test_decay_lowers_the_loss_that_noise_leaves(gathered):
    effects = gathered.tables["effects"].set_index(["method", "schedule"])
    assert (effects.xs("exponential", level="schedule")["effect"] < -0.05).all()
    assert (effects.xs("constant", level="schedule")[["effect", "low", "high"]] == 0).all(axis=None)
    assert effects.loc[("momentum", "exponential"), "rate"] > effects.loc[("momentum", "constant"), "rate"]


def test_claims_are_settled_for_each_method_and_for_their_difference(gathered):
    verdicts = gathered.tables["verdicts"]
    assert verdicts["claim"].tolist() == ["C14a", "C14a", "C14b"]
    by = gathered.tables["effects"].set_index(["method", "schedule"])["effect"]
    assert verdicts["estimate"][0] == by["momentum", "exponential"]
    assert verdicts["settings"][2].startswith("momentum less adam on quadratic, final_loss")
    effects = {f"effect.quadratic.{m}": by[m, "exponential"] for m in ("momentum", "adam")}
    assert {name: gathered.metrics[name] for name in effects} == pytest.approx(effects)
    assert gathered.metrics["theory_ratio"] == pytest.approx(1, abs=0.25)
    assert 0.6 <= gathered.metrics["theory_covered"] <= 1


def test_theory_speaks_of_the_heavy_ball_from_a_normal_start_only():
    assert theory_table(cell(ADAM, "adam", "constant"), 0.1) is None
    anywhere = Uniform(lower=None, upper=None)
    assert theory_table(cell(MOMENTUM, "momentum", "constant", start=anywhere), 0.1) is None
    table = theory_table(cell(MOMENTUM, "momentum", "constant"), 0.1)
    np.testing.assert_allclose(table["rate"][[0, 4, 16]], [1e-3, 10**-2.5, 0.1])
    late = table.iloc[-1]  # at rate 0.1 the slowest direction has forgotten its start
    assert late["expected"] == pytest.approx(late["floor"], rel=1e-3)


def test_factors_are_those_of_row_r40_whatever_the_budget():
    table = factors_table(SCHEDULES["exponential"])
    np.testing.assert_allclose(table["factor"], 0.95 ** np.arange(100))
    assert factors_table(Constant())["factor"].tolist() == [1.0] * 100


def learned(schedule, *, train, test, edge=False, tuned_for_training=None):
    """A cell of a learning task, by hand; two test seeds, the second of which may have diverged."""
    summary = pd.DataFrame({"split": "test", "seed": [0, 1], "status": "out_of_budget", "rate": 0.1, "score": test})
    tables = {"summary": summary.assign(final_loss=train, final_test_loss=test)}
    if tuned_for_training is not None:
        tables["optimized"] = summary.assign(final_loss=tuned_for_training, rate=1.0, at_edge=True)
    names = {"problem": "digits", "method": "adam", "schedule": schedule}
    return Measured(tables=tables, metrics={}, about=names | {"rate_at_edge": edge, "minimum": None})


def test_training_loss_is_compared_at_the_rate_that_is_best_for_it():
    made = learned("cosine", train=[9.0, 9.0], test=[2.0, np.nan], tuned_for_training=[0.5, 0.25])
    found = finals(made, "final_loss")
    assert (found.values.tolist(), found.rate, found.at_edge) == ([0.5, 0.25], 1.0, True)
    assert finals(made, "final_test_loss").values.tolist() == [2.0, np.inf]
    assert settled(made) == "final_test_loss"


def test_effects_are_paired_and_adjusted():
    constant = learned("constant", train=[1.0, 1.0], test=[1.0, 1.0])
    cosine = learned("cosine", train=[0.1, 0.1], test=[10.0, 1000.0], edge=True)
    table = effects_table([constant, cosine]).query("schedule == 'cosine'")
    np.testing.assert_allclose(table["effect"], [-1, 2])
    np.testing.assert_allclose(table["superiority"], [1, 0])
    assert table["at_edge"].tolist() == [True, True]
    assert table["p"].tolist() == [1.0, 1.0]  # 0.5 each, doubled


def test_noise_below_zero_is_refused():
    with pytest.raises(FieldError, match=r"Schedules\.gradient_noise = -1"):
        Schedules(**WORDS, **SETTINGS | {"gradient_noise": -1})
