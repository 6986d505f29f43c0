"""One run of a search without a study: its tables, its budget, and the ranking of several."""

import re
from pathlib import Path

import numpy as np
import pytest
import torch
from hydra import compose, initialize_config_dir

from src.composition.parts import build
from src.core.checks import FieldError
from src.protocol.search_comparison import GRID_SHARE
from src.protocol.summary import gather_study
from src.tables.best_points import point_in_words
from src.tables.search_summary import SEARCH_SUMMARY

CONF = Path(__file__).parents[2] / "conf"


def parts_of(*words):
    with initialize_config_dir(str(CONF), version_base="1.3"):
        config = compose("config", list(words), return_hydra_config=True)
        return build(config, config.hydra.runtime.choices, "")


def measured(*words):
    torch.set_num_threads(1)
    parts = parts_of("seeds=3", *words)
    result = parts.study.measure(parts.cell)
    result.about["profile"] = "full"
    return parts, result


def far_from_one(point):
    if point[1] > 1.9:
        raise ArithmeticError("too far")
    return float(np.abs(point - 1).sum())


def test_a_search_has_no_part_of_a_descent_in_its_settings():
    parts = parts_of("+search=cma_es", "problem=eggholder")
    assert parts.study.name == "single"
    assert set(parts.settings) == {
        "problem",
        "search",
        "stopping",
        "start",
        "seeds",
        "steps",
        "root_seed",
        "study",
        "names",
    }
    assert parts.cell.names["method"] == "cma_es"
    without = parts_of("problem=eggholder", "optimizer=adam")
    assert without.settings["study"]["_target_"] == "src.protocol.comparison.Comparison"


@pytest.mark.parametrize(
    ("words", "steps"),
    [
        (("problem=eggholder",), 1000),
        (("problem=rosenbrock_4d",), 2000),
        (("problem=eggholder", "profile=quick"), 200),
        (("problem=eggholder", "steps=70"), 70),
        (("problem=plain_function", "problem.steps=80"), 80),
    ],
)
def test_the_budget_is_in_evaluations(words, steps):
    assert parts_of("+search=cma_es", *words).cell.steps == steps


def test_a_run_of_a_landscape_of_the_plane_has_curves_points_and_a_population():
    parts, result = measured("+search=random_search", "problem=sines", "steps=300")
    tables = result.tables
    assert set(tables) == {"summary", "curves", "best_points", "population", "contours"}
    assert list(tables["summary"]) == [*SEARCH_SUMMARY, "score"]
    assert tables["summary"]["steps"].tolist() == [300] * 3
    assert tables["curves"]["step"].iloc[[0, -1]].tolist() == [1, 300]
    assert (tables["curves"]["median"].diff().dropna() <= 0).all()
    for row in tables["best_points"].to_dict("records"):
        point = torch.tensor([[row["x1"], row["x2"]]], dtype=torch.float64)
        assert float(parts.cell.problem.value(point)[0]) == pytest.approx(row["value"], abs=1e-12)
    assert tables["best_points"]["value"].tolist() == tables["summary"]["final_loss"].tolist()
    assert {"final_loss", "steps_saved", "stopped_rate", "success_rate"} <= set(result.metrics)


def test_an_evaluation_with_a_gradient_counts_twice():
    _, result = measured("+search=gradient_descent", "problem=bowl", "steps=40")
    assert result.tables["curves"]["step"].iloc[-1] == 40
    assert result.tables["summary"]["steps"].tolist() == [40] * 3


def test_searches_are_ranked_and_their_best_points_printed():
    cells = [measured(f"+search={name}", "problem=rosenbrock_4d", "seeds=8") for name in ("random_search", "cma_es")]
    study = cells[0][0].study
    gathered = gather_study(study, [result for _, result in cells])
    ranking = gathered.tables["ranking"]
    assert ranking["method"].tolist() == ["cma_es", "random_search"]
    assert ranking["success_rate"].tolist() == [1, 0]
    assert "learning rate" not in gathered.tables["headline"]["about"][0]
    first, best = study.answer(gathered).values()
    assert "best_learning_rate" not in first
    shown = best.set_index("method")["point"]
    assert shown["cma_es"] == "(1, 1, 1, 1)"
    assert gathered.about["tuned"] is False


def test_a_function_of_ones_own_is_evaluated_little_beside_the_search():
    words = ("problem=plain_function", f"problem.function={__name__}.far_from_one", "problem.lowest=null")
    box = ("problem.lower=[-2,-2]", "problem.upper=[2,2]", "steps=200")
    _, result = measured("+search=random_search", *words, *box)
    assert 1 < len(result.tables["contours"]) <= 3 * 200 / GRID_SHARE
    assert result.metrics["failed_evaluations"] > 0
    assert "success_rate" in result.missing
    gathered = gather_study(parts_of("+search=random_search", *words, *box).study, [result])
    assert gathered.tables["ranking"]["score"].notna().all()


def test_a_search_that_finds_no_finite_value_has_diverged():
    words = ("problem=plain_function", "problem.function=math.factorial", "problem.lowest=null", "steps=20")
    parts, result = measured("+search=random_search", *words)
    assert result.tables["best_points"].drop(columns="seed").isna().all(axis=None)
    gathered = gather_study(parts.study, [result])
    assert gathered.tables["ranking"]["diverged_rate"].tolist() == [1]
    assert parts.study.answer(gathered)["Best point that any seed found"].empty


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("+search=cma_es", "problem=digits_mlp"), "must have a box to search"),
        (("+search=cma_es", "problem=onemax"), "must be a method for bits"),
        (("+search=binary_genetic", "problem=bowl"), "must be a method for box"),
        (("+search=gradient_descent", "problem=plain_function"), "must be a method without gradients"),
        (("+search=cma_es", "+study=warmup"), "study warmup searches nothing; leave out +study"),
    ],
)
def test_what_cannot_be_searched_is_refused(words, said):
    with pytest.raises(FieldError, match=re.escape(said)):
        parts_of(*words)


def test_a_long_point_is_shortened():
    _, result = measured("+search=one_plus_one_ea", "problem=onemax", "steps=20")
    assert point_in_words(result.tables["best_points"].iloc[0]).endswith(", …), 50 coordinates")
