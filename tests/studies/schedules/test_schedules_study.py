"""The study of schedules on cells whose answer is known: a noisy quadratic by theory, and tables by hand."""

import numpy as np
import pandas as pd
import pytest

from src.core.checks import FieldError
from src.core.result import Result
from src.monitor.stopping import Patience
from src.optimizers.adam import Adam
from src.optimizers.momentum import Momentum
from src.problems.quadratic import Quadratic
from src.protocol.claims import Claim
from src.protocol.study import Cell
from src.protocol.summary import gather_study
from src.protocol.tuning.grid import Tuning
from src.schedules.constant import Constant
from src.schedules.exponential import ExponentialDecay
from src.starts.normal import Normal
from src.starts.uniform import Uniform
from src.studies.schedules.effects import claim_metric, effects_table, finals
from src.studies.schedules.noise_theory import theory_table
from src.studies.schedules.study import Schedules, factors_table

WORDS = {"name": "schedules", "question": "?", "how_to_read": ""}
CLAIM = Claim(statement="lower", estimand="", smallest_effect=-0.022, direction="below")
SETTINGS = {"judged": "exponential", "sgd": "momentum", "adam": "adam", "gradient_noise": 0.1}
MOMENTUM, ADAM = Momentum(beta=0.9), Adam(beta1=0.9, beta2=0.999, eps=1e-8)
STEPS = 400
SCHEDULES = {"constant": Constant(), "exponential": ExponentialDecay(horizon=STEPS, epochs=100, decay=0.95)}


def cell(optimizer, method, schedule, *, seeds=12, start=None):
    box = {"lower": [-2.0] * 4, "upper": [2.0] * 4, "start": [1.0] * 4}
    problem = Quadratic(curvatures=[0.5, 0.25, 0.125, 0.1], **box, steps=STEPS, tolerance=1e-3)
    return Cell(
        problem=problem, optimizer=optimizer, schedule=SCHEDULES[schedule], start=start or Normal(centre=0, scale=1),
        stopping=Patience(metric="tuning_metric", patience=10, min_delta=1e-4, freeze=False,
        gradient_tolerance=1e-12),
        tuning=Tuning(lowest=1e-3, highest=0.1, rates=5, seeds=8, widenings=0, widen_by=1), learning_rate=None,
        seeds=seeds,
        steps=STEPS, evaluate_every=None, root_seed=0, device="cpu",
        names={
            "problem": "quadratic", "method": f"{method} (schedule={schedule})", "schedule": schedule,
            "profile": "full",
        },
    )  # fmt: skip


STUDY = Schedules(**WORDS, **SETTINGS, claims={"C14.a": CLAIM, "C14.b": CLAIM})


@pytest.fixture(scope="module")
def cells():
    return [
        STUDY.measure(cell(optimizer, method, schedule))
        for optimizer, method in ((MOMENTUM, "momentum"), (ADAM, "adam"))
        for schedule in SCHEDULES
    ]


@pytest.fixture(scope="module")
def gathered(cells):
    return STUDY.gather(cells)


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
    assert (
        effects.loc[("momentum", "exponential"), "learning_rate"]
        > effects.loc[("momentum", "constant"), "learning_rate"]
    )


def test_claims_are_settled_for_each_method_and_for_their_difference(gathered):
    verdicts = gathered.tables["verdicts"]
    assert verdicts["claim"].tolist() == ["C14.a", "C14.a", "C14.b"]
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
    np.testing.assert_allclose(table["learning_rate"][[0, 4, 16]], [1e-3, 10**-2.5, 0.1])
    late = table.iloc[-1]  # at rate 0.1 the slowest direction has forgotten its start
    assert late["expected"] == pytest.approx(late["floor"], rel=1e-3)


def test_factors_are_those_of_row_r40_whatever_the_budget():
    table = factors_table(SCHEDULES["exponential"])
    np.testing.assert_allclose(table["factor"], 0.95 ** np.arange(100))
    assert factors_table(Constant())["factor"].tolist() == [1.0] * 100


def learned(schedule, *, train, test, edge=False, tuned_for_training=None):
    """A cell of a learning task, by hand; two test seeds, the second of which may have diverged."""
    summary = pd.DataFrame(
        {"split": "test", "seed": [0, 1], "status": "out_of_budget", "learning_rate": 0.1, "score": test}
    )
    tables = {"summary": summary.assign(final_loss=train, final_test_loss=test)}
    if tuned_for_training is not None:
        tables["optimized"] = summary.assign(final_loss=tuned_for_training, learning_rate=1.0, at_edge=True)
    names = {"problem": "digits", "method": "adam", "schedule": schedule}
    return Result(tables=tables, metrics={}, about=names | {"learning_rate_at_edge": edge, "minimum": None})


def test_training_loss_is_compared_at_the_rate_that_is_best_for_it():
    made = learned("cosine", train=[9.0, 9.0], test=[2.0, np.nan], tuned_for_training=[0.5, 0.25])
    found = finals(made, "final_loss")
    assert (found.values.tolist(), found.learning_rate, found.at_edge) == ([0.5, 0.25], 1.0, True)
    assert finals(made, "final_test_loss").values.tolist() == [2.0, np.inf]
    assert claim_metric(made) == "final_test_loss"


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


def test_runs_keep_their_whole_name_and_tables_the_bare_one(cells, gathered):
    assert cells[0].about["method"] == "momentum (schedule=constant)"
    for name in ("summary", "rates", "theory", "schedule_curves", "effects", "noise"):
        assert set(gathered.tables[name]["method"]) <= {"momentum", "adam"}
        assert set(gathered.tables[name]["schedule"]) == set(SCHEDULES)


def test_the_headline_is_the_effect_of_the_judged_schedule(cells):
    headline = gather_study(STUDY, cells).tables["headline"]
    assert headline["quantity"].tolist() == ["effect_of_schedule"] * 2 + ["effect_on_sgd_less_adam"]
    assert headline["value"][0] < -0.05
    assert headline["about"][0].startswith("momentum on quadratic, final_loss, exponential against constant")


@pytest.mark.parametrize(
    ("kept", "missing"),
    [
        (lambda about: about["schedule"] == "constant", {"C14.a", "C14.b"}),
        (lambda about: about["schedule"] == "exponential", {"C14.a", "C14.b"}),
        (lambda about: about["method"].startswith("adam"), {"C14.b"}),
        (lambda about: about["method"] == "adam (schedule=exponential)", {"C14.a", "C14.b"}),
    ],
)
def test_a_narrowed_grid_leaves_out_the_claims_that_lack_runs(cells, gathered, kept, missing):
    narrowed = gather_study(STUDY, [cell for cell in cells if kept(cell.about)])
    assert set(narrowed.missing) == missing
    assert narrowed.tables["headline"]["value"].isna().all() == ("C14.a" in missing)
    assert STUDY.question in STUDY.answer(narrowed)
    of_the_sweep = ["given", "half_seeds"]
    whole, own = (one.tables["verdicts"].drop(columns=of_the_sweep) for one in (gathered, narrowed))
    same = whole[whole["settings"].isin(own["settings"])].reset_index(drop=True)
    pd.testing.assert_frame_equal(own, same, check_dtype=False)
    assert set(narrowed.tables["verdicts"]["given"]) <= {"what was chosen on 8 tuning seeds"}


def test_a_claim_of_another_kind_is_refused():
    with pytest.raises(FieldError, match=r"Schedules\.claims = 'C14\.z'"):
        Schedules(**WORDS, **SETTINGS, claims={"C14.z": CLAIM})
