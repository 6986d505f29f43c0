"""Basins whose areas are known, and designs whose points are."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from src.core.checks import FieldError
from src.monitor.stopping import Patience
from src.optimizers.gd import GradientDescent
from src.optimizers.momentum import Momentum
from src.problems.basins import Basins
from src.problems.five_wells import FiveWells
from src.problems.quadratic import Quadratic
from src.protocol.claims import Claim
from src.protocol.study import Cell
from src.protocol.summary import gather_study
from src.protocol.tuning.grid import Tuning
from src.schedules.constant import Constant
from src.starts.grid import Grid
from src.starts.latin_hypercube import LatinHypercube
from src.starts.normal import Normal
from src.starts.sobol import Sobol
from src.starts.uniform import Uniform
from src.studies.starting_points.attraction import atlas, curvatures, descend_to_rest
from src.studies.starting_points.figures.basin_map import basin_map
from src.studies.starting_points.figures.coverage import coverage
from src.studies.starting_points.study import StartingPoints

BOX = {"start": None, "steps": 100, "tolerance": 1e-4}
BASINS = Basins(lower=[-2.0, -2.0], upper=[2.0, 2.0], **BOX)
WELLS = FiveWells(lower=[-4.0, -4.0], upper=[4.0, 4.0], **BOX)
BOWL = Quadratic(curvatures=[1.0, 4.0], lower=[-1.0, -1.0], upper=[1.0, 1.0], **BOX)
UNIFORM = Uniform(lower=None, upper=None)
KINDS = ("matter", "discrepancy", "hole", "basins", "global")
CLAIMS = {f"C13.{kind}": Claim(statement="", estimand="", smallest_effect=0.05, direction="above") for kind in KINDS}
STUDY = StartingPoints(name="s", question="?", how_to_read="", points=25, claims=CLAIMS)


def cell(problem, start=UNIFORM, name="uniform", **changes):
    settled = Cell(
        problem=problem, start=start, optimizer=GradientDescent(), schedule=Constant(),
        stopping=Patience(metric="tuning_metric", patience=10, min_delta=0, freeze=False, gradient_tolerance=1e-8),
        tuning=Tuning(lowest=1e-3, highest=0.1, rates=3, seeds=2, widenings=0, widen_by=1),
        learning_rate=None, seeds=4, steps=600, evaluate_every=None, root_seed=0, device="cpu",
        names={"problem": "landscape", "method": f"gd (start={name})", "start": name, "profile": "full"},
    )  # fmt: skip
    return replace(settled, **changes)


def known(problem):
    return atlas(cell(problem), *(edge.numpy() for edge in problem.box()))


def test_curvatures_are_the_hessians():
    found = curvatures(BOWL, torch.tensor([[0.3, -0.2], [1.0, 1.0]], dtype=torch.float64))
    np.testing.assert_allclose(found, [[2, 8], [2, 8]])


def test_a_bowl_is_one_basin_at_the_rate_of_its_curvature():
    found = known(BOWL)
    assert found.learning_rate == pytest.approx(1 / 8)
    np.testing.assert_allclose(found.minima, [[0, 0]], atol=1e-6)
    assert (found.areas.tolist(), found.best.tolist()) == ([1.0], [True])
    assert (found.expected_minima(5), found.chance_of_global(5)) == (1, 1)


def test_the_checkerboard_has_the_minima_that_its_formula_says():
    """sin 5x = -1 and cos 5y = 1 at 3 x 3 places of the box, sin 5x = 1 and cos 5y = -1 at 3 x 4."""
    found = known(BASINS)
    assert len(found.minima) == 21
    assert found.values[0] == pytest.approx(-0.990257, abs=1e-6)
    assert (np.diff(found.values) >= 0).all()
    assert found.best.tolist() == [True] + [False] * 20
    assert 0.7 < found.areas.sum() < 1  # from the edges descent leaves the box
    by_hand = sum(1 - (1 - area) ** 25 for area in found.areas)
    assert found.expected_minima(25) == pytest.approx(by_hand)
    assert found.chance_of_global(25) == pytest.approx(1 - (1 - found.areas[0]) ** 25)


def test_wells_are_all_global_and_points_of_the_plateau_are_lost():
    found = known(WELLS)
    assert sorted(np.rint(found.minima).tolist()) == [[-2, -2], [-2, 2], [0, 0], [2, -2], [2, 2]]
    assert found.best.all()
    corner = torch.tensor([[3.99, 3.99], [2.1, 1.9]], dtype=torch.float64)
    ends, values = descend_to_rest(cell(WELLS), corner, found.learning_rate)
    assert found.index_of(ends.numpy(), np.array([8.0, 8.0])).tolist() == [
        -1,
        found.minima.round().tolist().index([2, 2]),
    ]
    assert values[1] == pytest.approx(-1, abs=1e-6)


def test_a_method_with_memory_is_refused():
    with pytest.raises(FieldError, match="without memory"):
        STUDY.measure(cell(BOWL, optimizer=Momentum(beta=0.9)))


@pytest.mark.parametrize("start", [Sobol(points=32), Grid(per_side=5), LatinHypercube(points=25), UNIFORM])
def test_designs_are_laid_out_one_after_the_other(start):
    laid = STUDY.lay_out(cell(BASINS, start, "design")).reshape(4, 25, 2)
    if isinstance(start, LatinHypercube):
        slices = np.sort(np.floor((laid.numpy() + 2) / 4 * 25), axis=1)
        np.testing.assert_array_equal(slices, np.broadcast_to(np.arange(25)[None, :, None], (4, 25, 2)))
    if isinstance(start, Grid):
        assert laid[0].equal(laid[3])
        assert len(laid[0].unique(dim=0)) == 25
    else:
        assert not laid[0].equal(laid[1])


def test_a_design_of_too_few_points_is_refused():
    with pytest.raises(FieldError, match="points"):
        STUDY.lay_out(cell(BASINS, Grid(per_side=3), "grid"))


def test_a_cell_says_what_its_designs_find():
    measured = STUDY.measure(cell(BASINS))
    designs, starts = measured.tables["designs"], measured.tables["starts"]
    assert (len(designs), len(starts)) == (4, 100)
    first = starts[starts["design"] == 0]
    assert designs.loc[0, "minima"] == len(set(first["minimum"]) - {-1})
    assert designs.loc[0, "best_value"] == first["value"].min()
    assert designs.loc[0, "found_global"] == float((first["minimum"] == 0).any())
    assert measured.metrics["success_rate"] == pytest.approx((starts["minimum"] == 0).mean())
    assert (
        measured.metrics["best_learning_rate"]
        == measured.about["best_learning_rate"]
        == pytest.approx(0.04, rel=0.01)
    )
    for name in ("stopped_rate", "stopped_step", "steps_saved", "stopping_cost"):
        assert (name in measured.metrics) != bool(measured.missing.get(name))
    assert measured.missing["steps_to_target"]


def test_points_outside_the_box_are_counted():
    measured = STUDY.measure(cell(BASINS, Normal(scale=10.0, centre=0.0), "normal"))
    assert measured.tables["designs"]["outside"].mean() > 0.9


def test_a_sweep_compares_and_settles():
    cells = [STUDY.measure(cell(BASINS, start, name, seeds=12)) for name, start in (
        ("uniform", UNIFORM), ("latin_hypercube", LatinHypercube(points=25)),
    )]  # fmt: skip
    gathered = STUDY.gather(cells)
    coverage = gathered.tables["coverage"].set_index("start")
    assert coverage.loc["latin_hypercube", "discrepancy"] < 0.7 * coverage.loc["uniform", "discrepancy"]
    random = coverage.loc["uniform"]
    assert random["minima"] == pytest.approx(random["expected_minima"], abs=1.5)
    verdicts = gathered.tables["verdicts"].set_index("claim")
    assert len(verdicts) == 5
    assert verdicts.loc["C13.matter", "verdict"] == "supported"
    assert verdicts.loc["C13.matter", "estimate"] == pytest.approx(random["missed"])
    assert verdicts.loc["C13.discrepancy", "estimate"] < -0.15
    assert (len(gathered.tables["basins"]), set(gathered.tables["starts"]["design"])) == (21, {0})
    assert list(STUDY.answer(gathered)) == ["? Means over the designs:", "Claims:"]


@pytest.mark.parametrize("name", ["uniform", "latin_hypercube", "normal"])
def test_a_narrowed_sweep_names_the_claims_that_lack_their_runs(name):
    start = {"uniform": UNIFORM, "latin_hypercube": LatinHypercube(points=25), "normal": Normal(scale=1, centre=0)}
    gathered = gather_study(STUDY, [STUDY.measure(cell(WELLS, start[name], name))])
    settled = ["C13.matter"] if name == "uniform" else []
    assert gathered.tables["verdicts"]["claim"].tolist() == settled
    assert set(gathered.missing) == set(CLAIMS) - set(settled)
    assert gathered.missing["C13.basins"] == "needs runs of start=uniform,latin_hypercube on one problem"
    assert len(STUDY.answer(gathered)) == 1 + len(settled)
    [first] = gathered.tables["headline"].to_dict("records")
    assert (first["quantity"], first["about"]) == ("minima_found", f"landscape, {name}")
    assert 3 <= first["value"] <= 5
    for draw in (coverage, basin_map):
        assert draw(gathered.tables, gathered.about) is not None


def test_finding_more_is_not_judged_where_nothing_is_left_to_be_found():
    even = LatinHypercube(points=25)
    cells = [
        STUDY.measure(cell(WELLS, start, name)) for start, name in ((UNIFORM, "uniform"), (even, "latin_hypercube"))
    ]
    wanting = {"C13.basins": Claim(statement="", estimand="", smallest_effect=2.0, direction="above")}
    [verdict] = replace(STUDY, claims=wanting).gather(cells).tables["verdicts"].to_dict("records")
    assert verdict["verdict"] == "blocked"
    assert verdict["reason"].startswith("uniform points leave")


def test_a_claim_that_it_cannot_settle_is_refused():
    with pytest.raises(FieldError, match="claims"):
        replace(STUDY, claims={"C13.beauty": CLAIMS["C13.hole"]})
