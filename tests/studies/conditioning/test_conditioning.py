"""Parts of the study of conditioning, on problems whose answers are plain."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from src.monitor.stopping import Patience
from src.optimizers.adagrad import AdaGrad
from src.optimizers.adam import Adam
from src.optimizers.gd import GradientDescent
from src.optimizers.momentum import Momentum
from src.optimizers.nesterov import Nesterov
from src.optimizers.rmsprop import RMSProp
from src.problems.conditioned_quadratic import ConditionedQuadratic
from src.problems.data import Digits
from src.problems.mlp import Mlp
from src.protocol.study import Cell
from src.protocol.tuning.grid import Tuning
from src.protocol.tuning.tune_for_speed import tune_for_speed
from src.schedules.constant import Constant
from src.starts.uniform import Uniform
from src.starts.xavier import Xavier
from src.studies.conditioning.convergence_rates import at_theory, decay_table
from src.studies.conditioning.layer_gradients import fading, layer_gradients_table
from src.studies.conditioning.oscillation import oscillation_table
from src.studies.conditioning.quadratic_theory import fastest, stability_edge, steps_to_shrink
from src.studies.conditioning.stability_edge import edge_table
from src.studies.conditioning.state_size import numbers_per_parameter

ADAM = Adam(beta1=0.9, beta2=0.999, eps=1e-8)
RMSPROP = RMSProp(beta=0.9, eps=1e-8, inside_root=False)


def quadratic(condition, rotation_seed=None):
    box = {"lower": (-2.0,) * 5, "upper": (2.0,) * 5}
    return ConditionedQuadratic(
        condition=condition, rotation_seed=rotation_seed, start=None, steps=400, tolerance=1e-4, **box
    )


def cell(problem, optimizer, **changes):
    rule = {
        "metric": "tuning_metric",
        "patience": 10,
        "min_delta": 1e-4,
        "freeze": False,
        "gradient_tolerance": 1e-12,
    }
    settings = {
        "problem": problem,
        "optimizer": optimizer,
        "schedule": Constant(),
        "start": Uniform(lower=None, upper=None),
        "stopping": Patience(**rule),
        "tuning": Tuning(lowest=1e-4, highest=10.0, rates=11, seeds=3, widenings=1, widen_by=2),
        "learning_rate": None,
        "seeds": 4,
        "steps": 400,
        "evaluate_every": None,
        "root_seed": 0,
        "device": "cpu",
        "names": {},
    }
    return Cell(**settings | changes)


@pytest.mark.parametrize(
    ("optimizer", "predicted"),
    [(GradientDescent(), 2 / 50), (Momentum(beta=0.9), 3.8 / 50), (Nesterov(beta=0.5), 3 / (2 * 50))],
)
@pytest.mark.parametrize("rotation_seed", [None, 1])
def test_the_edge_found_without_theory_is_theorys(optimizer, predicted, rotation_seed):
    found = edge_table(
        cell(quadratic(50.0, rotation_seed), optimizer), lowest=1e-4, highest=10.0, candidates=21, rounds=3, steps=800
    )
    assert stability_edge(optimizer, 50.0) == pytest.approx(predicted)
    assert (found["low"] <= found["high"]).all()
    assert found[["low", "high"]].to_numpy() / predicted == pytest.approx(1, abs=5e-3)


def test_a_method_that_never_rises_has_no_edge_within_the_grid():
    found = edge_table(
        cell(quadratic(50.0), GradientDescent()), lowest=1e-5, highest=1e-3, candidates=5, rounds=2, steps=50
    )
    assert found[["low", "high"]].isna().all(axis=None)


@pytest.mark.parametrize(
    ("optimizer", "decay", "power"),
    [(GradientDescent(), 99 / 101, 0), (Momentum(beta=0.9), 9 / 11, 1), (Nesterov(beta=0.9), 1 - 2 / 301**0.5, 1)],
)
def test_decay_and_its_power_are_theorys_and_nothing_around_is_faster(optimizer, decay, power):
    best = fastest(optimizer, 1.0, 100.0)
    assert best.decay == pytest.approx(decay)
    around = {"rate_factors": (0.8, 0.95, 1.0, 1.02, 1.1), "memory_factors": (0.7, 1.0, 1.4)}
    table = decay_table(cell(quadratic(100.0), optimizer), best, **around, shrink_to=1e-17, most_steps=2500, count=3)
    known = at_theory(table)
    assert np.log(known["decay"].to_numpy()) / np.log(decay) == pytest.approx(1, abs=5e-3)
    assert known["power"].to_numpy() == pytest.approx(power, abs=0.15)
    medians = table.groupby(["memory_factor", "rate_factor"])["decay"].median()
    assert np.log(medians.min()) / np.log(decay) < 1.01
    assert len(medians) == (5 if isinstance(optimizer, GradientDescent) else 15)


def spectral_radius(optimizer, rate, condition):
    """Exactly, over the five curvatures: the largest root of each direction's two-term recurrence."""
    radii = []
    for curvature in rate * np.geomspace(1, condition, 5):
        beta = optimizer.beta
        if isinstance(optimizer, Nesterov):
            roots = np.roots([1, -(1 + beta) * (1 - curvature), beta * (1 - curvature)])
        else:
            roots = np.roots([1, -(1 + beta - curvature), beta])
        radii.append(np.abs(roots).max())
    return max(radii)


