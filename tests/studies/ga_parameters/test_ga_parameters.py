"""Effects and claims on outcomes that are made up so that the answer is known, and a small study end to end."""

import numpy as np
import pandas as pd
import pytest

from src.core.checks import FieldError
from src.monitor.stopping import Patience
from src.optimizers.gd import GradientDescent
from src.problems.rastrigin import Rastrigin
from src.protocol.claims import Claim, RunsMissing
from src.protocol.study import Cell
from src.protocol.tuning.grid import Tuning
from src.schedules.constant import Constant
from src.search.genetic import Genetic
from src.search.random_search import RandomSearch
from src.starts.uniform import Uniform
from src.studies.ga_parameters.answer import headline_rows
from src.studies.ga_parameters.claims import KINDS, interior_rate, larger_population, rate_effect, verdicts
from src.studies.ga_parameters.effects import chosen_settings, decades, effects_table, populations_table
from src.studies.ga_parameters.study import GaParameters
from src.tables.search_tables import checkpoints, end_values, hitting_times


def outcomes(gap):
    """All settings and seeds, with ``gap(population, crossover, rate, scale)`` and noise that the settings share."""
    rows = [
        {"problem": "p", "population": population, "crossover": crossover, "mutation_rate": rate,
         "mutation_scale": scale, "split": split, "seed": seed, "by": by, "evaluations": 100, "tolerance": 1e-6,
         "gap": gap(population, crossover, rate, scale) * 10 ** (0.01 * seed), "time": np.nan,
         "textbook": scale == 1e-4 and rate == 0.1}
        for population in (20, 100, 500) for crossover in ("blend", "none") for rate in (0.01, 0.1, 1.0)
        for scale in (1e-4, 0.1) for split, count in (("tuning", 3), ("test", 10)) for seed in range(count)
        for by in ("evaluations", "generations")
    ]  # fmt: skip
    return pd.DataFrame(rows)


def step_matters(population, crossover, rate, scale):
    """Three decades of the step; one of the population; the rate is best at 0.1, by a factor 10 at the large step."""
    rate_loss = 10.0 if rate != 0.1 and scale == 0.1 else 1.0
    return (1e3 if scale == 1e-4 else 1.0) * rate_loss * (100 / population)


def study(**changes):
    claims = {
        f"C21.{kind}": Claim(statement="", estimand="", smallest_effect=0.1, direction="above") for kind in KINDS
    }
    fields = {"name": "s", "question": "?", "how_to_read": "", "generations": 4, "rates": (0.1, 0.5),
    "scales": (0.05,),
              "textbook_rate": 0.1, "textbook_step": 0.1, "tuning_seeds": 2, "claims": claims}  # fmt: skip
    return GaParameters(**fields | changes)


def cell(**changes):
    method = Genetic(population=10, elites=2, tournament=2, crossover="blend", mutation="gaussian", mutation_rate=0.1,
                     mutation_unit="individual", mutation_scale=0.1)  # fmt: skip
    fields = {
        "problem": Rastrigin(dimension=2, lower=[-4.0, -3.0], upper=[6.0, 7.0], start=None, steps=9, tolerance=1e-4),
        "optimizer": GradientDescent(), "schedule": Constant(), "start": Uniform(lower=None, upper=None),
        "stopping": Patience(metric="tuning_metric", patience=9, min_delta=0, freeze=False, gradient_tolerance=0),
        "tuning": Tuning(lowest=1e-3, highest=0.1, rates=3, seeds=2, widenings=0, widen_by=1),
        "learning_rate": None, "seeds": 7, "steps": 60, "evaluate_every": None, "root_seed": 0, "device": "cpu",
        "search": method,
        "names": {"problem": "rastrigin", "search": "genetic", "method": "genetic", "profile": "full"},
    }  # fmt: skip
    return Cell(**fields | changes)


def test_effects_are_the_decades_that_were_put_in():
    table = effects_table(outcomes(step_matters)).set_index(["by", "parameter"])["gain"]
    by = table["evaluations"]
    assert by["population"] == pytest.approx(np.log10(25))
    assert by["crossover"] == pytest.approx(0)
    assert by["mutation_rate"] == pytest.approx(0.5)  # a decade at one of the two steps
    assert by["mutation_scale"] == pytest.approx(3 - 2 / 3)


def test_claims_estimate_what_was_put_in():
    table = outcomes(step_matters)
    of = table.assign(score=decades(table["gap"], table["tolerance"])).query("by == 'evaluations'")
    assert larger_population(of)[0].value == pytest.approx(np.log10(25))
    assert rate_effect(of)[0].value == pytest.approx(0)
    estimate, words = interior_rate(of)
    assert estimate.value == pytest.approx(1)
    assert "rate 0.1 against" in words


def test_a_claim_needs_what_it_compares():
    table = outcomes(step_matters)
    of = table.assign(score=decades(table["gap"], table["tolerance"]))
    for estimate, rows, words in (
        (larger_population, of["population"] == 20, "search.population"),
        (rate_effect, of["crossover"] == "none", "search.crossover=blend"),
        (interior_rate, of["mutation_rate"] > 0.05, "study.rates"),
    ):
        with pytest.raises(RunsMissing, match=words):
            estimate(of[rows])


