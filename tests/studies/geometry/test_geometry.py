"""Known answers: counted minima, convexity by three tests, distances, and the symmetries of networks."""

from dataclasses import replace
from math import factorial

import numpy as np
import pytest
import torch
from hydra.utils import instantiate
from omegaconf import OmegaConf

from src.core.checks import FieldError
from src.core.streams import seeds
from src.problems.eggholder import Eggholder
from src.problems.five_wells import FiveWells
from src.problems.quadratic import Quadratic
from src.problems.rastrigin import Rastrigin
from src.problems.relu_valley import ReluValley
from src.problems.rosenbrock import Rosenbrock
from src.problems.sines import WavyParabola
from src.studies.geometry.convexity import convexity_table, is_convex, pooled, uniqueness_table
from src.studies.geometry.distances import concentration_table, distances_table, exponent, fall
from src.studies.geometry.minima import minima_table
from src.studies.geometry.permutations import log10_equivalent, orders, permutation_tables, permuted
from src.studies.geometry.scale_symmetry import scale_table
from src.studies.geometry.stationary import stationary_table
from src.studies.geometry.surfaces import section_table

USUAL = {"start": None, "steps": 10, "tolerance": 1e-4}
RASTRIGIN = Rastrigin(dimension=2, lower=[-2.2, -2.2], upper=[2.2, 2.2], **USUAL)
EGGHOLDER = Eggholder(lower=[-512.0, -512.0], upper=[512.0, 512.0], **USUAL)
FIVE_WELLS = FiveWells(lower=[-4.0, -4.0], upper=[4.0, 4.0], **USUAL)
VALLEY = ReluValley(lower=[-2.0, -2.0], upper=[2.0, 2.0], **USUAL)
BOWL = Quadratic(curvatures=[1.0, 2.0], lower=[-2.0, -2.0], upper=[2.0, 2.0], **USUAL)
WAVY = WavyParabola(lower=[-4.0], upper=[4.0], **USUAL)


def rosenbrock(dimension):
    return Rosenbrock(dimension=dimension, b=100.0, lower=[-2.0] * dimension, upper=[2.0] * dimension, **USUAL)


def counts(problem, starts=64):
    found = minima_table(problem, starts)
    return {level: int((found["level"] == level).sum()) for level in ("global", "local")}, found


@pytest.mark.parametrize(
    ("problem", "expected"),
    [
        (BOWL, {"global": 1, "local": 0}),
        (WAVY, {"global": 1, "local": 1}),
        (RASTRIGIN, {"global": 1, "local": 24}),  # one near every whole-numbered point of [-2, 2]^2
        (FIVE_WELLS, {"global": 5, "local": 0}),
        (rosenbrock(2), {"global": 1, "local": 0}),
        (rosenbrock(4), {"global": 1, "local": 1}),  # Shang & Qiu 2006: two from four coordinates on
        (VALLEY, {"global": 2, "local": 0}),  # two whole curves
    ],
    ids=["bowl", "wavy", "rastrigin", "wells", "rosenbrock", "rosenbrock_4d", "relu_valley"],
)
def test_minima_are_counted(problem, expected):
    found, table = counts(problem)
    assert found == expected
    assert table["value"].iloc[0] == pytest.approx(problem.minimum.value, abs=1e-9)


def test_a_minimum_on_the_boxes_edge_is_said_to_be_one():
    _, table = counts(EGGHOLDER)
    best = table.iloc[0]
    assert (best["level"], best["place"]) == ("global", "edge")
    assert [best["x"], best["y"]] == pytest.approx([512, 404.2318], abs=1e-3)
    assert 70 <= len(table) <= 90


def test_a_valley_is_long_and_a_point_is_not():
    assert counts(VALLEY)[1]["extent"].min() > 0.2
    assert counts(BOWL)[1]["extent"].max() < 1e-6