@pytest.mark.parametrize("optimizer", [Momentum(beta=0.9), Nesterov(beta=0.9)])
def test_fitted_decays_are_the_exact_spectral_radii_around_theorys_setting(optimizer):
    best = fastest(optimizer, 1.0, 100.0)
    around = {"rate_factors": (0.8, 0.9, 1.0, 1.1), "memory_factors": (0.7, 0.85, 1.0, 1.15)}
    table = decay_table(cell(quadratic(100.0), optimizer), best, **around, shrink_to=1e-120, most_steps=5000, count=3)
    for (beta, rate), group in table.groupby(["memory", "learning_rate"]):
        radius = spectral_radius(replace(optimizer, beta=beta), rate, 100.0)
        if radius > 1:
            assert group["decay"].isna().all() or np.log(group["decay"]).min() > 0
        else:
            shares = np.log(group["decay"].to_numpy()) / np.log(radius)
            assert np.median(shares) == pytest.approx(1, abs=0.02), (beta, rate)


def test_steps_follow_from_the_decay():
    assert steps_to_shrink(0.1, 1e-3) == pytest.approx(3)
    assert (steps_to_shrink(0.0, 1e-3), steps_to_shrink(1.0, 1e-3)) == (1.0, np.inf)
    assert fastest(ADAM, 1.0, 10.0) is stability_edge(ADAM, 10.0) is None


def test_tuning_for_speed_finds_a_rate_near_the_best_and_the_better_memory():
    tuned = tune_for_speed(cell(quadratic(100.0), Momentum(beta=0.0)), [0.0, 0.67, 0.99], climb=10.0)
    assert tuned.memory == 0.67  # Polyak's for this condition number is (9/11)^2
    assert tuned.learning_rate == pytest.approx(4 / 121, rel=0.4)
    assert not tuned.learning_rate_at_edge
    chosen = tuned.rates.loc[tuned.rates["chosen"], "median"]
    assert len(chosen) == 1
    assert float(chosen.iloc[0]) == tuned.rates["median"].min() < 60


def test_doubling_the_budget_changes_no_winner():
    short = cell(quadratic(10.0), GradientDescent())
    with_more = tune_for_speed(replace(short, steps=800), [0.5], climb=10.0)
    assert tune_for_speed(short, [0.5], climb=10.0).learning_rate == with_more.learning_rate


def test_a_giant_leap_does_not_count():
    start = cell(quadratic(100.0), AdaGrad(eps=1e-10, inside_root=False))
    leaps, walks = (tune_for_speed(start, [0.5], climb=climb) for climb in (1e12, 2.0))
    assert leaps.learning_rate > 100
    assert walks.learning_rate < 10


def test_oscillation_of_paths_by_hand():
    zigzag = np.array([[1.0, 4.0], [-1.0, 3.0], [1.0, 2.0], [-1.0, 1.0]])
    straight = np.array([[1.0, 4.0], [0.75, 3.0], [0.5, 2.0], [0.25, 1.0]])
    until = np.array([3, 3])
    found = oscillation_table(np.stack([zigzag, straight], axis=1), np.zeros(2), np.array([1.0, 0.0]), until)
    assert found["crossings"].tolist() == [3, 0]
    assert found["crossings_per_step"].tolist() == [1, 0]
    assert found["path_ratio"].tolist() == pytest.approx([3 * 5**0.5 / 13**0.5, 1])
    assert found["turning"].tolist() == pytest.approx([np.degrees(np.arccos(-3 / 5)), 0], abs=1e-5)
    early = oscillation_table(np.stack([zigzag, straight], axis=1), np.zeros(2), np.array([1.0, 0.0]), until - 2)
    assert early["crossings"].tolist() == [1, 0]


def test_a_path_that_lands_on_the_axis_does_not_cross_it_by_rounding():
    path = np.array([1.0, 1e-17, -1e-17, 1e-17])[:, None, None] * np.ones((1, 1, 1))
    found = oscillation_table(path, np.zeros(1), np.ones(1), np.array([3]))
    assert found["crossings"].tolist() == [0]


@pytest.mark.parametrize(("optimizer", "numbers"), [(GradientDescent(), 0), (RMSPROP, 1), (ADAM, 2)])
def test_memory_is_counted_from_the_state(optimizer, numbers):
    assert numbers_per_parameter(optimizer) == numbers


def network():
    digits = Digits(split=(0.6, 0.2, 0.2), split_seed=0)
    settings = {"batch_size": None, "epochs": 1, "precision": "float64", "target_loss": None}
    return Mlp(data=digits, loss="cross_entropy", widths=[64, 8, 8, 8, 10], activation="tanh", **settings)


def test_small_weights_make_the_signal_fade_towards_the_inputs():
    start = cell(network(), GradientDescent(), start=Xavier(distribution="uniform", gain=1.0))
    table = layer_gradients_table(start, (0.1, 1.0), 3)
    assert table["layer"].max() == 4
    found = fading(table).groupby("gain")["fading"].median()
    # each of the two layers between the first and the last hidden one multiplies the variance by about gain^2
    assert found[0.1] - found[1.0] == pytest.approx(-4, abs=0.7)


def test_layers_are_a_networks():
    with pytest.raises(TypeError, match="network"):
        layer_gradients_table(cell(quadratic(2.0), GradientDescent()), (1.0,), 1)


def test_a_rotated_quadratic_is_the_aligned_one_seen_along_other_axes():
    theta = torch.from_numpy(np.random.default_rng(0).normal(size=(3, 5)))
    rotated, aligned = quadratic(100.0, 2), quadratic(100.0)
    hessian = torch.autograd.functional.hessian(rotated.value, theta[0])
    assert torch.linalg.eigvalsh(hessian).tolist() == pytest.approx([1, 10**0.5, 10, 10**1.5, 100])
    assert not torch.allclose(rotated.value(theta), aligned.value(theta))
