"""Curves with a known answer, most of them from descents whose state follows from a formula."""

import numpy as np
import pytest
import torch

from src.core.checks import FieldError
from src.monitor.curve_features import block_means, features
from src.monitor.diagnosis import CurveState, Detector, diagnose, readable
from src.monitor.thresholds import Exploding, Plateau

CURVATURES = np.array([1.0, 4.0])


def descent(rate, *, start=(1.5, 1.5), steps=200, curvatures=CURVATURES, noise=0.0, offset=0.0, scale=1.0):
    """Curves of gradient descent on ``scale * sum(curvatures * x^2) / 2 + offset``, with noise in the gradient."""
    draw = np.random.default_rng(0)
    theta = np.array(start, dtype=float)
    curves = {name: [] for name in ("loss", "grad_norm", "param_norm", "update_ratio")}
    for _ in range(steps):
        grad = scale * (curvatures * theta + noise * draw.standard_normal(len(theta)))
        update = rate / scale * grad
        curves["loss"].append(scale * (curvatures * theta**2).sum() / 2 + offset)
        curves["grad_norm"].append(np.linalg.norm(grad))
        curves["param_norm"].append(np.linalg.norm(theta))
        curves["update_ratio"].append(np.linalg.norm(update) / np.linalg.norm(theta))
        theta = theta - update
    return {name: np.array(values) for name, values in curves.items()}


def state(curves):
    return str(diagnose(curves)[0].state)


@pytest.mark.parametrize(
    ("rate", "expected"),
    [(0.25, "healthy"), (0.49, "healthy"), (0.0015, "slow"), (1e-6, "plateaued by rate"), (0.55, "diverging")],
)
@pytest.mark.parametrize("scale", [1e-3, 1.0, 1e6])
def test_the_rate_decides_on_a_quadratic_whose_edge_is_a_half(rate, expected, scale):
    assert state(descent(rate, scale=scale)) == expected


def test_a_rate_at_the_edge_of_stability_oscillates():
    """2 / 4: the stiff direction changes its sign at every step and holds 80 % of the loss up."""
    curves = descent(0.5)
    assert state(curves) == "oscillating"
    f = features(readable(curves))
    excess = curves["loss"][-1]
    fall = f.start - curves["loss"].min()
    assert f.work[0] == pytest.approx(4 * excess / fall[0], rel=0.05)


def test_noise_that_a_rate_holds_up_counts_as_oscillating_and_small_noise_does_not():
    assert state(descent(0.4, noise=4.0, steps=2000)) == "oscillating"
    assert state(descent(0.05, noise=0.5, steps=2000)) == "healthy"


def test_negative_losses_are_no_obstacle():
    for offset in (-10.0, -100.0, -1e4):
        assert state(descent(0.25, offset=offset)) == "healthy"
    assert state(descent(0.0015, offset=-10.0)) == "slow"


def flat(**changed):
    draw = np.random.default_rng(1)
    curves = {
        "loss": 2.3 + 0.01 * draw.standard_normal(300), "grad_norm": np.full(300, 0.2),
        "param_norm": np.full(300, 200.0), "update_ratio": np.full(300, 1e-3),
    }  # fmt: skip
    return curves | changed


def test_plateaus_are_told_apart_by_the_norms():
    assert state(flat()) == "plateaued by initialization"
    assert state(flat(param_norm=np.full(300, 0.1))) == "vanishing gradients"
    assert state(flat(update_ratio=np.full(300, 1e-6))) == "plateaued by rate"
    assert state(flat(param_norm=np.r_[0.0, np.full(299, 0.1)])) == "plateaued by initialization"  # from zeros


def test_gradients_out_of_proportion_explode_and_those_of_a_diverging_descent_do_not():
    assert state(flat(grad_norm=np.full(300, 1e3))) == "exploding gradients"
    f = features(readable(descent(0.55)))
    assert f.steepest[0] < 3  # x . grad of a quadratic is twice its value
    overflow = flat(loss=np.full(300, np.nan), grad_norm=np.full(300, np.nan))
    assert state(overflow) == "exploding gradients"
    later = flat(loss=np.r_[np.full(100, 2.3), np.full(200, np.inf)])
    assert state(later) == "diverging"


def test_validation_decides_on_over_fitting():
    fall = np.exp(-np.linspace(0, 6, 600))
    at = np.linspace(0, 1, 20)
    curves = {"loss": fall, "train_loss": fall[::30], "valid_loss": 1 - at + 1.5 * at**2}  # lowest at a third
    [found] = diagnose(curves)
    assert found.state is CurveState.OVERFITTING
    assert "validation loss is 80 % above its lowest" in found.evidence
    assert diagnose(curves | {"valid_loss": 1 - at / 2})[0].state is not CurveState.OVERFITTING


@pytest.mark.parametrize(("rise", "expected"), [(6.0, "over-fitting"), (0.2, "healthy")])
def test_a_network_that_learnt_its_samples_early_over_fits_where_validation_rises_far(rise, expected):
    """The validation loss is lowest when the training loss is at 0.2, and has halved to 0.1 at the end."""
    at = np.linspace(0, 1, 600)
    train = 0.1 + 0.9 * np.exp(-20 * at)
    check = np.linspace(0, 1, 21)
    valid = np.where(check < 0.1, 1 - 6.5 * check, 0.35 * (1 + rise * (check - 0.1) / 0.9))
    curves = {"loss": train, "train_loss": train[:: 600 // 20][:20], "valid_loss": valid[:20]}
    assert state(curves) == expected


def test_rows_are_judged_alone_and_tensors_are_welcome():
    rates = (0.25, 0.0015, 0.55, 1e-6)
    alone = [descent(rate) for rate in rates]
    together = {name: np.stack([one[name] for one in alone], axis=1) for name in alone[0]}
    tensors = {name: torch.from_numpy(values) for name, values in together.items()}
    assert list(Detector().states(together)) == [state(one) for one in alone]
    assert [str(one.state) for one in diagnose(tensors)] == [state(one) for one in alone]


def test_little_is_needed_and_misuse_is_refused():
    assert diagnose({"loss": [3.0, 2.0, 1.0, 0.5, 0.3, 0.2, 0.1, 0.1, 0.1, 0.1]})[0].state is CurveState.HEALTHY
    assert len(diagnose({"loss": np.ones((1, 3))})) == 3
    with pytest.raises(ValueError, match="loss or train_loss"):
        diagnose({"grad_norm": [1.0]})
    with pytest.raises(ValueError, match="different numbers"):
        diagnose({"loss": np.ones((5, 2)), "grad_norm": np.ones((5, 3))})
    with pytest.raises(FieldError, match="max_drop"):
        Detector(plateau=Plateau(max_drop=0))


def test_blocks_are_of_equal_length():
    assert block_means(np.arange(40.0)[:, None]).ravel() == pytest.approx(np.arange(0.5, 40, 2))
    assert len(block_means(np.ones((3, 1)))) == 3


def test_a_threshold_decides_the_state_that_it_is_grouped_under():
    curves = flat(grad_norm=np.full(300, 1e3))
    steepest = features(readable(curves)).steepest[0]
    assert list(Detector().states(curves)) == ["exploding gradients"]
    lenient = Detector(exploding=Exploding(min_steepest=2 * steepest))
    assert list(lenient.states(curves)) != ["exploding gradients"]
