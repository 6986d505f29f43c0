"""Features of training curves without a scale: multiplying a loss by a constant changes none of them.

Every feature is relative to the run itself: falls to the whole fall, gradients to loss over parameters, updates to
parameters. Losses of single steps are averaged over blocks, so that the noise of mini-batches is not mistaken for a
movement.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
BLOCKS = 20
_SMOOTH = 0.9  # highest ratio of successive falls that an extrapolation believes in
_MEDIAN_STEP = 0.954  # median size of the difference of two standard normal numbers
_EXTREME = 6  # standard deviations by which mini-batches alone do not deviate
_STILL = 0.003  # path over a block in which the parameters have not moved
_STRIDE = 0.05  # update over parameters from which on the rate may cause the later course
_FEWEST_EVALUATIONS = 8  # whose course says more than that of single steps
_LEAP = 0.25  # rise over the scale that is a leap


@dataclass(frozen=True, kw_only=True)
class Features:
    """Features of R replicates, each (R,); NaN where a series that they need was not recorded.

    "Scale" is the larger of the loss's size at the start and at its lowest block; "fall" is from the start to there.

    Attributes:
        start, end: loss at the start; mean of the last tenth of the steps.
        steps: steps recorded.
        broken: whether loss or gradient stopped being finite.
        growth: how far the end lies above the start, over the scale.
        rising: whether the last block is the highest, and the second half of the run lifted the loss.
        drop: fall from the first block to the end, over the scale.
        doubt: standard error of ``drop`` by ``noise``.
        blur: standard error of ``drop`` by ``noise``, over the fall.
        noise: standard deviation of the loss from step to step, over the scale: of mini-batches, or of a zigzag.
        leap: how far the highest loss lies above the start, beyond what ``noise`` explains, over the scale.
        retreat: how far the end lies above the lowest block, over the fall.
        work: mean over the second half of gradient norm times update length, over the fall. Where a descent hovers
            about a minimum, ``work`` is about four times the height of the hovering: ``rate * |g|^2 = 4 * excess``
            for an oscillation at the edge of stability of a quadratic, and the same order for stationary noise.
        gain: fall from the start to the end, over the first-order fall of all updates: near 1 for a descent
            that a small rate lets follow the gradient, near 0 where gradients are noise.
        late: fall over the second half, over the fall.
        remain: fall that is still to come if the last two quarters go on geometrically, over the fall.
        predicted: first-order fall of all updates, gradient norm times update length, over the scale.
        path: summed length of all updates over that of the parameters.
        slope: median of gradient norm times parameter norm, over the scale: first-order change of the loss when the
            parameters change by their own size.
        steepest: highest gradient norm, times the parameters' length at the start, over the loss of that step or the
            scale, whichever is larger. Only steps before the loss first leaps or an update first strides count, since
            later a rate that is too large may be the cause. Infinite where loss or gradient overflow at once.
        gradient_kept: median gradient norm of the last fifth over that of the first step.
        negative: whether the loss is below zero somewhere, so that its size does not bound its fall.
        origin: whether all parameters began at zero.
        valid_rise: last validation loss over its lowest, less 1.
        train_after: training loss at the end over the training loss at the lowest validation loss.
        gap: validation loss less training loss at the end, over the validation loss at the start.
        steady: share of successive evaluations over all training samples between which the loss fell.
        seen_fall: fall of these evaluations from first to last, over the first.
        seen_late: fall over the second half of these evaluations, over their fall.
        seen_remain: ``remain`` of these evaluations.
    """

    start: Array
    end: Array
    steps: int
    broken: NDArray[np.bool_]
    growth: Array
    rising: NDArray[np.bool_]
    drop: Array
    doubt: Array
    blur: Array
    noise: Array
    leap: Array
    retreat: Array
    work: Array
    gain: Array
    late: Array
    remain: Array
    predicted: Array
    path: Array
    slope: Array
    steepest: Array
    gradient_kept: Array
    negative: NDArray[np.bool_]
    origin: NDArray[np.bool_]
    valid_rise: Array
    train_after: Array
    gap: Array
    steady: Array
    seen_fall: Array
    seen_late: Array
    seen_remain: Array


def block_means(values: Array, count: int = BLOCKS) -> Array:
    """Means over ``count`` stretches of equal length, or fewer where there are fewer steps: (K, R) -> (B, R)."""
    edges = np.linspace(0, len(values), min(count, len(values)) + 1).astype(int)
    means: Array = np.add.reduceat(values, edges[:-1], axis=0) / np.diff(edges)[:, None]
    return means


def features(series: Mapping[str, Array]) -> Features:
    """Features of the curves ``series``, each (K, R) with its own K; ``loss`` or ``train_loss`` has to be there."""
    with np.errstate(all="ignore"):
        return _features(series)


def _features(series: Mapping[str, Array]) -> Features:
    loss = series["loss"] if "loss" in series else series["train_loss"]
    missing = np.full_like(loss, np.nan)
    grad, size, ratio = (series.get(name, missing) for name in ("grad_norm", "param_norm", "update_ratio"))
    blocks = block_means(loss)
    count = len(blocks)
    start = _start(series, loss, blocks[0], ratio[: len(loss) // count])
    lowest = np.minimum(start, blocks.min(0))
    end = blocks[-max(1, count // 10) :].mean(0)
    fall = start - lowest
    scale = np.fmax(np.abs(start), np.abs(lowest))
    second_half, to_come = _late_falls(blocks)
    moved = min(len(ratio), len(grad), len(size))
    half = moved // 2
    length = ratio[:moved] * size[:moved]
    steps = np.diff(loss[-(len(loss) // 2 + 1) :], axis=0)
    noise = np.median(np.abs(steps), axis=0) / _MEDIAN_STEP / scale if len(steps) else np.zeros_like(scale)
    doubt = noise * np.sqrt(1.5 * count / len(loss))
    return Features(
        start=start,
        end=end,
        steps=len(loss),
        broken=np.logical_or(~np.isfinite(loss).all(0), np.isinf(grad).any(0)),
        growth=(end - start) / scale,
        rising=(blocks[-1] >= blocks.max(0)) & (blocks[-1] - start > 2 * (blocks[count // 2] - start)),
        drop=(blocks[0] - end) / scale,
        doubt=doubt,
        blur=doubt * scale / fall,
        noise=noise,
        leap=(loss.max(0) - start) / scale - _EXTREME * noise,
        retreat=(end - lowest) / fall,
        work=(grad[half:moved] * length[half:]).sum(axis=0) / (moved - half) / fall,
        gain=(start - end) / (grad[:moved] * length).sum(axis=0),
        late=second_half / fall,
        remain=to_come / fall,
        predicted=(grad[:moved] * length).sum(axis=0) / scale,
        path=np.where(np.isnan(ratio).all(0), np.nan, np.where(np.isfinite(ratio), ratio, 0).sum(0)),
        slope=np.median(grad * size[: len(grad)], axis=0) / scale,
        steepest=_steepest(loss, grad, ratio, size[0], scale, noise),
        gradient_kept=np.median(grad[-max(1, len(grad) // 5) :], axis=0) / grad[0],
        negative=np.logical_or.reduce(loss < 0, axis=0),
        origin=size[0] == 0,
        **_generalization(series),
        **_evaluations(series),
    )


def _late_falls(course: Array) -> tuple[Array, Array]:
    """Fall over the second half of ``course`` (K, R), and fall to come if its last two quarters go on; each (R,)."""
    count = len(course)
    quarters = [course[max(0, round(count * share) - 1)] for share in (0.5, 0.75, 1)]
    third, fourth = quarters[0] - quarters[1], quarters[1] - quarters[2]
    kept = np.where(third > 0, np.clip(fourth / third, 0, _SMOOTH), _SMOOTH)
    return quarters[0] - quarters[2], np.maximum(fourth, 0) * kept / (1 - kept)


def _evaluations(series: Mapping[str, Array]) -> dict[str, Array]:
    """Features of the losses over all training samples, which have no noise of mini-batches; NaN where too few."""
    course = series.get("train_loss")
    names = ("steady", "seen_fall", "seen_late", "seen_remain")
    if course is None or len(course) < _FEWEST_EVALUATIONS:
        count = (series["loss"] if "loss" in series else series["train_loss"]).shape[1]
        return dict.fromkeys(names, np.full(count, np.nan))
    fall = course[0] - course[-1]
    late, remain = _late_falls(course)
    steady = (np.diff(course, axis=0) < 0).mean(axis=0)
    return dict(zip(names, (steady, fall / np.abs(course[0]), late / fall, remain / fall), strict=True))


def _start(series: Mapping[str, Array], loss: Array, first: Array, ratio: Array) -> Array:
    """Loss at the start, (R,).

    The loss over all samples where it was recorded, unless it was recorded too late, when the loss had already leapt;
    else the mean loss of the first block if the parameters did not move in it, and the loss of the first step if they
    did.
    """
    seen = np.where(ratio.sum(0) < _STILL, first, loss[0])
    train = series.get("train_loss")
    if train is None:
        return seen
    return np.where(train[0] - loss[0] <= np.abs(loss[0]) / 2, train[0], seen)


def _steepest(loss: Array, grad: Array, ratio: Array, size: Array, scale: Array, noise: Array) -> Array:
    """``steepest`` from loss, gradient norm, update ratio (K, R), the parameters' first length and the rest (R,)."""
    if len(grad) != len(loss):
        return np.full(len(scale), np.nan)
    calm = loss - loss[0] <= (_LEAP + _EXTREME * noise) * scale
    if len(ratio) >= len(loss) - 1:
        calm[1:] &= ~(ratio[: len(loss) - 1] > _STRIDE)  # NaN, where it was not recorded, is no stride
    before = np.logical_and.accumulate(calm, axis=0)
    before[0] = True
    steep = np.where(before & np.isfinite(grad), grad, 0) * size / np.maximum(np.abs(loss), scale)
    at_once = ~np.isfinite(loss[0]) | np.isinf(grad[0]) | (np.isnan(grad[0]) & ~np.isnan(grad).all(0))
    highest: Array = np.where(at_once, np.inf, np.nan_to_num(steep, nan=0.0).max(0))
    return highest


def _generalization(series: Mapping[str, Array]) -> dict[str, Array]:
    """``valid_rise`` and ``train_after``, from training losses at the same evaluations or shares of the steps."""
    valid = series.get("valid_loss")
    loss = series["loss"] if "loss" in series else series["train_loss"]
    if valid is None or len(valid) < 2:
        unknown = np.full(loss.shape[1], np.nan)
        return {"valid_rise": unknown, "train_after": unknown, "gap": unknown}
    train = series.get("train_loss")
    if train is None or len(train) != len(valid):
        blocks = block_means(loss, len(valid))
        train = blocks[np.linspace(0, len(blocks) - 1, len(valid)).round().astype(int)]
    rows = np.arange(valid.shape[1])
    best = np.where(np.isfinite(valid), valid, np.inf).argmin(0)
    return {
        "valid_rise": (valid[-1] - valid[best, rows]) / np.abs(valid[best, rows]),
        "train_after": train[-1] / train[best, rows],
        "gap": (valid[-1] - train[-1]) / np.abs(valid[0]),
    }
