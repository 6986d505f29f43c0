"""Each claim on conditioning comes out as planted tables have it: supported, and refuted by the mirror image."""

import numpy as np
import pandas as pd
import pytest
from claim_rules import claims_of

from src.core.result import Result
from src.studies.conditioning.claims import ESTIMATES, verdicts

CLAIMS = claims_of("conditioning")
SEEDS = 12
SPREAD = np.geomspace(0.95, 1.05, SEEDS)


def cell(problem, method, **tables):
    """A run; the tables by name, each a dict of one number a seed."""
    made = {name: pd.DataFrame({"seed": range(SEEDS), **columns}) for name, columns in tables.items()}
    return Result(tables=made, metrics={}, about={"problem": problem, "method": method})


def steps(problem, method, taken):
    return cell(problem, method, summary={"split": "test", "steps_to_target": taken * SPREAD})


def pair(one, other, factor):
    """Steps of two runs, each a (problem, method): the other takes ``factor`` times those of the one."""
    return [steps(*one, 50), steps(*other, 50 * factor)]


def valley(method, crossings, problem="narrow_valley"):
    return cell(problem, method, oscillation={"crossings_per_step": crossings * SPREAD})


def bowl(method, *, early=1.0, end=1.0, turning=10.0, problem="stretched_bowl", read_at=10):
    return cell(
        problem,
        method,
        progress={"step": read_at, "early": early * SPREAD, "end": end * SPREAD},
        oscillation={"turning": turning * SPREAD},
    )


def deep(problem, ends):
    layers = [
        {"gain": gain, "seed": seed, "layer": layer, "signal_variance": value}
        for gain in (1.0, 2.0)
        for seed in range(SEEDS)
        for layer, value in ((1, ends**gain), (4, 1.0), (5, 7.0))  # the output layer, 5, does not count
    ]
    return Result(tables={"layers": pd.DataFrame(layers)}, metrics={}, about={"problem": problem, "method": "gd"})


def theory(table, method, percent):
    """Measured over predicted on two condition numbers, ``percent`` off on the second."""
    off = 1 + percent / 100
    rows = [
        {
            "method": method,
            "condition": condition,
            "ratio_low": ratio - 1e-4,
            "ratio": ratio,
            "ratio_high": ratio + 1e-4,
        }
        for condition, ratio in ((10.0, 1.0), (100.0, off))
    ]
    other = [{**row, "method": "another", "ratio": 9.0} for row in rows]
    return {table: pd.DataFrame([*rows, *other])}


def scanned(method, percent):
    """Gains of the best setting around theory's; where no settings were scanned, a gain does not count."""
    rows = [
        {"method": method, "settings_scanned": 9, "best_over_theory": 1 + percent / 100},
        {"method": method, "settings_scanned": 9, "best_over_theory": 1 + percent / 100},
        {"method": method, "settings_scanned": 1, "best_over_theory": 50.0},
    ]
    return {"decays": pd.DataFrame(rows)}


def exponent(family, method, value):
    row = {"family": family, "method": method, "from": 10.0, "to": 1000.0, "exponent": value}
    row |= {"exponent_low": value - 0.01, "exponent_high": value + 0.01}
    return {"condition_exponents": pd.DataFrame([{**row, "method": "another", "exponent": 7.0}, row])}


def state(rmsprop):
    rows = [{"method": name, "numbers_per_parameter": each} for name, each in (("adam", 2.0), ("rmsprop", rmsprop))]
    return {"memory": pd.DataFrame(rows)}


def features(decades):
    return [
        cell("features_raw", "gd", conditions={"condition": 10.0 ** (2 + decades) * SPREAD}),
        cell("features_standardized", "gd", conditions={"condition": 100.0 * np.ones(SEEDS)}),
    ]


