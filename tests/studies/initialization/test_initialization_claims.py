"""The parts of claim C12 come out as planted tables have them: supported, and refuted by the mirror image."""

import numpy as np
import pandas as pd
import pytest
from claim_rules import claims_of

from src.studies.initialization.claims import verdicts

CLAIMS = claims_of("initialization")
SEEDS = 12


def symmetry(units):
    """Distinct units of equal weights after training; before, and from other weights, there are others."""
    rows = [
        {"init": init, "activation": "relu", "seed": seed, "step": step, "distinct_units": count + 0.01 * (seed % 2)}
        for init, after in (("constant", units), ("he", 64.0))
        for seed in range(SEEDS)
        for step, count in ((100, after), (0, 33.0))
    ]
    return {"symmetry": pd.DataFrame(rows), "growth": pd.DataFrame()}


def growth(init, activation, *, decades=0.0, departure=0.0, half=0.01):
    """Growth at one place; elsewhere it is such that a claim about this place would come out otherwise."""
    rows = [
        {"init": name, "activation": act, "direction": "forward"}
        | {"decades": dec, "decades_low": dec - half, "decades_high": dec + half}
        | {"departure": dep, "departure_low": max(dep - half, 0), "departure_high": dep + half}
        for name, act, dec, dep in ((init, activation, decades, departure), ("orthogonal", "tanh", -7.0, 7.0))
    ]
    other = {"xavier": "relu", "he": "tanh"}.get(init)
    if other:  # an initialization on an activation that it does not belong to
        rows.append({**rows[0], "activation": other, "decades": 9.0, "departure": 9.0})
    return {"growth": pd.DataFrame(rows), "symmetry": pd.DataFrame()}


# Of each claim: tables of an effect; effects of which the claim is true, and effects where it is false.
PLANTED = {
    "C12.symmetry": (symmetry, (1.0,), (40.0,)),
    "C12.vanishing": (lambda x: growth("too_small", "tanh", decades=x), (-0.5,), (0.0, 0.5)),
    "C12.exploding": (lambda x: growth("too_large", "relu", decades=x), (0.5,), (0.0, -0.5)),
    "C12.level": (lambda x: growth("he", "relu", decades=x), (0.0, 0.02, -0.02), (0.5, -0.5)),
    "C12.theory": (lambda x: growth("xavier", "tanh", departure=x), (0.01,), (0.5,)),
}


def test_every_claim_is_planted():
    assert set(PLANTED) == set(CLAIMS)


@pytest.mark.parametrize("name", CLAIMS)
def test_a_claim_is_supported_where_it_is_true_and_refuted_where_it_is_false(name):
    tables, *cases = PLANTED[name]
    for effects, expected in zip(cases, ("supported", "refuted"), strict=True):
        for effect in effects:
            found, missing = verdicts({name: CLAIMS[name]}, tables(effect))
            assert missing == {}
            assert found["verdict"].tolist() == [expected]


def test_growth_either_way_has_an_interval_without_a_sign():
    for decades, expected in ((-0.5, (0.5, 0.49, 0.51)), (0.002, (0.002, 0.0, 0.012)), (-0.002, (0.002, 0.0, 0.012))):
        found, _ = verdicts({"C12.level": CLAIMS["C12.level"]}, growth("xavier", "tanh", decades=decades))
        assert found[["estimate", "low", "high"]].iloc[0].tolist() == pytest.approx(expected)


def test_a_sweep_of_other_initializations_names_what_it_lacks():
    found, missing = verdicts(CLAIMS, growth("orthogonal", "relu") | {"symmetry": symmetry(1.0)["symmetry"].iloc[:0]})
    assert found.empty
    assert missing["C12.symmetry"] == "needs runs of init=constant or zeros"
    assert missing["C12.level"].startswith("needs runs of init=xavier on digits_deep_tanh")
    assert np.all([text.startswith("needs runs of ") for text in missing.values()])
