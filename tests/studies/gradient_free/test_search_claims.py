"""Claims C20, C23 and C30 come out as planted outcomes have them: supported, and refuted by the mirror image."""

import numpy as np
import pandas as pd
import pytest
import yaml
from claim_rules import STUDIES, claims_of

from src.studies.gradient_free.claims import hard_verdicts, verdicts
from src.studies.gradient_free.contests import Pairing
from src.studies.gradient_free.hard_tables import Rivals

SEEDS = 12
CONDITIONS = ("noisy", "stepped", "rounded", "cusped", "smooth")


def section(study, key):
    return yaml.safe_load((STUDIES / f"{study}.yaml").read_text(encoding="utf-8"))["study"][key]


def pairings(study):
    fields = {
        name: {key: value for key, value in rule.items() if key != "_target_"}
        for name, rule in section(study, "contests").items()
    }
    return {name: Pairing(**rule) for name, rule in fields.items()}


def outcomes(gaps):
    """Runs on two landscapes in two dimensions of methods with these gaps, by (method, gradient charge)."""
    rows = [
        {"problem": problem, "dimension": dimension, "seed": seed, "tolerance": 1e-9}
        | {"method": method, "gradient_charge": charge, "gap": gap * 10.0 ** (seed % 3)}
        for (method, charge), gap in gaps.items()
        for problem in ("sines", "eggholder")
        for dimension in (2, 20)
        for seed in range(SEEDS)
    ]
    return pd.DataFrame(rows)


CONTESTS = {
    name: (study, pairing)
    for study in ("gradient_free", "gradient_free_bits")
    for name, pairing in pairings(study).items()
}


def test_every_claim_has_its_contest():
    assert set(CONTESTS) == {*claims_of("gradient_free"), *claims_of("gradient_free_bits")}


@pytest.mark.parametrize("name", CONTESTS)
@pytest.mark.parametrize(("ours", "theirs", "expected"), [(0.1, 1.0, "supported"), (1.0, 0.1, "refuted")])
def test_a_method_that_leaves_the_smaller_gap_supports_its_claim(name, ours, theirs, expected):
    """At the charge of the claim; at another charge the other method's gaps say the opposite."""
    study, pairing = CONTESTS[name]
    other = (pairing.others or ["random_search"])[0]
    charges = [charge for charge in ("values", "backward", "differences") if charge != pairing.gradient_charge]
    gaps = {(method, "values"): ours for method in pairing.methods}
    if pairing.gradient_charge != "values":
        gaps |= {(other, charge): ours**2 / theirs for charge in charges if charge != "values"}
    gaps[other, pairing.gradient_charge] = theirs
    found = verdicts({name: claims_of(study)[name]}, pairings(study), outcomes(gaps))
    assert found.missing == {}
    against = found.contests[(found.contests["other"] == other) & found.contests["method"].isin(pairing.methods)]
    assert set(against["verdict"]) == {expected}
    assert set(against["estimate"]) == {1.0 if expected == "supported" else 0.0}


def test_equal_gaps_and_gaps_within_the_tolerance_are_ties():
    name = "C23.continuous"
    for ours, theirs in ((0.1, 0.1), (1e-12, 1e-10)):
        runs = outcomes({("particle_swarm", "values"): ours, ("random_search", "values"): theirs})
        runs["gap"] = np.where(runs["method"] == "particle_swarm", ours, theirs)
        found = verdicts({name: claims_of("gradient_free")[name]}, pairings("gradient_free"), runs)
        assert found.verdicts["estimate"].tolist() == [0.5]


HARD = claims_of("gradient_free_hard")
RIVALS = Rivals(**{key: value for key, value in section("gradient_free_hard", "rivals").items() if key != "_target_"})


def hard(condition, ours, theirs):
    """Outcomes under every condition: of evolutionary methods ``ours``, at the others the opposite."""
    rows = [
        {"problem": problem, "seed": seed, "dimension": 10, "condition": each, "method": method}
        | {"gap": (gap if each == condition else ours * theirs / gap) * 10.0 ** (seed % 3)}
        for each in CONDITIONS
        for problem in ("sines", "rosenbrock")
        for seed in range(SEEDS)
        for method, gap in ((RIVALS.evolution[0], ours), (RIVALS.gradients[0], theirs))
    ]
    return pd.DataFrame(rows)


def starts(ours, theirs):
    """Decades of the gap from twelve starts, ten times each, whose spread between starts is as given."""
    rng = np.random.default_rng(0)
    rows = [
        {"method": method, "problem": problem, "start": start, "repeat": repeat}
        | {"decades": spread * shift + 0.05 * rng.standard_normal()}
        for method, spread in ((RIVALS.evolution[0], ours), (RIVALS.gradients[0], theirs))
        for problem in ("sines", "rosenbrock")
        for start, shift in enumerate(np.linspace(-1.6, 1.6, 12))
        for repeat in range(10)
    ]
    return pd.DataFrame(rows)


@pytest.mark.parametrize("name", HARD)
def test_claims_on_hard_landscapes_follow_their_own_condition(name):
    kind = name.rpartition(".")[2]
    for small, large, expected in ((0.1, 1.0, "supported"), (1.0, 0.1, "refuted")):
        runs, spreads = hard(kind, small, large), starts(small, large)
        found = hard_verdicts({name: HARD[name]}, RIVALS, runs, spreads, 1e-9)
        assert found.missing == {}
        assert found.verdicts["verdict"].tolist() == [expected]
        if kind == "start":
            deviation = np.linspace(-1.6, 1.6, 12).std(ddof=1)
            assert found.verdicts["estimate"].item() == pytest.approx((small - large) * deviation, abs=0.02)
