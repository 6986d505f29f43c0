"""The chain and its parts: clip, noise, precondition."""

from pathlib import Path

import pytest
import torch
import yaml
from torch import Tensor

from src.core.checks import FieldError
from src.core.optimizer import Optimizer
from src.optimizers.adam import Adam
from src.optimizers.chain import Chain
from src.optimizers.clip import Clip
from src.optimizers.gd import GradientDescent
from src.optimizers.momentum import Momentum
from src.optimizers.noise import Noise
from src.optimizers.precondition import Precondition

CONF = Path(__file__).parents[2] / "conf" / "optimizer"
CLIP = Clip(limit=1.0)
NOISE = Noise(scale=1e-3, decay=0.55, as_variance=False)
PRECONDITION = Precondition(beta=0.999, eps=1e-8, bias_correction=False)
ADAM = Adam(beta1=0.9, beta2=0.999, eps=1e-8)


def normal(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(shape, dtype=torch.float64, generator=torch.Generator().manual_seed(seed))


def first(optimizer: Optimizer, grad: Tensor, noise: Tensor | None = None) -> Tensor:
    theta = torch.zeros_like(grad)
    return optimizer.update(grad, optimizer.init(theta), theta, 0, noise)[0]


def test_first_preconditioned_step_is_31_62_times_too_long() -> None:
    grad = normal(4, 6)
    corrected = Precondition(beta=0.999, eps=1e-8, bias_correction=True)
    ratio = first(PRECONDITION, grad) / first(corrected, grad)
    torch.testing.assert_close(ratio, torch.full_like(ratio, 31.6228), rtol=1e-5, atol=0)
    torch.testing.assert_close(first(corrected, grad), grad.sign(), rtol=1e-6, atol=0)


@pytest.mark.parametrize(
    ("as_variance", "step", "variance"),
    [(False, 0, 0.04), (False, 3, 0.0025), (False, 99, 4e-6), (True, 0, 0.2), (True, 3, 0.05), (True, 99, 2e-3)],
)
def test_noise_variance_by_step(as_variance: bool, step: int, variance: float) -> None:
    """Scale 0.2 and decay 1: the variance is 0.04 / (1 + t)^2, or 0.2 / (1 + t)."""
    noise = Noise(scale=0.2, decay=1.0, as_variance=as_variance)
    grad, draws = torch.full((1, 200_000), 5.0, dtype=torch.float64), normal(1, 200_000)
    direction, _ = noise.update(grad, (), grad, step, draws)
    assert noise.deviation(step) ** 2 == pytest.approx(variance, rel=1e-12)
    assert float(direction.mean()) == pytest.approx(5, abs=5 * variance**0.5 / 200_000**0.5)
    assert float(direction.var()) == pytest.approx(variance, rel=0.02)


def test_row_r26_deviation_after_a_hundred_steps() -> None:
    assert NOISE.deviation(0) == 1e-3
    assert NOISE.deviation(99) == pytest.approx(1e-3 * 10**-1.1, rel=1e-12)


def test_noise_refuses_to_run_without_draws() -> None:
    with pytest.raises(ValueError, match="noise is None"):
        first(NOISE, normal(2, 3))


def test_clip_with_a_huge_limit_is_the_identity_bit_for_bit() -> None:
    grad = normal(5, 7) * 1e3
    assert torch.equal(first(Chain(parts=[Clip(limit=1e30)]), grad), grad)


def test_clip_keeps_the_direction_and_treats_each_row_by_itself() -> None:
    grad = normal(3, 7) * torch.tensor([[1e-3], [1.0], [1e6]], dtype=torch.float64)
    clipped = first(CLIP, grad)
    assert torch.equal(clipped[0], grad[0])
    torch.testing.assert_close(clipped[1:].norm(dim=-1), torch.ones(2, dtype=torch.float64), rtol=2e-6, atol=0)
    torch.testing.assert_close(torch.cosine_similarity(clipped, grad), torch.ones(3, dtype=torch.float64))


def test_a_row_of_nan_or_inf_leaves_the_others_alone() -> None:
    grad, draws = normal(4, 6), normal(4, 6, seed=1)
    for bad in (float("nan"), float("inf")):
        spoilt = grad.clone()
        spoilt[2] = bad
        chain = Chain(parts=[CLIP, NOISE, PRECONDITION])
        rows = [0, 1, 3]
        assert torch.equal(first(chain, spoilt, draws)[rows], first(chain, grad, draws)[rows])


def test_each_part_is_fed_the_direction_of_the_one_before() -> None:
    """Clip then Adam over 30 steps equals Adam on gradients clipped by hand."""
    chain, theta = Chain(parts=[CLIP, ADAM]), normal(3, 5)
    chained, alone = chain.init(theta), ADAM.init(theta)
    for step in range(30):
        grad = 3 * normal(3, 5, seed=step)
        by_hand = grad * (1 / (grad.norm(dim=-1, keepdim=True) + 1e-6)).clamp(max=1)
        direction, chained = chain.update(grad, chained, theta, step, None)
        expected, alone = ADAM.update(by_hand, alone, theta, step, None)
        torch.testing.assert_close(direction, expected, rtol=1e-12, atol=0)
    assert chained.parts[0] == ()
    torch.testing.assert_close(chained.parts[1].second, alone.second, rtol=1e-12, atol=0)


def test_order_matters() -> None:
    """Noise of 1e-3 on a gradient of 1e-6: before preconditioning it takes over, after it is negligible."""
    grad, draws = torch.full((1, 400), 1e-6, dtype=torch.float64), normal(1, 400)
    corrected = Precondition(beta=0.999, eps=1e-8, bias_correction=True)
    before = first(Chain(parts=[NOISE, corrected]), grad, draws)
    after = first(Chain(parts=[corrected, NOISE]), grad, draws)
    assert 0.4 < float((before < 0).double().mean()) < 0.6
    assert float(after.min()) > 0.98


def test_clipping_last_bounds_the_step_and_clipping_first_does_not() -> None:
    """400 equal coordinates, each 31.62 after preconditioning: a norm of 632.5 unless clipped afterwards."""
    grad = torch.full((1, 400), 5.0, dtype=torch.float64)
    assert float(first(Chain(parts=[PRECONDITION, CLIP]), grad).norm()) == pytest.approx(1, rel=1e-6)
    assert float(first(Chain(parts=[CLIP, PRECONDITION]), grad).norm()) == pytest.approx(632.5, rel=1e-4)


def test_chains_nest() -> None:
    grad, draws = normal(2, 5), normal(2, 5, seed=1)
    flat = Chain(parts=[CLIP, NOISE, PRECONDITION])
    nested = Chain(parts=[Chain(parts=[CLIP, NOISE]), PRECONDITION])
    assert nested.needs_noise
    assert torch.equal(first(nested, grad, draws), first(flat, grad, draws))


def test_needs_noise_when_a_part_does() -> None:
    assert Chain(parts=[CLIP, NOISE]).needs_noise
    assert not Chain(parts=[CLIP, ADAM]).needs_noise


@pytest.mark.parametrize(
    ("parts", "allowed"),
    [
        ([], "a list of at least one optimizer"),
        ("clip", "a list of at least one optimizer"),
        ([CLIP, 0.5], "a list of at least one optimizer"),
        ([NOISE, CLIP, NOISE], "at most one part that needs noise"),
        ([NOISE, Chain(parts=[NOISE])], "at most one part that needs noise"),
    ],
)
def test_chain_refuses(parts: list[Optimizer], allowed: str) -> None:
    with pytest.raises(FieldError, match=rf"Chain\.parts = .*{allowed}"):
        Chain(parts=parts)


def test_chain_yamls_hold_the_parts_of_their_own_yamls() -> None:
    """``clip_noise_precondition.yaml`` is R28's order, each part with the settings of its own row."""
    for name, parts in {
        "clip_noise_precondition": ["clip", "noise", "precondition"],
        "clipped_adam": ["clip", "adam"],
    }.items():
        chain = yaml.safe_load((CONF / f"{name}.yaml").read_text())
        assert chain["parts"] == [yaml.safe_load((CONF / f"{part}.yaml").read_text()) for part in parts]


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_direction_and_state_keep_shape_and_dtype_and_inputs_stay_as_they_were(dtype: torch.dtype) -> None:
    theta, grad, draws = (normal(3, 4, seed=seed).to(dtype) for seed in range(3))
    parts = [CLIP, NOISE, Momentum(beta=0.9), GradientDescent(), PRECONDITION]
    chain = Chain(parts=parts)
    state = chain.init(theta)
    _, state = chain.update(grad, state, theta, 0, draws)
    held = [theta, grad, draws, state.parts[2].velocity, state.parts[4].second]
    copies = [tensor.clone() for tensor in held]
    direction, after = chain.update(grad, state, theta, 1, draws)
    for tensor in (direction, after.parts[2].velocity, after.parts[4].second):
        assert (tensor.shape, tensor.dtype) == ((3, 4), dtype)
    assert all(torch.equal(tensor, copy) for tensor, copy in zip(held, copies, strict=True))
