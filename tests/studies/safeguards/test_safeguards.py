"""Robustness, clipping, leaving a saddle and row R64, by known answers; a small sweep to its verdicts."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
import yaml

from src.core.checks import FieldError
from src.core.result import Result
from src.monitor.stopping import Patience
from src.optimizers.chain import Chain
from src.optimizers.clip import Clip
from src.optimizers.gd import GradientDescent
from src.optimizers.noise import Noise
from src.optimizers.precondition import Precondition
from src.problems.strict_saddle import StrictSaddle
from src.protocol.claims import Claim
from src.protocol.study import Cell
from src.protocol.summary import gather_study
from src.protocol.tuning.full_grid import run_grid
from src.protocol.tuning.grid import Tuning
from src.protocol.tuning.tune import descend
from src.schedules.constant import Constant
from src.starts.first_axis import FirstAxis
from src.studies.safeguards.ablation import ablation_table
from src.studies.safeguards.claims import verdicts
from src.studies.safeguards.clipping import activity_curve, activity_table, turning
from src.studies.safeguards.compared_methods import ComparedMethods
from src.studies.safeguards.figures.clipping import clipping
from src.studies.safeguards.figures.escape import escape
from src.studies.safeguards.figures.explosion import explosion
from src.studies.safeguards.figures.rates import rates
from src.studies.safeguards.figures.robustness import robustness
from src.studies.safeguards.gradient_matrix import distribution_table, gradient_matrix, scale_gap, stages
from src.studies.safeguards.runs import parts_of, robustness_row, shares_table, with_outcomes
from src.studies.safeguards.study import Safeguards

CLIP, NOISE = Clip(limit=1.0), Noise(scale=1e-3, decay=0.55, as_variance=False)
VARIANCE = Noise(scale=1e-3, decay=0.55, as_variance=True)
PRECONDITION = Precondition(beta=0.999, eps=1e-8, bias_correction=False)
CHAIN = Chain(parts=[CLIP, NOISE, PRECONDITION])
ROLES = ComparedMethods(
    baseline="gd", singles=["clip", "noise", "precondition"], chain="clip_noise_precondition",
    without={"noise": "clip"},
    noise_last=["a"], noise_first=["clip_noise_precondition"], clip="clip", noise="noise", variance="noise_variance",
    precondition="precondition",
)  # fmt: skip
RULES = yaml.safe_load((Path(__file__).parents[3] / "conf/study/safeguards.yaml").read_text())["study"]["claims"]
CLAIMS = {
    name: Claim(**{key: value for key, value in rule.items() if key != "_target_"}) for name, rule in RULES.items()
}


def cell(optimizer, name, seeds=6, steps=300):
    saddle = {"lower": [-2.0, -2.0], "upper": [2.0, 2.0], "start": None, "steps": steps, "tolerance": 0.01}
    return Cell(
        problem=StrictSaddle(**saddle), optimizer=optimizer, schedule=Constant(), start=FirstAxis(scale=1.0),
        stopping=Patience(metric="tuning_metric", patience=10, min_delta=1e-4, freeze=False, gradient_tolerance=0.0),
        tuning=Tuning(lowest=1e-3, highest=10.0, rates=5, seeds=3, widenings=0, widen_by=1),
        learning_rate=None, seeds=seeds, steps=steps, evaluate_every=None, root_seed=0, device="cpu",
        names={"problem": "strict_saddle", "method": name, "profile": "full", "start": "first_axis"},
    )  # fmt: skip


def study():
    return Safeguards(
        name="safeguards",
        question="?",
        how_to_read="",
        roles=ROLES,
        saddle="strict_saddle",
        left_below=-0.01,
        claims=CLAIMS,
    )


def test_parts_are_named_in_their_order():
    assert [parts_of(one) for one in (GradientDescent(), NOISE, CHAIN)] == [
        [],
        ["noise"],
        ["clip", "noise", "precondition"],
    ]


def test_splits_side_by_side_are_those_alone():
    """The grid's run gives what tuning and judging one after the other would."""
    run = run_grid(cell(NOISE, "noise"), -1 + 1e-12)
    _, test = descend(cell(NOISE, "noise"), "test", run.rates, 6)
    _, tuning = descend(cell(NOISE, "noise"), "tuning", run.rates, 3)
    pd.testing.assert_frame_equal(run.test, test)
    pd.testing.assert_frame_equal(run.tuning, tuning)
    assert run.rates[run.best] == pytest.approx(0.1)
    assert not run.at_edge
    own = test[test["learning_rate"] == run.rates[run.best]]["final_loss"]
    assert run.chosen().series["loss"].values[-1].tolist() == own.tolist()


