import numpy as np
import pytest
import torch

from benchmarks import run
from benchmarks.measurement import Measurement
from benchmarks.searches import bbob, defaults, quality, speed
from benchmarks.searches.contests import PRECISION, compared, line, reached
from benchmarks.searches.formulas import FORMULAS, landscape
from benchmarks.searches.peers import Peer, cma, cma_growing, scipy_de
from benchmarks.searches.rotated import JUDGING, TUNING, rotated
from benchmarks.searches.scipy_peers import ScipyEvolution
from src.core.search import BudgetSpent, Search
from src.core.streams import seeds

NAMES = ("ours", "theirs", "bowl 1-D")


def runs(*ends, steps=4):
    """Runs that fall by a factor of ten at each step and end at ``ends``."""
    return np.array(ends)[:, None] * 10.0 ** np.arange(steps)[::-1]


@pytest.mark.parametrize("name", FORMULAS)
@pytest.mark.parametrize("dimension", [2, 5])
def test_a_formula_is_the_projects_landscape(name, dimension):
    problem = landscape(name, dimension)
    lower, upper = problem.box()
    points = lower + (upper - lower) * torch.rand(20, dimension, generator=torch.Generator().manual_seed(0))
    np.testing.assert_allclose(FORMULAS[name](np, points.numpy()), problem.value(points).numpy(), rtol=1e-12)
    least = torch.tensor(problem.minimum.points, dtype=torch.float64)
    assert FORMULAS[name](np, least.numpy()) == pytest.approx([0.0], abs=1e-12)
    middle = (lower + upper) / 2
    assert float(problem.value(middle)) > 1


def test_the_lower_end_is_better_and_the_interval_says_how_sure():
    ends = 10.0 ** np.linspace(-5, -4.5, 10)
    contest = compared(runs(*ends), runs(*(ends * 100)), 1e-4, NAMES)
    assert contest.verdict == "better"
    assert contest.decades.value == pytest.approx(-2)
    assert contest.decades.low <= -2 <= contest.decades.high < 0
    assert (contest.ours_solved, contest.peers_solved) == (1.0, 0.0)
    assert contest.sooner.value == -np.inf
    assert compared(runs(*(ends * 100)), runs(*ends), 1e-4, NAMES).verdict == "worse"
    assert compared(runs(*ends), runs(*ends[::-1]), 1e-4, NAMES).verdict == "level"


def test_errors_below_the_precision_are_all_the_same():
    contest = compared(runs(*[1e-12] * 6), runs(*[1e-15] * 6), 1e-4, NAMES)
    assert (contest.ours, contest.peers, contest.decades.value) == (PRECISION, PRECISION, 0.0)
    assert contest.verdict == "level"


def test_evaluations_to_a_tolerance_count_from_one():
    tries = reached(np.array([[1e-5, 1e-5, 1e-5], [1.0, 1e-5, 1e-6], [1.0, 1.0, 1.0]]), 1e-4)
    assert tries.time.tolist() == [1, 2, 3]
    assert tries.reached.tolist() == [True, True, False]
    assert tries.spent.tolist() == [1, 2, 3]


def test_a_contest_without_success_says_nothing_of_evaluations_to_it():
    ends = [1.0] * 6
    assert "evaluations to it" not in line(compared(runs(*ends), runs(*ends), 1e-4, NAMES))


def test_each_pairing_is_of_a_yaml_and_its_changes_are_said():
    for pairing in (*quality.PAIRINGS, *speed.PAIRINGS, *bbob.PAIRINGS, *defaults.EVOLUTION, *defaults.GROWING):
        assert isinstance(pairing.method(), Search)
        for key, value in pairing.changed.items():
            assert getattr(pairing.method(), key) == value
            assert f"{key} {value}" in pairing.title


def test_a_peer_with_our_settings_spends_the_same_budget():
    options = {"population": 8, "updating": "deferred", "vectorized": True}
    problem = landscape("sphere", 2)
    for method in (
        ScipyEvolution({"population": 8}),
        ScipyEvolution(options),
        cma().solver(),
        cma_growing().solver(),
    ):
        errors = quality.errors(problem, method, 203, 2)
        assert errors.shape == (2, 203)
        assert (np.diff(errors, axis=1) <= 0).all()
        assert (errors[:, -1] < errors[:, 0] / 10).all()
        assert errors[0, -1] != errors[1, -1]


