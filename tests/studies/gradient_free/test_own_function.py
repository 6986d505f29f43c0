"""A function of a user's own in ``gradient_free``: its own dimension, an unknown minimum, exceptions."""

from pathlib import Path

import numpy as np
import pytest
import torch
from hydra import compose, initialize_config_dir

from src.composition.parts import build
from src.core.streams import seeds
from src.engine.search import SearchLoop
from src.studies.gradient_free.unknown_minimum import _best, records_table

CONF = Path(__file__).parents[3] / "conf"
METHODS = ("random_search", "cma_es")
WORDS = ("+study=gradient_free", "problem=plain_function", "steps=40", "seeds=3", "profile=tiny")


def of_three(point):
    assert point.shape == (3,)
    if point[0] > 1.5:
        raise ArithmeticError("too far")
    return float(((point - 0.3) ** 2).sum()) - 7.0


def cells(*words):
    with initialize_config_dir(str(CONF), version_base="1.3"):
        for method in METHODS:
            job = [*WORDS, f"problem.function={__name__}.of_three", f"search={method}", *words]
            config = compose("config", job, return_hydra_config=True)
            yield build(config, config.hydra.runtime.choices, "")


@pytest.fixture(scope="module", params=["null", "-7.0"])
def measured(request):
    torch.set_num_threads(1)
    parts = list(cells(f"problem.lowest={request.param}"))
    return parts, [each.study.measure(each.cell) for each in parts]


def test_a_function_of_three_numbers_is_searched_in_three(measured):
    for result in measured[1]:
        assert result.about["dimensions"] == [3]
        assert set(result.tables["curves"]["metric"]) == {"loss"}


def test_exceptions_are_failed_evaluations_that_the_run_reports(measured):
    random = measured[1][0]
    assert 0 < random.metrics["failed_evaluations"] < 3 * 120
    assert random.tags["first_failed_evaluation"] == "ArithmeticError: too far"
    assert np.isfinite(random.metrics["final_loss"])


def test_an_unknown_minimum_is_the_lowest_value_of_any_method(measured):
    parts, results = measured
    lowest = min(float(result.tables["summary"]["final_loss"].min()) for result in results)
    unknown = results[0].about["minimum"] is None
    gathered = parts[0].study.gather([_with_profile(result) for result in results])
    times = gathered.tables["running_times"].set_index("method")
    for result in results:
        ends = np.sort(result.tables["summary"]["final_loss"].to_numpy())
        reference = lowest if unknown else -7.0
        expected = np.median(ends - reference)
        assert times.loc[result.about["method"], "gap"] == pytest.approx(expected, abs=1e-12)
    assert unknown == ("success_rate" in results[0].missing)
    shares = gathered.tables["runtime_profiles"].groupby("method", sort=False)["share"].last()
    assert 0 < shares["random_search"] <= shares["cma_es"] <= 1


def _with_profile(result):
    result.about["profile"] = "tiny"
    return result


def test_records_hold_the_whole_trace():
    parts = next(iter(cells("problem.lowest=null")))
    problem = parts.cell.problem
    lower, upper = problem.box()
    loop = SearchLoop(problem=problem, method=parts.cell.search, lower=lower, upper=upper, budget=30)
    trace = loop.run(torch.zeros(4, 3, dtype=torch.float64), seeds(4))
    best = trace.best.numpy().copy()
    best[1] = np.inf
    np.testing.assert_array_equal(_best(records_table(best, trace.used.numpy(), 3)), best)
