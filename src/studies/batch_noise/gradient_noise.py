"""Noise of mini-batch gradients at a fixed point: measured by draws, and exact from every sample's gradient.

With G the gradient over all N samples and Sigma the covariance of one sample's gradient, a batch of B samples drawn
with replacement has a gradient of mean G and covariance Sigma / B. The gradient noise scale ``tr Sigma / |G|^2`` is
the batch size at which noise and gradient are equally long (McCandlish et al. 2018, arXiv:1812.06162, eq. 2.9).
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor

from src.core.problem import Problem
from src.core.streams import Seed

WORKERS = 10  # batches that make one large batch in the two-batch estimate


class Noise(NamedTuple):
    """Noise at one point.

    Attributes:
        trace: tr Sigma, exact.
        square: |G|^2, exact.
        variance: mean of |g - G|^2 over the drawn batches' gradients g; its expectation is tr Sigma / B.
        trace_estimate: estimate of tr Sigma from lengths of gradients alone, which a training run can compute.
        square_estimate: estimate of |G|^2 from lengths of gradients alone.
    """

    trace: float
    square: float
    variance: float
    trace_estimate: float
    square_estimate: float


def draw_stream(seed: Seed, batch: int) -> np.random.Generator:
    """Random stream of a seed's batches of this size, independent of the streams of all other sizes."""
    bits: Any = seed.generator("noise").bit_generator
    return np.random.Generator(bits.jumped(batch))


def measure(problem: Problem, theta: Tensor, batch: int, draws: int, stream: np.random.Generator) -> Noise:
    """Noise of gradients over ``batch`` samples at ``theta`` (D,), from ``draws`` batches with replacement."""
    samples = torch.arange(problem.size).unsqueeze(-1)
    each = problem.gradient(theta.expand(problem.size, -1), samples)[1]
    exact = each.mean(0, dtype=torch.float64)
    square = float(exact.square().sum())
    trace = float(torch.linalg.vector_norm(each, dim=-1).double().square().mean()) - square
    drawn = torch.from_numpy(stream.integers(0, problem.size, (draws, batch)))
    found = problem.gradient(theta.expand(draws, -1), drawn)[1].double()
    variance = float((found - exact).square().sum(-1).mean())
    return Noise(trace, square, variance, *two_batch_estimate(found, batch))


def two_batch_estimate(gradients: Tensor, batch: int) -> tuple[float, float]:
    """Unbiased estimates of tr Sigma and |G|^2 from gradients over batches of two sizes.

    McCandlish et al. 2018, appendix A.1: the small batches are the workers' own, the large ones their average. The
    ratio of the two estimates is the noise scale; it is biased unless both are averaged first, over points or steps.

    Args:
        gradients: of independent batches, shape (K, D); K at least ``WORKERS``; rows beyond a
            multiple of ``WORKERS`` are left out.
        batch: samples in each batch.
    """
    width = gradients.shape[-1]
    groups = gradients[: len(gradients) // WORKERS * WORKERS].reshape(-1, WORKERS, width)
    small = float(groups.square().sum(-1).mean())
    large = float(groups.mean(1).square().sum(-1).mean())
    trace = (small - large) / (1 / batch - 1 / (WORKERS * batch))
    square = (WORKERS * large - small) / (WORKERS - 1)
    return trace, square


def estimation_error(batch: int, points: Sequence[float], spread: float, seed: Seed) -> float:
    """Root mean square error of a mean of ``batch`` noisy gradients ``2 x + N(0, spread)`` (R31).

    Args:
        batch: noisy gradients averaged at each point.
        points: places x at which the gradient is estimated.
        spread: standard deviation of one gradient's noise.
        seed: seed that draws the noise.
    """
    truth = 2 * np.asarray(points)[:, None]
    drawn = truth + spread * seed.generator("data").standard_normal((len(points), batch))
    return float(np.sqrt(np.square(drawn.mean(1, keepdims=True) - truth).mean()))