def test_zero_gradients_are_found_and_told_apart():
    found = stationary_table(WAVY, 256, WAVY.minimum.value)
    assert found["kind"].tolist() == ["minimum", "minimum", "maximum"]
    assert found["not_global"].tolist() == [False, True, True]
    np.testing.assert_allclose(np.cos(found["x"]) + 0.2 * found["x"], 0, atol=1e-9)
    # Not convex, and yet its only zero gradient is the minimum.
    assert stationary_table(rosenbrock(2), 256, 0.0)["not_global"].tolist() == [False]


def test_right_on_a_crease_autograds_zero_is_not_believed():
    """Along w2 = 0 autograd takes relu's slope as 0, which makes a line of false zeros; only the saddle is one."""
    found = stationary_table(VALLEY, 1024, VALLEY.minimum.value)
    worse = found[found["not_global"]]
    assert worse["kind"].tolist() == ["saddle"]
    assert worse[["x", "y"]].to_numpy() == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize(
    ("problem", "convex"), [(BOWL, True), (WAVY, False), (rosenbrock(2), False), (VALLEY, False)]
)
def test_three_tests_of_convexity_agree(problem, convex):
    table = convexity_table(problem.value, *problem.box(), seeds(3), 200)
    assert is_convex(pooled(table)).tolist() == [convex] * 3


def test_the_hessians_share_is_that_of_the_curved_part():
    """sin x + 0.1 x^2 bends upwards where sin x < 0.2: on 57.2 % of [-4, 4]."""
    table = convexity_table(WAVY.value, *WAVY.box(), seeds(10), 2000)
    x = np.linspace(-4, 4, 100_001)
    assert pooled(table)["hessians_psd"] == pytest.approx(np.mean(np.sin(x) <= 0.2), abs=0.01)
    assert table["lowest_eigenvalue"].min() == pytest.approx(-0.8, abs=1e-3)


def test_a_convex_function_may_have_many_minima():
    table = uniqueness_table(seeds(2), 101).set_index("function")
    assert table["convex"].all()
    assert table.loc["x^2", "minima"] == 1
    assert table.loc["0", "minima"] == 101
    assert 40 <= table.loc["max(|x| - 1/2, 0)", "minima"] <= 60


def test_the_chord_lies_above_the_convex_one_only():
    convex = Quadratic(curvatures=[1.0], lower=[-4.0], upper=[4.0], **USUAL)
    above = {}
    for name, problem in (("convex", convex), ("wavy", WAVY)):
        section = section_table(problem, (-3.0, 3.0)).dropna()
        assert section["x"].iloc[[0, -1]].tolist() == pytest.approx([-3, 3])
        above[name] = bool((section["chord"] >= section["value"] - 1e-12).all())
    assert above == {"convex": True, "wavy": False}


def test_distances_concentrate_as_the_law_says():
    table = distances_table(seeds(8), 300, [2, 20, 200])
    rows = concentration_table(table)
    np.testing.assert_allclose(rows["spread"], rows["exact"], rtol=0.02)
    assert rows["contrast"].is_monotonic_increasing
    law = exponent(table, corrected=True)
    assert law.value == pytest.approx(-0.5, abs=0.01)
    assert law.low < law.value < law.high
    # Without the correction the exponent is off by that of the chi distribution over the limit law.
    off = np.polyfit(np.log(rows["dimension"]), np.log(rows["exact"] / rows["limit"]), 1)[0]
    assert exponent(table, corrected=False).value - law.value == pytest.approx(off, abs=1e-9)
    assert off == pytest.approx(-0.0092, abs=1e-3)
    assert fall(table).value == pytest.approx(np.log10(0.05003 / 0.5227), abs=0.01)


def test_a_clouds_distances_do_not_depend_on_what_else_is_asked():
    alone = distances_table(seeds(2), 50, [3, 10])
    beside = distances_table(seeds(3), 50, [2, 3, 10])
    kept = beside[(beside["seed"] < 2) & (beside["dimension"] > 2)].reset_index(drop=True)
    assert alone.equals(kept)