# Of each claim: the cells and tables of an effect; an effect of which the claim is true, and one where it is false.
PLANTED = {
    "C2.edge-gd": (lambda x: ([], theory("edges", "gd", x)), 0.2, -3.0),
    "C2.edge-momentum": (lambda x: ([], theory("edges", "momentum", x)), -0.2, 3.0),
    "C2.decay-gd": (lambda x: ([], theory("decays", "gd", x)), 0.2, 3.0),
    "C2.decay-momentum": (lambda x: ([], theory("decays", "momentum", x)), 0.2, -3.0),
    "C2.best-gd": (lambda x: ([], scanned("gd", x)), 0.2, 3.0),
    "C2.best-momentum": (lambda x: ([], scanned("momentum", x)), 0.2, 3.0),
    "C2.steps-gd": (lambda x: ([], exponent("aligned", "gd", x)), 1.0, 0.5),
    "C2.steps-momentum": (lambda x: ([], exponent("aligned", "momentum", x)), 0.5, 1.0),
    "C3.oscillation": (lambda x: ([valley("gd", 0.2), valley("momentum", 0.2 * x)], {}), 0.5, 2.0),
    "C3.speed": (lambda x: (pair(("narrow_valley", "gd"), ("narrow_valley", "momentum"), x), {}), 0.5, 2.0),
    # the lower of the two others counts, which is momentum's
    "C5.early": (lambda x: ([bowl("gd", early=9.0), bowl("momentum"), bowl("adam", early=x)], {}), 0.5, 2.0),
    "C5.path": (lambda x: ([bowl("momentum"), bowl("adam", turning=10 * x)], {}), 0.5, 2.0),
    "C5.end": (lambda x: ([bowl("adam"), bowl("momentum", end=x)], {}), 0.5, 2.0),
    "C7": (lambda x: ([], state(x)), 1.0, 2.0),
    "C18.curvature": (lambda x: ([], exponent("aligned", "rmsprop", x)), 0.0, 0.5),
    "C18.units": (lambda x: (pair(("condition_1", "rmsprop"), ("units_100", "rmsprop"), x), {}), 1.0, 2.0),
    "C18.rotated": (lambda x: ([], exponent("rotated", "rmsprop", x)), 0.0, 0.5),
    "C18.rotated-steps": (
        lambda x: (pair(("condition_1000", "rmsprop"), ("rotated_1000", "rmsprop"), x), {}), 1.0, 2.0,
    ),
    "C26.condition": (lambda x: (features(x), {}), 2.0, 0.1),
    "C26.steps": (
        lambda x: (pair(("features_standardized", "gd"), ("features_raw", "gd"), x), {}), 50.0, 2.0,
    ),
    # the size counts: a signal that grows a thousandfold is as bad as one that fades
    "C26.layers": (lambda x: ([deep("deep_plain", x), deep("deep_normalized", 2.0)], {}), 1e-3, 2.0),
    "C26.depth": (lambda x: (pair(("deep_plain", "gd"), ("deep_normalized", "gd"), x), {}), 0.2, 5.0),
}  # fmt: skip


def settled(name, effect):
    cells, tables = PLANTED[name][0](effect)
    table, missing = verdicts({name: CLAIMS[name]}, cells, tables)
    assert missing == {}
    return table.iloc[0]


def test_every_claim_is_planted():
    assert set(PLANTED) == set(CLAIMS) == set(ESTIMATES)


@pytest.mark.parametrize("name", CLAIMS)
def test_a_claim_is_supported_where_it_is_true_and_refuted_where_it_is_false(name):
    _, true, false = PLANTED[name]
    assert settled(name, true)["verdict"] == "supported"
    assert settled(name, false)["verdict"] == "refuted"


def on_quadratics(make, effects):
    """Cells of two methods on each quadratic, by its effect."""
    return [one for problem, effect in effects.items() for one in make(problem, effect)]


