"""A sweep of one kind of problem is gathered, and names the runs that its claims lack."""

from dataclasses import replace

import numpy as np
import pytest
from hydra.utils import instantiate
from omegaconf import OmegaConf

from src.monitor.stopping import Patience
from src.optimizers.adam import Adam
from src.problems.linear_regression import LinearRegression
from src.problems.quadratic import Quadratic
from src.problems.sines import WavyParabola
from src.protocol.study import Cell
from src.protocol.summary import gather_study
from src.protocol.tuning.grid import Tuning
from src.schedules.constant import Constant
from src.starts.xavier import Xavier
from src.studies.geometry.figures.distance_concentration import distance_concentration
from src.studies.geometry.figures.landscape_gallery import landscape_gallery
from src.studies.geometry.figures.symmetries import symmetries

SETTINGS = {"pairs": 20, "starts": 16, "dimensions": [2, 60, 120], "permutations": 2, "line_points": 5}
STUDY = instantiate(OmegaConf.merge(OmegaConf.load("conf/study/geometry.yaml").study, SETTINGS), _convert_="all")
USUAL = {"start": None, "steps": 10, "tolerance": 1e-4}
NETWORK = OmegaConf.merge(OmegaConf.load("conf/problem/digits_mlp.yaml"), {"widths": [64, 6, 5, 10]})
PROBLEMS = {
    "parabola": Quadratic(curvatures=[1.0], lower=[-4.0], upper=[4.0], **USUAL),
    "wavy_parabola": WavyParabola(lower=[-4.0], upper=[4.0], **USUAL),
    "linear_regression": LinearRegression(
        size=40, coefficients=[3.0, 2.0], noise=0.1, data_seed=42, start=[0.0, 0.0], batch_size=None, steps=5,
        tolerance=1e-4,
    ),
    "digits_mlp": instantiate(NETWORK, _convert_="all"),
}  # fmt: skip
CLAIMS = {
    "parabola": {"C32", "C32.local", "C32.unique"},
    "wavy_parabola": {"C32", "C32.unique"},
    "linear_regression": {"C1", "C1.law"},
    "digits_mlp": {"C25", "C25.line"},
}
HEADLINES = {
    "parabola": "share_of_landscapes_judged_right",
    "wavy_parabola": "share_of_landscapes_judged_right",
    "linear_regression": "exponent_of_distances",
    "digits_mlp": "barrier_between_permuted_minima",
}
STOPPING = ("stopped_rate", "stopped_step", "steps_saved", "stopping_cost")


def cell(name):
    return Cell(
        problem=PROBLEMS[name], optimizer=Adam(beta1=0.9, beta2=0.999, eps=1e-8), schedule=Constant(),
        start=Xavier(distribution="uniform", gain=1.0),
        stopping=Patience(metric="tuning_metric", patience=10, min_delta=0, freeze=False, gradient_tolerance=1e-12),
        tuning=Tuning(lowest=1e-3, highest=0.1, rates=3, seeds=2, widenings=0, widen_by=1), learning_rate=0.003,
        seeds=3, steps=3, evaluate_every=None, root_seed=0, device="cpu",
        names={"problem": name, "method": "geometry", "profile": "full"},
    )  # fmt: skip


@pytest.fixture(scope="module")
def measured():
    return {name: STUDY.measure(cell(name)) for name in PROBLEMS}


@pytest.mark.parametrize("name", PROBLEMS)
def test_one_problem_settles_its_claims_and_names_the_runs_of_the_others(measured, name):
    gathered = gather_study(STUDY, [measured[name]])
    assert set(gathered.tables["verdicts"]["claim"]) == CLAIMS[name]
    assert set(gathered.missing) == set(STUDY.claims) - CLAIMS[name]
    assert all(reason.startswith("needs runs of") for reason in gathered.missing.values())
    [first] = gathered.tables["headline"].to_dict("records")
    assert first["quantity"] == HEADLINES[name]
    assert first["low"] <= first["value"] <= first["high"]
    assert set(gathered.tables["summary"]["seed"]) == {0, 1, 2}
    assert len(STUDY.answer(gathered)) >= 2
    drawn = [
        draw(gathered.tables, gathered.about) for draw in (landscape_gallery, distance_concentration, symmetries)
    ]
    expected = [name in ("parabola", "wavy_parabola"), name == "linear_regression", False]
    assert [figure is not None for figure in drawn] == expected


def test_headlines_of_a_sweep_of_all_kinds_begin_with_the_distances(measured):
    headline = gather_study(STUDY, list(measured.values())).tables["headline"]
    assert headline["quantity"].tolist() == [
        "exponent_of_distances", "share_of_landscapes_judged_right", "barrier_between_permuted_minima",
    ]  # fmt: skip
    assert headline["value"].iloc[0] == pytest.approx(-0.5, abs=0.05)
    assert headline["value"].iloc[1] == 1


@pytest.mark.parametrize("name", PROBLEMS)
def test_each_run_has_a_metric_and_early_stopping_statistics_or_a_reason(measured, name):
    result = measured[name]
    assert np.isfinite(list(result.metrics.values())).all()
    assert result.metrics
    for statistic in STOPPING:
        assert (statistic in result.metrics) != bool(result.missing.get(statistic))
    assert ("stopped_rate" in result.metrics) == (name == "digits_mlp")


def test_a_perceptron_needs_a_learning_rate():
    with pytest.raises(ValueError, match="learning_rate"):
        STUDY.measure(replace(cell("digits_mlp"), learning_rate=None))