def test_success_is_at_the_end_and_an_explosion_is_not():
    frame = pd.DataFrame(
        {
            "split": "test", "seed": [0, 0, 1, 1], "learning_rate": [1.0, 2.0, 1.0, 2.0], "solved": True,
            "status": ["out_of_budget", "diverged", "out_of_budget", "out_of_budget"],
            "final_loss": [-1.0, np.inf, 0.0, -0.995],
        }
    )  # fmt: skip
    found = with_outcomes(frame, cell(NOISE, "noise").problem)
    assert found["success"].tolist() == [True, False, False, True]
    assert found["exploded"].tolist() == [False, True, False, False]
    assert robustness_row(found)["robustness"] == 0.5
    shares = shares_table(found)
    assert shares["share"].tolist() == [0.5, 0.5]
    assert shares["exploded"].tolist() == [0, 0.5]


def test_clipping_early_and_late_in_each_runs_own_steps():
    active = np.zeros((100, 3), dtype=bool)
    active[:10, 0] = True  # the first tenth of 100 steps
    active[:, 1] = True  # all of 20 steps, and what is recorded of a row that has ended
    table = activity_table(active, np.array([100, 20, 0]))
    assert table.to_numpy().tolist() == [[0, 1, 0], [1, 1, 1]]
    curve = activity_curve(active, np.array([100, 20, 0]))
    assert curve["share"].tolist() == [1.0] * 5 + [0.5] * 45


def test_clipping_turns_no_gradient_and_a_wrong_one_would_be_seen():
    grad = torch.tensor([[3.0, 4.0], [0.3, 0.4], [torch.inf, 0.0]], dtype=torch.float64)
    assert turning(CLIP, grad).tolist() == pytest.approx([0], abs=1e-30)

    class Sign(Clip):
        def update(self, grad, state, theta, step, noise):
            return grad.sign(), state

    assert turning(Sign(limit=1.0), grad[:1]).item() == pytest.approx(1 - 7 / (5 * 2**0.5))


def test_row_r64():
    passed = stages(CHAIN, gradient_matrix())
    norms = distribution_table(passed).groupby("number")["norm"].first().tolist()
    assert norms[0] == pytest.approx(22264, abs=0.5)
    assert norms[1] == pytest.approx(1.0, abs=1e-9)
    assert norms[2] == pytest.approx((1 + 1e5 * 1e-6) ** 0.5, rel=1e-2)  # noise of sd 1e-3 on 1e5 coordinates
    assert norms[3] == pytest.approx(1e2 * 10**0.5 * 1e3**0.5, rel=1e-2)  # 1 / sqrt(1 - beta) in each of them
    counts = distribution_table(passed).groupby("number")["count"]
    assert counts.sum().tolist() == [100_000] * 4
    assert counts.size().tolist() == [50] * 4
    gap = scale_gap(stages(PRECONDITION, gradient_matrix()))
    assert gap["before"].median() == pytest.approx(4, abs=0.02)
    assert gap["after"].abs().max() < 0.01