ON_QUADRATICS = {
    "C3.oscillation": lambda p, x: [valley("gd", 0.2, p), valley("momentum", 0.2 * x, p)],
    "C3.speed": lambda p, x: pair((p, "gd"), (p, "momentum"), x),
    "C5.early": lambda p, x: [bowl("gd", problem=p), bowl("momentum", problem=p), bowl("adam", early=x, problem=p)],
    "C5.path": lambda p, x: [bowl("momentum", problem=p), bowl("adam", turning=10 * x, problem=p)],
    "C5.end": lambda p, x: [bowl("adam", problem=p), bowl("momentum", end=x, problem=p)],
}


@pytest.mark.parametrize("name", ON_QUADRATICS)
@pytest.mark.parametrize(
    ("last", "verdict"), [(0.7, "supported"), (2.0, "refuted")], ids=["true on all", "false on one"]
)
def test_a_claim_about_quadratics_holds_on_all_of_them_or_not(name, last, verdict):
    effects = {"narrow_valley": 0.3, "condition_100": 0.5, "rotated_1000": last}
    table, _ = verdicts({name: CLAIMS[name]}, on_quadratics(ON_QUADRATICS[name], effects), {})
    row = table.iloc[0]
    assert row["verdict"] == verdict
    assert row["settings"].startswith("rotated_1000, ")
    assert "the largest of 3: narrow_valley " in row["settings"]
    alone, _ = verdicts({name: CLAIMS[name]}, on_quadratics(ON_QUADRATICS[name], {"rotated_1000": last}), {})
    assert row["estimate"] == alone.iloc[0]["estimate"]


@pytest.mark.parametrize("name", ["C5.early", "C5.end"])
def test_losses_that_were_read_at_different_steps_are_not_compared(name):
    equal = on_quadratics(ON_QUADRATICS[name], {"condition_10": 0.5})
    longer = [bowl("momentum", end=9.0, problem="condition_100", read_at=90)]
    longer += [bowl(method, early=9.0, problem="condition_100") for method in ("adam", "gd")]
    table, _ = verdicts({name: CLAIMS[name]}, equal + longer, {})
    assert "the largest of 1: condition_10" in table.iloc[0]["settings"]
    assert table.iloc[0]["verdict"] == "supported"
    alone, _ = verdicts({name: CLAIMS[name]}, longer, {})
    assert alone["verdict"].tolist() == ["inconclusive"]


@pytest.mark.parametrize(
    ("low", "middle", "high", "expected"),
    [
        (0.98, 1.01, 1.03, (1.0, 0.0, 3.0)),  # the seeds' range holds theory
        (1.02, 1.03, 1.05, (3.0, 2.0, 5.0)),
        (0.95, 0.97, 0.98, (3.0, 2.0, 5.0)),
    ],
)
def test_a_deviation_has_the_range_of_the_seeds_without_a_sign(low, middle, high, expected):
    row = {"method": "gd", "condition": 10.0, "ratio_low": low, "ratio": middle, "ratio_high": high}
    estimate, _ = ESTIMATES["C2.edge-gd"]([], {"edges": pd.DataFrame([row])})
    assert estimate == pytest.approx(expected)


@pytest.mark.parametrize(
    ("name", "effect", "estimate"),
    [
        ("C2.edge-gd", -3.0, 3.0),  # in percent, whatever its sign, the largest of the condition numbers
        ("C2.best-gd", 3.0, 3.0),
        ("C3.oscillation", 0.5, -0.1),
        ("C3.speed", 0.1, -1.0),
        ("C5.early", 0.1, -1.0),
        ("C5.path", 0.5, -5.0),
        ("C5.end", 0.1, -1.0),
        ("C7", 1.0, 0.5),
        ("C26.condition", 2.0, 2.0),
        ("C26.layers", 1e-3, 2 * np.log10(2) - 6),  # the worst gain squares the fading
        ("C26.depth", 0.1, -1.0),
    ],
)
def test_estimates_by_hand(name, effect, estimate):
    assert settled(name, effect)["estimate"] == pytest.approx(estimate, rel=0.01)
