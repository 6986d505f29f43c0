"""The parts of claim C15 come out as planted stops have them: supported, refuted by the mirror image, or blocked."""

import numpy as np
import pandas as pd
import pytest
from claim_rules import all_settled, check_both_ways, claims_of

from src.studies.early_stopping.claims import ComparedRules, verdicts

CLAIMS = claims_of("early_stopping")
SEEDS = 12
NOISE = np.linspace(-1e-4, 1e-4, SEEDS)


def stops(*, saved=0.5, valid_cost=0.001, test_gain=0.02, times=4.0):
    """Stops of a textbook's rule, a fast and a slow one, at the tuned rate; at three times that, all is otherwise."""
    rows = []
    for factor in (1.0, 3.0):
        for rule, *tuned in (
            ("book", 1 - saved, valid_cost, 0.0),
            ("fast", 0.1, 0.0, 0.05),
            ("slow", 0.1 * times, 0.0, 0.05 - test_gain),
        ):
            time, valid, test = tuned if factor == 1 else (0.99, 0.5, 0.7)
            rows += [
                {"rate_factor": factor, "seed": seed, "rule": rule, "time": time, "log_time": np.log10(time) + noise}
                | {"valid_cost": valid + noise, "test_cost": test + noise}
                for seed, noise in enumerate(NOISE)
                for _task in range(2)
            ]
    return pd.DataFrame(rows)


def settled(name, table, blocked=""):
    rules = ComparedRules(
        textbook="book", ends=[("fast", "slow")], rate_factors=[1.0], budget="two tasks", blocked=blocked
    )
    return all_settled(verdicts({name: CLAIMS[name]}, rules, table))


# Of each claim: the effect that decides; where the claim is true, and where it is false: its value and the estimate.
EFFECTS = {
    "C15.a": ("saved", (0.5, 0.5), (0.1, 0.1)),
    "C15.b": ("valid_cost", (0.001, 0.001), (0.1, 0.1)),
    "C15.c": ("test_gain", (0.02, -0.02), (-0.02, 0.02)),
    "C15.d": ("times", (4.0, np.log10(4)), (1.1, np.log10(1.1))),
}


def test_every_claim_is_planted():
    assert set(EFFECTS) == set(CLAIMS)


@pytest.mark.parametrize("name", CLAIMS)
def test_a_claim_is_supported_where_it_is_true_and_refuted_where_it_is_false(name):
    effect, *cases = EFFECTS[name]
    check_both_ways(lambda value: settled(name, stops(**{effect: value})), cases, within=2e-4)


@pytest.mark.parametrize("name", CLAIMS)
def test_a_comparison_that_is_not_fair_has_no_verdict(name):
    [row] = settled(name, stops(), blocked="a rate lies on the edge").to_dict("records")
    assert (row["verdict"], row["reason"]) == ("blocked", "a rate lies on the edge")
