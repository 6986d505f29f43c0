"""Which tables of results are comparisons of methods, how they are read, and what the methods need."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from advice_tables import SEEDS, summary, write_results

from src.advice.comparisons import read_comparisons
from src.advice.evidence import verdicts_on
from src.advice.needs import Limits, refusals
from src.advice.traits import Traits
from src.composition.laboratory import Laboratory
from src.composition.refusals import Refused
from src.composition.single_parts import part_of_yaml, problem_from

LANDSCAPES = Traits(kind="box")
CONF = Path(__file__).resolve().parents[2] / "conf"


def read(folder, study="gradient_free"):
    return read_comparisons(folder / "results", [study], ["adam", "gd"], ["cma_es", "genetic"])


def test_a_summary_is_one_comparison_per_problem_and_number_of_coordinates(tmp_path):
    tables = [summary(problem, size, ["cma_es", "genetic"]) for problem in ("sines", "basins") for size in (2, 5)]
    write_results(tmp_path, "gradient_free", *tables)
    found, left_out = read(tmp_path)
    assert [one.label for one in found] == ["sines 2-D", "sines 5-D", "basins 2-D", "basins 5-D"]
    assert left_out == {}
    assert [one.budget for one in found] == [1000, 2500, 1000, 2500]
    assert found[0].times[:, 0].tolist() == [10.0, 20.0]
    assert found[0].times.shape == (2, SEEDS)
    assert (found[0].won(["cma_es", "genetic"])[:, 0, 1] == 1).all()


def test_a_step_of_a_descent_counts_as_two_evaluations_and_rates_must_be_tuned(tmp_path):
    table = summary("sines", 2, ["adam", "gd"]).drop(columns="dimension")
    write_results(tmp_path, "tuned", table, rates=pd.DataFrame({"learning_rate": [0.1]}))
    write_results(tmp_path, "by_hand", table)
    [found], _ = read(tmp_path, "tuned")
    assert (found.times[0, 0], found.budget) == (20.0, 2000)
    assert read(tmp_path, "by_hand") == ([], {"by_hand": "its learning rates are set by hand"})


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda table: table.assign(method="cma_es (sigma=1)"), "its methods are not yamls as they stand"),
        (lambda table: table[table["method"] == "cma_es"], "it has one method"),
        (lambda table: pd.concat([table, table.assign(batch=2)]), "more than the method varies"),
    ],
)
def test_a_study_that_compares_no_methods_is_left_out_with_the_reason(tmp_path, change, reason):
    write_results(tmp_path, "gradient_free", change(summary("sines", 2, ["cma_es", "genetic"])))
    assert read(tmp_path) == ([], {"gradient_free": reason})


def test_the_table_of_conditions_takes_the_place_of_the_summary(tmp_path):
    base = summary("sines", 2, ["cma_es", "genetic"]).drop(columns="dimension")
    outcomes = pd.concat(
        base[["problem", "method", "seed"]].assign(condition=name, gap=(base["method"] == worse) * 1.0)
        for name, worse in (("smooth", "genetic"), ("noisy", "cma_es"))
    )
    write_results(tmp_path, "gradient_free_hard", base, outcomes=outcomes)
    [found], _ = read(tmp_path, "gradient_free_hard")
    assert found.label == "sines (noisy)"
    assert (found.won(["cma_es", "genetic"])[:, 0, 1] == 0).all()


def test_traits_of_measured_problems_are_probed_once_in_the_size_measured(tmp_path):
    write_results(
        tmp_path, "gradient_free", *[summary("rosenbrock_steep", size, ["cma_es", "genetic"]) for size in (2, 9)]
    )
    laboratory = Laboratory(CONF, tmp_path)
    asked = laboratory.comparisons(LANDSCAPES)
    assert [round(10 ** one.traits.numbers["dimension"].low) for one in asked] == [2, 9]
    assert all(one.minimum == 0 and one.tolerance == pytest.approx(1e-4) for one in asked)
    kept = sorted((tmp_path / "runs" / ".traits").iterdir())
    assert len(kept) == 2
    kept[0].write_text("{}")  # a damaged file is written again
    kept[1].write_text('{"kind": "box", "gradients": true, "numbers": []}')
    assert [one.traits for one in Laboratory(CONF, tmp_path).comparisons(LANDSCAPES)] == [one.traits for one in asked]


def test_every_method_says_what_it_needs():
    needs = Laboratory(CONF, Path()).needs()
    assert [(needs[name].gradients, needs[name].numbers) for name in ("gd", "momentum", "adam")] == [
        (True, 0),
        (True, 1),
        (True, 2),
    ]
    assert needs["cma_es"].numbers > 20  # a matrix
    assert needs["genetic"].numbers >= 100  # a population of a hundred
    assert needs["random_search"].numbers == 0
    assert needs["pycma"].numbers is None
    assert needs["one_plus_one_ea"].domain == "bits"
    limited = refusals(needs, Limits(kind="box", gradients=False, memory=True, box=True))
    assert limited["adam"] == "it needs gradients"
    assert limited["one_plus_one_ea"] == "it needs strings of bits"
    assert "numbers per parameter" in limited["genetic"]
    assert "library" in limited["pycma"]
    assert "random_search" not in limited
    boxed = refusals(needs, Limits(kind="box", gradients=True, memory=False, box=True))
    assert boxed["adam"] == "its steps may leave the box"
    assert "gradient_restarts" not in boxed
    bits = refusals(needs, Limits(kind="bits", gradients=None, memory=False, box=False))
    assert bits["cma_es"] == "it needs real coordinates"
    assert "binary_genetic" not in bits


def test_verdicts_are_those_of_the_studies_that_name_the_method(tmp_path):
    row = {"statement": "S.", "settings": "cma_es against genetic, D = 2", "verdict": "supported"}
    verdicts = pd.DataFrame(
        [{"claim": "C20.restarts", **row}, {"claim": "C23.discrete", **row, "settings": "csa_es"}]
    )
    write_results(tmp_path, "gradient_free", summary("sines", 2, ["cma_es", "genetic"]), verdicts=verdicts)
    assert verdicts_on(tmp_path, ["gradient_free"], "cma_es") == ["C20.restarts (gradient_free): supported: S."]
    ledger = pd.DataFrame([{"claim": "C20.restarts", "study": "gradient_free", "verdict": "mixed"}])
    ledger.to_csv(tmp_path / "results" / "claims.csv", index=False)
    assert verdicts_on(tmp_path, ["gradient_free"], "cma_es") == ["C20.restarts (gradient_free): mixed: S."]
    assert verdicts_on(tmp_path, ["gradient_free"], "annealing") == []


def test_parts_are_built_from_a_yaml_or_from_words_and_refused_in_one_line():
    assert type(part_of_yaml(CONF, "search", "cma_es")).__name__ == "CmaEs"
    assert part_of_yaml(CONF, "study", "gradient_free").name == "gradient_free"
    name, problem = problem_from(CONF, ["problem=rosenbrock", "problem.b=5"])
    assert (name, problem.b) == ("rosenbrock", 5)
    with pytest.raises(Refused, match="did you mean rosenbrock"):
        problem_from(CONF, ["problem=rosenbrok"])
    with pytest.raises(Refused, match="no such key"):
        problem_from(CONF, ["problem=rosenbrock", "problem.highest=5"])
    with pytest.raises(Refused, match="there is no"):
        part_of_yaml(CONF, "search", "nonesuch")
    assert np.isfinite(problem.tolerance)