def test_settings_are_chosen_by_tuning_seeds_alone():
    table = outcomes(step_matters)
    lucky = (table["split"] == "test") & (table["mutation_rate"] == 0.01)
    table.loc[lucky, "gap"] = 1e-9
    assert chosen_settings(table, 1e-6)["evaluations"] == {"mutation_rate": 0.1, "mutation_scale": 0.1}


def test_solved_is_solved():
    assert decades(pd.Series([0.0, 1e-9, 1e-6, 1e-2]), 1e-6).tolist() == pytest.approx([-6, -6, -6, -2])


def test_verdicts_stand_for_the_claims_whose_runs_are_there():
    table = outcomes(step_matters)
    claims = {
        f"C21.{kind}": Claim(statement="", estimand="", smallest_effect=0.1, direction="above") for kind in KINDS
    }
    settled, missing = verdicts(claims, table)
    assert settled["claim"].tolist() == list(claims)
    assert settled["settings"][0] == "p; population 500 against 20, each tuned"
    assert missing == {}
    settled, missing = verdicts(claims, table[table["population"] == 20])
    assert settled["claim"].tolist() == ["C21.interior"]
    assert list(missing) == ["C21.generation", "C21.evaluation", "C21.small_step"]


def test_the_largest_gain_leads_the_headline():
    rows = headline_rows(effects_table(outcomes(step_matters)))
    assert [row[0] for row in rows] == [
        "largest_gain_of_a_parameter", "largest_gain_of_population", "largest_gain_of_mutation_rate",
        "largest_gain_of_crossover",
    ]  # fmt: skip
    assert rows[0][1] == pytest.approx(3 - 2 / 3)
    assert np.isnan(headline_rows(pd.DataFrame())[0][1])


def test_populations_are_compared_tuned_and_at_the_textbooks_setting():
    table = (
        populations_table(outcomes(step_matters)).query("by == 'generations'").set_index(["setting", "population"])
    )
    assert table["median"]["tuned"][500] == pytest.approx(0.2 * 10**0.045, rel=1e-2)
    assert table["median"]["textbook"][20] == pytest.approx(5e3 * 10**0.045, rel=1e-2)


def test_hitting_times_are_counted_from_one():
    best = np.array([[3.0, 1.0, 0.5], [9.0, 9.0, 9.0], [0.1, 0.1, 0.1]])
    np.testing.assert_array_equal(hitting_times(best, 1.0), [2, np.nan, 1])
    assert checkpoints(1000)[[0, -1]].tolist() == [1, 1000]
    metrics, missing = end_values(best[:, -1], hitting_times(best, 1.0), 1.0)
    assert metrics["success_rate"] == pytest.approx(2 / 3)
    assert metrics["steps_to_target"] == 2
    assert "best_learning_rate" in missing


def test_a_small_study_end_to_end():
    measured = study().measure(cell())
    table = measured.tables["outcomes"]
    # 7 test and 2 tuning seeds, 2 rates x (1 scale + the textbook's), 2 ways of comparing
    assert len(table) == (7 + 2) * 4 * 2
    assert table.loc[table["textbook"], "mutation_scale"].unique().tolist() == pytest.approx([0.01])
    assert set(table.loc[table["by"] == "generations", "evaluations"]) == {10 + 3 * 8}
    assert (table["gap"] >= 0).all()
    assert measured.metrics["final_loss"] < 60
    summary = measured.tables["summary"]
    assert len(summary) == 7 * 4
    assert (summary["steps"] == 60).all()
    gathered = study().gather([measured])
    assert gathered.tables["verdicts"].empty  # of one population, with two rates, and not of the textbook's 100
    assert set(gathered.missing) == {f"C21.{kind}" for kind in KINDS}
    assert list(study().answer(gathered)) == ["?", "Verdicts"]


def test_seeds_do_not_depend_on_how_many_are_held_at_a_time():
    few, many = (study().measure(cell(seeds=seeds)).tables["outcomes"] for seeds in (2, 7))
    keys = ["split", "seed", "mutation_rate", "mutation_scale", "by"]
    both = few.merge(many, on=keys, suffixes=("", "_many")).query("split == 'test'")
    assert len(both) == 2 * 4 * 2
    np.testing.assert_array_equal(both["gap"], both["gap_many"])


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"rates": (0.0,)}, "rates"), ({"rates": (1.5,)}, "rates"), ({"scales": ()}, "scales"),
     ({"textbook_step": 0}, "textbook_step"), ({"generations": 1}, "generations")],
)  # fmt: skip
def test_what_is_not_allowed_is_refused(changes, field):
    with pytest.raises(FieldError, match=field):
        study(**changes)


def test_other_methods_and_small_budgets_are_refused():
    with pytest.raises(FieldError, match="search"):
        study().measure(cell(search=RandomSearch(population=5)))
    with pytest.raises(FieldError, match="steps = 5"):
        study().measure(cell(steps=5))
    with pytest.raises(FieldError, match="search"):
        study().check_parts(cell().problem, None)