def test_a_missing_peer_is_named_and_the_others_run(monkeypatch):
    absent = Peer("a", "no_such_package", "no_such_package", "A")
    monkeypatch.setattr(quality, "PAIRINGS", (quality.Pairing("genetic", (absent, scipy_de())),))
    monkeypatch.setattr(quality, "FORMULAS", {"sphere": FORMULAS["sphere"]})
    errors = list(quality.contests(2, (2,), 60))
    assert errors[0] == "no_such_package is not installed, so it is left out: install it with `make peers`"
    (contest,) = errors[1:]
    assert (contest.method, contest.peer, contest.evaluations) == ("genetic", "scipy differential_evolution", 120)


def test_defaults_are_judged_on_functions_that_they_were_not_chosen_on():
    assert len(JUDGING) == len(TUNING) == 8
    assert not JUDGING.keys() & TUNING.keys()
    assert not {each.formula for each in JUDGING.values()} & {each.formula for each in TUNING.values()}


@pytest.mark.parametrize("name", [*JUDGING, *TUNING])
@pytest.mark.parametrize("dimension", [2, 5])
def test_a_rotated_function_is_zero_at_its_hidden_minimum_alone(name, dimension):
    function, problem = {**JUDGING, **TUNING}[name], rotated(name, dimension)
    least = np.full((1, dimension), function.minimum)
    assert function.formula(least) == pytest.approx([0.0], abs=1e-9)
    lower, upper = problem.box()
    generator = torch.Generator().manual_seed(0)
    points = lower + (upper - lower) * torch.rand(2000, dimension, generator=generator, dtype=torch.float64)
    assert (problem.value(points) > 0).all()
    assert torch.equal(problem.value(points), rotated(name, dimension).value(points))
    assert not torch.equal(problem.value(points), problem.value(points.flip(1)))
    assert float(problem.value(torch.zeros(1, dimension, dtype=torch.float64))) > 1e-2


def test_verdicts_of_a_pairing_are_counted(monkeypatch):
    monkeypatch.setattr(defaults, "JUDGING", {name: JUDGING[name] for name in ("levy", "ackley")})
    monkeypatch.setattr(defaults, "GROUPS", {"one": ((quality.Pairing("l_shade", (scipy_de(),)),), 40)})
    *found, counts = defaults.contests((2,), 3)
    assert [contest.landscape for contest in found] == ["levy 2-D", "ackley 2-D"]
    assert {contest.evaluations for contest in found} == {80}
    words = ", ".join(f"{word} {[c.verdict for c in found].count(word)}" for word in ("better", "level", "worse"))
    assert counts == f"l_shade against scipy differential_evolution, 2-D, 2 functions: {words}"


def test_a_lean_objective_stops_at_its_budget():
    objective = speed.Lean(FORMULAS["sphere"], 3)
    assert objective.many(np.array([[1.0, 1.0], [2.0, 0.0]])).tolist() == [1.0, 2.0]
    assert objective(np.array([2.0, 2.0])) == 4.0
    assert objective.remaining == 0
    with pytest.raises(BudgetSpent):
        objective(np.zeros(2))


def test_speed_is_of_the_same_work_scaled_up(monkeypatch):
    monkeypatch.setattr(speed, "EVALUATIONS", 200)
    monkeypatch.setattr(speed, "PAIRINGS", (quality.Pairing("genetic", (scipy_de(),)),))
    monkeypatch.setattr(speed, "find_spec", lambda package: None)
    measured, *texts = speed.races(4, 2, 1)
    assert isinstance(measured, Measurement)
    assert measured.ratio == pytest.approx(measured.peers / measured.ours)
    assert "2 of 4 seeds" in measured.note
    assert [text.split()[0] for text in texts] == ["pymoo", "evosax"]
    assert len(speed.together(speed.GENETIC, seeds(3), 200)) == 3


def test_contests_are_kept_beside_measurements(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    contest = compared(runs(*[1e-6] * 6), runs(*[1e-2] * 6), 1e-4, NAMES)
    monkeypatch.setattr(run, "BENCHMARKS", {"one": lambda full: iter([contest, "a is missing"])})
    assert run.main(["one", "--csv"]) == 0
    out = capsys.readouterr().out
    assert "better  ours against theirs, bowl 1-D, 4 evaluations: error 1.0e-06 against 1.0e-02" in out
    assert "a is missing" in out
    header, row = (tmp_path / "results" / "search_contests.csv").read_text().splitlines()
    assert header.endswith("verdict,decades_low,decades_high,sooner_low,sooner_high,machine")
    assert row.startswith("ours,theirs,bowl 1-D,4,6,")
    assert not (tmp_path / "results" / "benchmarks.csv").exists()
