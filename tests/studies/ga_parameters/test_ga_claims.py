"""Claims C21 and C22 come out as planted outcomes have them: supported, and refuted by the mirror image."""

from itertools import product

import numpy as np
import pandas as pd
import pytest
from claim_rules import all_settled, check_both_ways, claims_of

from src.studies.ga_parameters.claims import verdicts

CLAIMS = claims_of("ga_parameters")
SEEDS = 12
POPULATIONS, RATES, SCALES = (20, 100, 500), (0.01, 0.1, 0.5), (0.1, 0.5)
LUCK = np.linspace(-0.03, 0.03, SEEDS)


def outcomes(decades):
    """Gaps of every setting: ``decades(by, population, rate, scale)`` above 1e-3, in tuning and in test seeds.

    A setting that only seems good on the test seeds (another crossover) must not be chosen.
    """
    rows = [
        {
            "problem": "p", "by": by, "population": population, "crossover": crossover, "mutation_rate": rate,
            "mutation_scale": scale, "split": split, "seed": seed, "tolerance": 1e-9,
            "textbook": scale == 0.1 and crossover == "blend" and population == 100,
            "gap": 10 ** (-3 + decades(by, population, rate, scale) + spoilt + LUCK[seed]),
        }
        for by, population, rate, scale, split, seed in product(
            ("generations", "evaluations"), POPULATIONS, RATES, SCALES, ("tuning", "test"), range(SEEDS)
        )
        for crossover, spoilt in (("blend", 0.0), ("none", 1.0 if split == "tuning" else -2.0))
    ]  # fmt: skip
    return pd.DataFrame(rows)


def by_population(which, gain):
    """The largest population is ``gain`` decades better than the smallest, when compared after as many ``which``."""
    return lambda by, population, *_: -gain if by == which and population == 500 else 0.0


def by_rate_at_small_step(gain):
    """At the step of 0.1, after as many generations, the highest rate is ``gain`` decades better than the others."""
    return lambda by, _, rate, scale: -gain if (by, rate, scale) == ("generations", 0.5, 0.1) else 0.0


def by_rate(gain):
    """After as many evaluations the middle rate is ``gain`` decades better than both ends."""
    return lambda by, _, rate, __: -gain if (by, rate) == ("evaluations", 0.1) else 0.0


# Of each claim: the gaps of an effect; an effect of which the claim is true, and one where it is false.
PLANTED = {
    "C21.generation": (lambda gain: by_population("generations", gain), 0.5, -0.5),
    "C21.evaluation": (lambda gain: by_population("evaluations", gain), 0.5, -0.5),
    "C22.small_step": (by_rate_at_small_step, 0.0, 0.5),
    "C22.interior": (by_rate, 0.5, -0.5),
}


def test_every_claim_is_planted():
    assert set(PLANTED) == set(CLAIMS)


@pytest.mark.parametrize("name", CLAIMS)
def test_a_claim_is_supported_where_it_is_true_and_refuted_where_it_is_false(name):
    decades, *effects = PLANTED[name]
    cases = [(effect, effect) for effect in effects]
    check_both_ways(
        lambda effect: all_settled(verdicts({name: CLAIMS[name]}, outcomes(decades(effect)))), cases, within=1e-9
    )


def test_a_narrow_sweep_names_what_each_claim_lacks():
    table = outcomes(lambda *_: 0.0)
    narrow = table[(table["population"] == 20) & (table["mutation_rate"] < 0.5)]
    found, missing = verdicts(CLAIMS, narrow)
    assert found.empty
    assert missing["C21.generation"] == "needs runs of two values of search.population"
    assert missing["C22.small_step"].startswith("needs runs of search.population=100")
    assert missing["C22.interior"] == "needs three values or more in study.rates"
