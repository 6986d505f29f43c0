"""Each claim on geometry comes out as planted tables have it: supported, and refuted by the mirror image."""

import numpy as np
import pandas as pd
import pytest
from claim_rules import claims_of

from src.statistics.concentration import exact_spread
from src.studies.geometry.claims import verdicts

CLAIMS = claims_of("geometry")
SEEDS = 12
NOISE = np.geomspace(0.999, 1.001, SEEDS)
DIMENSIONS = np.array([2, 10, 100, 1000])


def distances(exponent):
    """Spreads that fall as this power of the dimension, where the chi distribution's law gives -1/2."""
    rows = [
        {"seed": seed, "dimension": d, "spread": exact_spread(d) * d ** (exponent + 0.5) * NOISE[seed]}
        for seed in range(SEEDS)
        for d in DIMENSIONS
    ]
    return {"distances": pd.DataFrame(rows)}


def permutations(change=1e-16, barrier=0.5):
    """Of each network three permutations; the last changes the loss most, the middle one has the median barrier."""
    rows = [
        {"seed": seed, "loss_change": change * share * NOISE[seed], "barrier": barrier * height * NOISE[seed]}
        for seed in range(SEEDS)
        for share, height in ((0.0, 0.0), (0.0, 1.0), (1.0, 100.0))
    ]
    return {"permutations": pd.DataFrame(rows)}


def landscapes(disagreeing=0, exceptions=0):
    """Twenty landscapes, half of them known to be convex; exceptions among the others do not count."""
    table = pd.DataFrame(
        {"agree": [i >= disagreeing for i in range(20)], "known_convex": [i < 10 for i in range(20)]}
    )
    kinds = ("local_minima", "edge_minima", "stationary_not_global")
    for at, kind in enumerate(kinds):
        table[kind] = [int(i % 3 == at) if i < exceptions or i >= 10 else 0 for i in range(20)]
    return {"landscapes": table}


def uniqueness(minima):
    rows = [("x^2", True, 1), ("0", True, minima), ("-x^2", False, 2)]
    return {"uniqueness": pd.DataFrame(rows, columns=["function", "convex", "minima"]).assign(tried=1001)}


# Of each claim: the tables of an effect; an effect of which the claim is true, and one where it is false.
PLANTED = {
    "C1": (distances, -0.5, -0.1),
    "C1.law": (distances, -0.5, -0.6),
    "C25": (lambda x: permutations(change=x), 1e-15, 1e-3),
    "C25.line": (lambda x: permutations(barrier=x), 0.5, 0.01),
    "C32": (lambda x: landscapes(disagreeing=x), 0, 1),
    "C32.local": (lambda x: landscapes(exceptions=x), 0, 1),
    "C32.unique": (uniqueness, 1, 2),
}


def test_every_claim_is_planted():
    assert set(PLANTED) == set(CLAIMS)


@pytest.mark.parametrize("name", CLAIMS)
def test_a_claim_is_supported_where_it_is_true_and_refuted_where_it_is_false(name):
    tables, true, false = PLANTED[name]
    for effect, expected in ((true, "supported"), (false, "refuted")):
        found, missing = verdicts({name: CLAIMS[name]}, tables(effect))
        assert missing == {}
        assert found["verdict"].tolist() == [expected]


@pytest.mark.parametrize(
    ("name", "effect", "estimate"),
    [
        ("C1", -0.5, np.log10(exact_spread(1000) / exact_spread(2))),
        ("C1.law", -0.6, 0.1),
        ("C25", 1e-3, 1e-3),
        ("C25.line", 0.5, 0.5),
        ("C32", 3, 3),
        ("C32.local", 4, 4),
        ("C32.unique", 7, 7),
    ],
)
def test_estimates_by_hand(name, effect, estimate):
    found, _ = verdicts({name: CLAIMS[name]}, PLANTED[name][0](effect))
    assert found["estimate"].item() == pytest.approx(estimate, rel=2e-3)