def test_a_small_sweep_settles_what_a_saddle_can_tell():
    methods = {"gd": GradientDescent(), "clip": CLIP, "noise": NOISE, "noise_variance": VARIANCE}
    methods |= {"precondition": PRECONDITION, "clip_noise_precondition": CHAIN}
    cells = [study().measure(cell(optimizer, name)) for name, optimizer in methods.items()]
    gathered = study().gather(cells)
    robustness = gathered.tables["robustness"].set_index("method")["robustness"]
    assert robustness["gd"] == robustness["clip"] == robustness["precondition"] == 0
    assert robustness["noise"] == pytest.approx(0.2)  # 0.1 alone: 0.001 and 0.01 are too slow, 1 and 10 too large
    assert gathered.metrics["robustness.noise"] == pytest.approx(0.2)
    verdicts = gathered.tables["verdicts"].set_index("claim")
    assert verdicts.loc["C17.leaves", "estimate"] == pytest.approx(0.2)
    assert verdicts.loc["C17.leaves", "verdict"] == "supported"
    assert verdicts.loc["C17.sooner", "estimate"] < -0.1
    assert verdicts.loc["C16.direction", "verdict"] == "supported"
    assert verdicts.loc["C18.scale", "verdict"] == "supported"
    assert verdicts.loc["C19", "settings"].startswith("clip_noise_precondition less noise")
    times = cells[2].tables["escape_times"].set_index("learning_rate")
    assert times.loc[0.1, "median"] == pytest.approx(times.loc[0.1, "theory"], rel=0.15)
    assert np.isnan(times.loc[10.0, "theory"])
    assert study().answer(gathered)


def made(problem, method, shares):
    """A cell whose seeds succeed at the given shares of ten rates."""
    rows = [
        {"split": "test", "seed": seed, "learning_rate": rate, "success": rate < 10 * share, "exploded": False}
        for seed, share in enumerate(shares)
        for rate in range(10)
    ]
    about = {
        "problem": problem,
        "method": method,
        "learning_rate_at_edge": False,
        "best_learning_rate": 1,
        "minimum": -1.0,
    }
    tables = {"summary": pd.DataFrame(rows), "scale_gap": pd.DataFrame({"after": [0.0, 0.0]})}
    return Result(tables=tables, metrics={}, about=about)


def test_the_chain_is_compared_with_the_best_part_on_each_problem_and_over_all():
    shares = {
        "one": {"clip": 0.5, "noise": 0.1, "precondition": 0.1, "clip_noise_precondition": 0.5},
        "two": {"clip": 0.1, "noise": 0.5, "precondition": 0.2, "clip_noise_precondition": 0.7},
    }
    cells = [made(problem, m, [share] * 4) for problem, each in shares.items() for m, share in each.items()]
    table, missing = verdicts(cells, ROLES, CLAIMS, "none")
    rows = table[table["claim"] == "C19"]
    assert rows["estimate"].tolist() == pytest.approx([0.0, 0.2, 0.3])
    assert rows["verdict"].tolist() == ["refuted", "supported", "supported"]
    assert missing["C16.explosion"] == "needs gd and clip on one problem"
    assert set(missing) == set(CLAIMS) - {"C18.scale", "C19"}
    table = ablation_table(cells, ROLES).set_index("problem")["difference"]
    assert table.to_dict() == pytest.approx({"one": 0.0, "two": 0.6, "all problems": 0.3})


def test_a_single_method_is_gathered_and_every_claim_without_its_runs_is_named():
    alone = study().measure(cell(NOISE, "noise"))
    gathered = gather_study(study(), [alone])
    assert set(gathered.tables["verdicts"]["claim"]) | set(gathered.missing) == set(CLAIMS)
    assert gathered.missing["C19"] == "needs clip_noise_precondition and clip, noise, precondition on one problem"
    first = gathered.tables["headline"].iloc[0]
    assert (first["quantity"], first["value"]) == ("robustness", pytest.approx(0.2))
    assert study().answer(gathered)
    for draw in (robustness, explosion, clipping, escape, rates):
        draw(gathered.tables, gathered.about)
    with pytest.raises(FieldError, match=r"C19\.other"):
        Safeguards(**{**vars(study()), "claims": {"C19.other": CLAIMS["C19"]}})
