"""Signals, symmetry and training over depth, on networks small enough to know the answer."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import torch

from src.core.checks import FieldError
from src.core.streams import seeds
from src.monitor.stopping import Patience
from src.networks.signals import Signals, at_initialization, deepened, signals
from src.optimizers.momentum import Momentum
from src.problems.data import Digits
from src.problems.mlp import Mlp
from src.problems.quadratic import Quadratic
from src.protocol.claims import Claim
from src.protocol.study import Cell
from src.protocol.summary import gather_study
from src.protocol.tuning.grid import Tuning
from src.schedules.constant import Constant as ConstantRate
from src.starts.constant import Constant
from src.starts.he import He
from src.starts.orthogonal import Orthogonal
from src.starts.xavier import Xavier
from src.studies.initialization.figures.depth import depth
from src.studies.initialization.figures.layers import layers
from src.studies.initialization.figures.symmetry import symmetry
from src.studies.initialization.figures.trained_layers import trained_layers
from src.studies.initialization.layers import GROWTH, LAYERS, hidden, initial_tables
from src.studies.initialization.study import Initialization
from src.studies.initialization.symmetry import distinct, rank

NETWORK = Mlp(
    data=Digits(split=(0.6, 0.2, 0.2), split_seed=0), loss="cross_entropy", batch_size=32, epochs=1,
    precision="float32", target_loss=None, widths=[64, 16, 10], activation="relu",
)  # fmt: skip
HE, XAVIER = He(distribution="normal"), Xavier(distribution="uniform", gain=1.0)
INPUTS = NETWORK.parts.train.inputs[:12]
CLAIMS = {
    "C12.symmetry": Claim(statement="", estimand="", smallest_effect=1.5, direction="below"),
    "C12.level": Claim(statement="", estimand="", smallest_effect=0.1, direction="below"),
}
STUDY = Initialization(name="i", question="?", how_to_read="", depths=[1, 4], draws=20, samples=12, claims=CLAIMS)


def cell(start, scheme, **changes):
    settled = Cell(
        problem=NETWORK, start=start, optimizer=Momentum(beta=0.9), schedule=ConstantRate(),
        stopping=Patience(metric="tuning_metric", patience=10, min_delta=0, freeze=False, gradient_tolerance=1e-12),
        tuning=Tuning(lowest=1e-3, highest=0.1, rates=3, seeds=2, widenings=0, widen_by=1),
        learning_rate=0.03, seeds=3, steps=20, evaluate_every=None, root_seed=0, device="cpu",
        names={"problem": "digits", "method": f"momentum (init={scheme})", "init": scheme, "profile": "full"},
    )  # fmt: skip
    return replace(settled, **changes)


def test_a_network_is_deepened_by_its_hidden_layer():
    assert list(deepened(NETWORK, 3).widths) == [64, 16, 16, 16, 10]
    with pytest.raises(FieldError, match="perceptron"):
        deepened(Quadratic(curvatures=[1.0], lower=[-1], upper=[1], start=None, steps=1, tolerance=1.0), 3)


def test_signals_are_the_mean_squares_of_units_and_of_what_autograd_sends_back():
    network, drawn = replace(deepened(NETWORK, 2), precision="float64"), seeds(2)
    theta = HE.draw(network, drawn)
    found = signals(network, theta, INPUTS, drawn)
    one = theta[1:2].clone()
    first, second = (layer.stop for layer in network.layers[1:4:2])
    units = INPUTS.double()
    weights = [one[0, a:b] for a, b in ((0, first), (first, second), (second, None))]
    leaves = []
    for flat, (inner, outer) in zip(weights, ((64, 16), (16, 16), (16, 10)), strict=True):
        units = units.clone().requires_grad_(True) if not leaves else units
        leaves.append(units)
        units = units @ flat[: inner * outer].reshape(inner, outer)
        if outer != 10:
            units = units.relu()
    gradient = torch.from_numpy(drawn[1].generator("noise").standard_normal((12, 10)))
    slopes = torch.autograd.grad(units, leaves, gradient)
    np.testing.assert_allclose(found.forward[1, :3], [float(u.detach().square().mean()) for u in leaves])
    np.testing.assert_allclose(found.backward[1, :3], [float(s.square().mean()) for s in slopes])
    assert found.backward[1, 3] == pytest.approx(float(gradient.square().mean()))


@pytest.mark.parametrize(("activation", "start"), [("relu", HE), ("tanh", XAVIER)])
def test_wide_layers_follow_theory(activation, start):
    wide = replace(deepened(NETWORK, 6), widths=[64, *[96] * 6, 10], activation=activation)
    measured, theory = at_initialization(wide, start, INPUTS, seeds(150))
    layers, growth = initial_tables(measured, theory)
    assert list(layers.columns) == list(LAYERS)
    assert list(growth.columns) == list(GROWTH)
    assert (layers["mean_square"] / layers["theory"]).between(0.93, 1.07).all()
    assert growth["departure"].max() < np.log10(1.07)
    assert growth["decades"].abs().max() < 0.15
    if activation == "relu":
        assert growth["decades"].abs().max() < 0.01  # He keeps the level, Xavier's tanh lets it sink slowly


def test_equal_weights_have_no_theory():
    measured, theory = at_initialization(deepened(NETWORK, 3), Constant(value=0.1), INPUTS, seeds(2))
    assert theory is None
    layers, growth = initial_tables(measured, theory)
    assert layers["theory"].isna().all()
    assert growth["departure"].isna().all()
    # Each layer is 16 times 0.1 of the one before: 0.408 decades of mean square.
    forward = growth.set_index("direction").loc["forward", "decades"]
    assert forward == pytest.approx(2 * np.log10(1.6))


def test_hidden_layers_come_in_the_order_of_the_signal():
    rising = np.arange(5.0)[None]
    both = Signals(rising, rising)
    assert hidden(both, "forward").tolist() == [[1, 2, 3]]
    assert hidden(both, "backward").tolist() == [[3, 2, 1]]


def test_distinct_units_and_ranks():
    unit = np.eye(3)
    repeated = np.concatenate([unit, unit[:, :2] * (1 + 1e-6)], axis=1)
    assert (distinct(repeated), rank(repeated)) == (3, 3)
    assert (distinct(np.concatenate([unit, 2 * unit], axis=1)), rank(2 * unit)) == (6, 3)
    assert (distinct(np.zeros((3, 4))), rank(np.zeros((3, 4)))) == (1, 0)


def test_equal_weights_stay_one_unit_and_do_not_learn():
    equal, random = (
        STUDY.measure(cell(start, name)) for start, name in ((Constant(value=0.1), "constant"), (HE, "he"))
    )
    symmetry = equal.tables["symmetry"]
    assert (symmetry["step"].min(), symmetry["step"].max()) == (0, 20)
    assert set(symmetry["distinct_units"]) == set(symmetry["weight_rank"]) == {1}
    assert (random.tables["symmetry"]["distinct_units"] == 16).all()
    accuracy = {
        name: measured.tables["accuracy"].set_index("depth")["accuracy"][1]
        for name, measured in (("equal", equal), ("random", random))
    }
    assert accuracy["equal"] < 0.3 < accuracy["random"]
    assert equal.metrics["distinct_units"] == 1
    gathered = STUDY.gather([equal, random])
    verdicts = gathered.tables["verdicts"].set_index(["claim", "settings"])
    assert verdicts.loc[("C12.symmetry", "constant, relu"), "verdict"] == "supported"
    assert ("C12.level", "he, relu, forward") in verdicts.index
    by_depth, *_ = STUDY.answer(gathered).values()
    assert by_depth["init"].tolist() == ["constant", "he"]
    assert {1, 4} <= set(by_depth.columns)


def test_rates_are_tuned_at_each_depth_and_diverged_networks_score_nothing():
    measured = STUDY.measure(cell(Orthogonal(gain=1.0), "orthogonal", learning_rate=None))
    assert measured.tables["accuracy"]["best_learning_rate"].isin([1e-3, 1e-2, 1e-1]).all()
    assert set(measured.tables["summary"]["split"]) == {"tuning", "test"}
    assert set(measured.tables["summary"]["depth"]) == {1, 4}
    lost = STUDY.measure(cell(HE, "he", learning_rate=1e30))
    accuracy = lost.tables["accuracy"]
    assert accuracy[["diverged_rate", "accuracy"]].to_numpy().tolist() == [[1, 0], [1, 0]]
    assert set(lost.tables["layers"]["stage"]) == {"initial"}
    assert np.isfinite(list(lost.metrics.values())).all()


ACCURACY, GROWN, VERDICTS = (
    "? Median test accuracy by number of hidden layers:",
    "Growth of the mean square per layer, in decades:",
    "Claims:",
)


@pytest.mark.parametrize(
    ("init", "start", "settled", "titles"),
    [
        ("zeros", Constant(value=0.0), ["C12.symmetry"], [ACCURACY, VERDICTS]),
        ("he", HE, ["C12.level", "C12.level"], [ACCURACY, GROWN, VERDICTS]),
        ("orthogonal", Orthogonal(gain=1.0), [], [ACCURACY, GROWN]),
    ],
)
def test_a_narrowed_sweep_names_the_claims_that_lack_their_runs(init, start, settled, titles):
    gathered = gather_study(STUDY, [STUDY.measure(cell(start, init))])
    assert gathered.tables["verdicts"]["claim"].tolist() == settled
    assert set(gathered.missing) == set(CLAIMS) - set(settled)
    assert all(reason.startswith("needs runs of init=") for reason in gathered.missing.values())
    assert list(STUDY.answer(gathered)) == titles
    [first] = gathered.tables["headline"].to_dict("records")
    assert first["quantity"] == "best_test_accuracy_of_the_deepest"
    assert first["about"] == f"{init}, relu, 4 hidden layers"
    assert first["low"] <= first["value"] <= first["high"]
    for draw in (layers, depth, symmetry, trained_layers):
        assert draw(gathered.tables, gathered.about) is not None


@pytest.mark.parametrize("depths", [[], [2], [4, 1], [0, 5], [1.5, 5]])
def test_depths_rise(depths):
    with pytest.raises(FieldError, match="depths"):
        replace(STUDY, depths=depths)


def test_a_claim_that_it_cannot_settle_is_refused():
    with pytest.raises(FieldError, match="claims"):
        replace(STUDY, claims={"C12.beauty": CLAIMS["C12.level"]})


def test_the_tables_are_tidy():
    measured = STUDY.measure(cell(HE, "he"))
    assert all(isinstance(frame, pd.DataFrame) and len(frame) for frame in measured.tables.values())
    assert measured.about["networks"] == 60
    assert measured.about["chance"] == 0.1