@pytest.fixture(scope="module")
def network():
    config = OmegaConf.load("conf/problem/digits_mlp.yaml")
    return instantiate(OmegaConf.merge(config, {"widths": [64, 6, 5, 10]}), _convert_="all")


def test_permuted_units_are_the_same_network_elsewhere(network):
    drawn = seeds(2)
    theta = torch.from_numpy(np.random.default_rng(0).normal(0, 0.5, (2, network.dimension))).float()
    tables = permutation_tables(network, theta, drawn, 3, 11)
    changes = tables["permutations"]
    assert len(changes) == 6
    for column in ("loss_change", "output_change", "gradient_change"):
        assert changes[column].max() < 1e-12
    assert changes["distance"].min() > 0.3
    assert tables["line"]["share"].iloc[[0, -1]].tolist() == [0, 1]


def test_a_permutation_moves_whole_units(network):
    """Unit by unit, as written out by hand for one row."""
    exact = replace(network, precision="float64")
    theta = torch.arange(exact.dimension, dtype=torch.float64)[None]
    [order] = orders(exact, seeds(1), 1)
    moved = permuted(exact, theta, order)
    w1, b1, w2, b2, w3, b3 = (theta[0, one.start : one.stop].reshape(one.shape) for one in exact.layers)
    first, second = (one[0] for one in order)
    by_hand = (w1[:, first], b1[first], w2[first][:, second], b2[second], w3[second], b3)
    assert moved[0].equal(torch.cat([part.flatten() for part in by_hand]))
    assert not moved.equal(theta)


def test_the_number_of_equal_minima_is_a_product_of_factorials(network):
    assert log10_equivalent(network) == pytest.approx(np.log10(factorial(6) * factorial(5)))


def test_scaling_keeps_the_loss_and_not_the_sharpness():
    table = scale_table(VALLEY)
    assert table.groupby("orbit")["loss"].agg(np.ptp).max() < 1e-13
    valley = table[table["orbit"] == "valley"]
    assert valley["loss"].iloc[0] == pytest.approx(0.42273, abs=1e-5)
    assert valley["along"].abs().max() < 1e-12
    by_branch = {name: rows["sharpness"].to_numpy() for name, rows in valley.groupby("branch")}
    np.testing.assert_allclose(by_branch["positive"], by_branch["negative"])
    # (w1^2 + w2^2) / (2 w1 w2) = (a^2 + a^-2) / 2
    assert by_branch["positive"].max() / by_branch["positive"].min() == pytest.approx((36 + 1 / 36) / 2)
    assert set(np.sign(valley["w1"] * valley["w2"])) == {1.0}


def study(**changes):
    config = OmegaConf.load("conf/study/geometry.yaml").study
    return instantiate(OmegaConf.merge(config, changes), _convert_="all")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"pairs": 0}, r"Geometry\.pairs = 0"),
        ({"chord": [1.0, 1.0]}, r"Geometry\.chord = \[1\.0, 1\.0\]: must be two ascending numbers"),
        ({"dimensions": [2]}, r"Geometry\.dimensions = \[2\]"),
        ({"dimensions": [3, 2]}, r"Geometry\.dimensions = \[3, 2\]"),
        ({"line_points": 2}, r"Geometry\.line_points = 2"),
    ],
)
def test_wrong_settings_are_refused(changes, words):
    with pytest.raises(Exception, match=words):
        study(**changes)


def test_a_claim_that_nothing_settles_is_refused():
    claim = {
        "_target_": "src.protocol.claims.Claim",
        "statement": "?",
        "estimand": "",
        "smallest_effect": 0.0,
        "direction": "above",
    }
    with pytest.raises(Exception, match="unknown_claim"):
        study(claims={"unknown_claim": claim})
    assert issubclass(FieldError, ValueError)
