"""Words on figures, from what is known about a run."""

import pytest

from src.plotting.words import step_unit


@pytest.mark.parametrize(
    ("about", "unit"),
    [
        ({}, "step"),
        ({"budget_unit": "steps"}, "step"),
        ({"budget_unit": "evaluations"}, "evaluations"),
        ({"budget_unit": "evaluations per dimension"}, "evaluations"),
        ({"budget_unit": "steps", "step_unit": "evaluations"}, "evaluations"),
    ],
)
def test_the_step_axis_has_the_unit_of_the_budget_unless_the_run_names_its_own(about, unit):
    assert step_unit(about) == unit
