"""The parts of claim C13 come out as planted designs have them: supported, refuted by the mirror, or blocked."""

import numpy as np
import pandas as pd
import pytest
from claim_rules import all_settled, check_both_ways, claims_of

from src.core.result import Result
from src.studies.starting_points.claims import verdicts

CLAIMS = claims_of("starting_points")
DESIGNS = 20
NOISE = np.linspace(0.98, 1.02, DESIGNS)
MINIMA = 10  # that a landscape has


def cell(start, *, ratio=1.0, minima=5.0, found=0.5, missed=0.5):
    designs = pd.DataFrame(
        {
            "seed": range(DESIGNS),
            "missed": missed * NOISE,
            "discrepancy": 0.2 * ratio * NOISE,
            "largest_hole": 0.3 * ratio * NOISE,
            "minima": minima * NOISE,
            "found_global": (np.arange(DESIGNS) < found * DESIGNS).astype(float),
        }
    )
    return Result(tables={"designs": designs}, metrics={}, about={"problem": "p", "start": start, "minima": MINIMA})


def sweep(even, **random):
    """A Latin hypercube with ``even`` and uniform points with ``random`` of what ``cell`` takes."""
    return [cell("latin_hypercube", **even), cell("uniform", **random)]


# Of each claim: cells of an effect; an effect of which the claim is true, one where it is false; and the estimates.
PLANTED = {
    "C13.matter": (lambda x: sweep({"missed": 1 - x}, missed=x), (0.5, 0.5), (0.01, 0.01)),
    "C13.discrepancy": (lambda x: sweep({"ratio": x}), (0.5, np.log10(0.5)), (2.0, np.log10(2))),
    "C13.hole": (lambda x: sweep({"ratio": x}), (0.5, np.log10(0.5)), (2.0, np.log10(2))),
    "C13.basins": (lambda x: sweep({"minima": 5 + x}), (2.0, 2.0), (-2.0, -2.0)),
    "C13.global": (lambda x: sweep({"found": 0.5 + x}), (0.5, 0.5), (-0.5, -0.5)),
}


def test_every_claim_is_planted():
    assert set(PLANTED) == set(CLAIMS)


@pytest.mark.parametrize("name", CLAIMS)
def test_a_claim_is_supported_where_it_is_true_and_refuted_where_it_is_false(name):
    cells, *cases = PLANTED[name]
    check_both_ways(lambda effect: all_settled(verdicts({name: CLAIMS[name]}, cells(effect))), cases, within=0.02)


def test_an_effect_as_large_as_the_smallest_that_counts_is_neither_supported_nor_refuted():
    at_the_threshold = CLAIMS["C13.basins"].smallest_effect
    found, _ = verdicts({"C13.basins": CLAIMS["C13.basins"]}, PLANTED["C13.basins"][0](at_the_threshold))
    assert found["verdict"].tolist() == ["inconclusive"]


@pytest.mark.parametrize(
    ("name", "random"), [("C13.basins", {"minima": MINIMA - 0.3}), ("C13.global", {"found": 1.0})]
)
def test_where_uniform_points_find_nearly_all_there_is_no_verdict(name, random):
    found, _ = verdicts({name: CLAIMS[name]}, sweep({}, **random))
    assert found["verdict"].tolist() == ["blocked"]
    assert found["reason"].item().startswith("uniform points leave ")
