"""A small study of mutation rates end to end, and what it refuses."""

from dataclasses import replace

import numpy as np
import pytest
from search_parts import bowl, cell

from src.core.checks import FieldError
from src.optimizers.gd import GradientDescent
from src.problems.one_max import OneMax
from src.protocol.claims import Claim
from src.search.one_plus_one_ea import OnePlusOneEa
from src.search.random_search import RandomSearch
from src.studies.ga_mutation_rate.claims import KINDS
from src.studies.ga_mutation_rate.study import GaMutationRate

CLAIMS = {f"C22.{kind}": Claim(statement="", estimand="", smallest_effect=0.1, direction="below") for kind in KINDS}
STUDY = GaMutationRate(name="s", question="?", how_to_read="", flips=(0.3, 0.6, 1.2, 2.4, 4.8), claims=CLAIMS)
TASK = OneMax(dimension=10, steps=2000)


def measured(seeds=40, steps=20000):
    return STUDY.measure(cell(TASK, GradientDescent(), OnePlusOneEa(flips=1.2), seeds=seeds, steps=steps))


def test_times_are_compared_with_theory_and_the_best_rate_is_inside():
    found = measured()
    table = found.tables["flips"]
    assert table["solved"].tolist() == [1.0] * 5
    assert (table["mean"] / table["expected"]).to_numpy() == pytest.approx(np.ones(5), abs=0.35)
    own = found.tables["times"].query("flips == 1.2")["time"]
    assert found.metrics["steps_to_target"] == own.median()
    summary = found.tables["summary"]
    assert len(summary) == 40 * 5
    np.testing.assert_array_equal(summary.query("flips == 1.2")["steps_to_target"], own)
    assert found.metrics["stopped_rate"] == summary.query("flips == 1.2")["stopped_step"].notna().mean()
    gathered = STUDY.gather([found])
    ((quantity, value, low, high, _, about),) = STUDY.headline(gathered)
    assert (quantity, value) == ("best_expected_flips", gathered.tables["optima"]["optimum"][0])
    assert low < value < high
    assert about == "problem, 10 bits; theory 1.24"
    assert gathered.tables["optima"]["expected"][0] == pytest.approx(1.25, abs=0.05)
    verdicts = gathered.tables["verdicts"].set_index("claim")
    assert verdicts["estimate"]["C22.interior"] < 0
    assert list(STUDY.answer(gathered)) == ["?", "Verdicts"]


def test_a_search_that_did_not_end_blocks_the_verdicts():
    gathered = STUDY.gather([measured(seeds=6, steps=15)])
    assert set(gathered.tables["verdicts"]["verdict"]) == {"blocked"}
    assert gathered.tables["optima"]["optimum"].isna().all()
    assert "did not end" in STUDY.headline(gathered)[0][5]


def test_what_has_no_theory_is_refused():
    with pytest.raises(FieldError, match="problem"):
        STUDY.measure(cell(bowl(), GradientDescent(), OnePlusOneEa(flips=1.0)))
    with pytest.raises(FieldError, match="search"):
        STUDY.measure(cell(TASK, GradientDescent(), RandomSearch(population=3)))
    for flips in ((0.5, 1.0), (1.0, 0.5, 2.0, 3.0, 4.0), (0.0, 1.0, 2.0, 3.0, 4.0)):
        with pytest.raises(FieldError, match="flips"):
            replace(STUDY, flips=flips)
