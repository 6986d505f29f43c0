"""Training loops in plain torch whose state follows from how they were built, as users of ``diagnose`` write them.

``LOOPS`` lists each loop with the states that are right for it. Within a state the loops take turns: the first, the
third and so on are those on which the detector may be developed, the others are held back.
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from plain_data import (
    blobs,
    faint,
    house_prices,
    linear_targets,
    noise_images,
    sequences,
    sines,
    stripes,
    stripes_flat,
)
from plain_networks import Recurrent, conv, deep, he, mlp, normal
from plain_training import Curves, adam, cosine, factorization, point, quadratic, rosenbrock, sgd, train
from torch import nn

HEALTHY, OSCILLATING, SLOW, DIVERGING = "healthy", "oscillating", "slow", "diverging"
BY_RATE, BY_START = "plateaued by rate", "plateaued by initialization"
VANISHING, EXPLODING, OVERFITTING = "vanishing gradients", "exploding gradients", "over-fitting"


class Loop(NamedTuple):
    """A loop, the states that are right for it, and whether it is held back from development."""

    name: str
    states: tuple[str, ...]
    held_back: bool
    curves: Callable[[], Curves]


def healthy() -> Iterator[tuple[str, Callable[[], Curves]]]:
    yield "quadratic", lambda: quadratic(10, 2, sgd(0.9), 200)
    yield "quadratic with noise", lambda: quadratic(5, 20, sgd(0.2), 300, noise=0.1)
    yield "rosenbrock by adam", lambda: rosenbrock(adam(0.05), 1500)
    yield "factors by adam", lambda: factorization(adam(0.05), 400)
    yield "overlapping clouds", lambda: train(mlp(5, 3), blobs(3, 2.0, 600), sgd(0.3), 300)
    yield "clouds in batches", lambda: train(mlp(5, 32, 4), blobs(4, 1.5, 4000), adam(1e-2), 300, batch=64)
    yield "linear in batches", lambda: train(mlp(10, 1), linear_targets(600), sgd(0.03), 300, batch=32)
    yield "linear with momentum", lambda: train(mlp(10, 1), linear_targets(600, noise=1.0), sgd(0.03, 0.9), 300)
    yield "sine by adam", lambda: train(mlp(1, 32, 1), sines(200), adam(2e-2), 500)
    yield "noisy sine in batches", lambda: train(mlp(1, 32, 1), sines(800, 0.5), adam(1e-2), 600, batch=64)
    yield "flipped labels", lambda: train(mlp(5, 2), blobs(2, 1.0, 800, flipped=0.4), sgd(0.3), 300)
    yield "dropout", lambda: train(
        mlp(5, 32, 3, dropout=0.2, activation=nn.ReLU), blobs(3, 2.0, 4000), adam(5e-3, 0.01), 300, batch=64
    )  # fmt: skip
    yield "convolutions", lambda: train(conv(), stripes(600), sgd(0.02, 0.9), 100, batch=32)
    yield "convolutions by adam", lambda: train(conv(1), stripes(300, 1), adam(3e-3), 200)
    yield "recurrent", lambda: train(Recurrent(0.9, 16), sequences(8, 256), adam(1e-2), 300)
    yield "deep and normalized", lambda: train(
        deep(6, 24, blobs(3, 2.0, 9), 3, normalized=True, activation=nn.ReLU), blobs(3, 2.0, 4000), adam(2e-3), 300,
        batch=64,
    )  # fmt: skip
    yield (
        "cosine schedule",
        lambda: train(mlp(1, 32, 1), sines(400, 0.3), sgd(0.2, 0.9), 600, batch=32, factor=cosine(600)),
    )
    yield (
        "he start in 8 layers",
        lambda: train(
            deep(8, 32, blobs(3, 1.0, 600), 3, activation=nn.ReLU, start=he()), blobs(3, 1.0, 600), sgd(0.05), 300
        ),
    )


def slow() -> Iterator[tuple[str, Callable[[], Curves]]]:
    yield "valley of 1e3", lambda: quadratic(1e3, 10, sgd(1.0), 200)
    yield "valley of 1e4 in the plane", lambda: quadratic(1e4, 2, sgd(1.0), 600)
    yield "rosenbrock by descent", lambda: rosenbrock(sgd(5e-4), 400)
    yield "valley of 1e4 in 20 dimensions", lambda: quadratic(1e4, 20, sgd(1.5), 300)
    yield "small rate", lambda: train(mlp(1, 32, 1), sines(200), sgd(3e-3), 400)
    yield (
        "features of their own units",
        lambda: train(mlp(10, 1, start=normal(1e-3)), linear_targets(300, scales=True), sgd(4e-5), 500),
    )
    yield "valley with momentum", lambda: quadratic(1e5, 8, sgd(1.0, 0.9), 300)
    yield "valley with noise", lambda: quadratic(3e3, 10, sgd(0.5), 400, noise=0.02)


def unscaled() -> Iterator[tuple[str, Callable[[], Curves]]]:
    yield "prices by adam", lambda: train(mlp(10, 32, 1), house_prices(1000, 300), adam(1e-3), 400)
    yield "large prices by adam", lambda: train(mlp(10, 64, 1), house_prices(2e5, 5e4), adam(1e-2), 500)
    yield (
        "prices in batches",
        lambda: train(mlp(10, 32, 1, activation=nn.ReLU), house_prices(300, 100), adam(3e-4), 300, batch=32),
    )
    yield (
        "prices without offset",
        lambda: train(mlp(10, 32, 1, activation=nn.ReLU), house_prices(0, 500, 1), adam(1e-3), 300),
    )
    yield "prices, linear", lambda: train(mlp(10, 1), house_prices(200, 50), adam(1e-2), 300, batch=64)
    yield (
        "prices, not watched",
        lambda: train(mlp(10, 16, 1), house_prices(500, 100, 1), adam(3e-3), 300, watched=False),
    )


def held_by_rate() -> Iterator[tuple[str, Callable[[], Curves]]]:
    yield "tiny rate on a quadratic", lambda: quadratic(10, 5, sgd(1e-5), 300)
    yield "tiny rate on clouds", lambda: train(mlp(5, 32, 3), blobs(3, 1.0, 500), sgd(1e-5), 300, batch=32)
    yield "tiny rate by adam", lambda: train(mlp(1, 32, 1), sines(200), adam(1e-6), 300)
    yield "tiny rate on stripes", lambda: train(conv(), stripes(200), sgd(1e-5, 0.9), 150, batch=32)


def diverging() -> Iterator[tuple[str, Callable[[], Curves]]]:
    yield "beyond the edge", lambda: quadratic(10, 3, sgd(2.1), 200)
    yield "linear beyond the edge", lambda: train(mlp(10, 1), linear_targets(300), sgd(1.5), 100, batch=32)
    yield "momentum beyond the edge", lambda: quadratic(10, 3, sgd(4.2, 0.9), 200)
    yield (
        "features of their own units, large rate",
        lambda: train(mlp(10, 1), linear_targets(300, scales=True), sgd(1e-2), 100),
    )


def oscillating() -> Iterator[tuple[str, Callable[[], Curves]]]:
    yield "at the edge", lambda: quadratic(4, 2, sgd(1.9999), 300)
    yield "noise decides", lambda: quadratic(3, 10, sgd(0.7), 500, noise=1.0)
    yield "momentum at the edge", lambda: quadratic(4, 3, sgd(3.7999, 0.9), 300)
    yield "batches of two", lambda: train(mlp(10, 1), linear_targets(400, noise=2.0), sgd(0.06), 400, batch=2)
    yield "network by large steps", lambda: train(mlp(1, 32, 1), sines(400, 0.3), adam(0.3), 300, batch=16)
    yield (
        "clouds by large steps",
        lambda: train(mlp(5, 32, 3, activation=nn.ReLU), blobs(3, 2.0, 400), sgd(0.6), 300, batch=4),
    )


def vanishing() -> Iterator[tuple[str, Callable[[], Curves]]]:
    yield (
        "25 layers of relu",
        lambda: train(deep(25, 32, blobs(3, 1.0, 300), 3, activation=nn.ReLU), blobs(3, 1.0, 300), sgd(0.1), 200),
    )
    yield (
        "25 layers of relu by adam",
        lambda: train(
            deep(25, 16, blobs(3, 1.0, 300), 3, activation=nn.ReLU, start=normal(0.1)),
            blobs(3, 1.0, 300),
            adam(1e-3),
            200,
        ),
    )
    yield (
        "25 layers of relu in batches",
        lambda: train(deep(25, 32, sines(300), 1, activation=nn.ReLU, seed=1), sines(300), sgd(0.01), 200, batch=32),
    )
    yield (
        "20 layers of sigmoid",
        lambda: train(deep(20, 16, blobs(3, 1.0, 300), 3, activation=nn.Sigmoid), blobs(3, 1.0, 300), sgd(0.1), 200),
    )
    yield (
        "30 layers of relu",
        lambda: train(
            deep(30, 64, stripes_flat(300), 2, activation=nn.ReLU), stripes_flat(300), sgd(0.05, 0.9), 150, batch=32
        ),
    )
    yield (
        "12 layers of tanh, small weights",
        lambda: train(
            deep(12, 32, blobs(4, 1.0, 300), 4, start=normal(0.02)), blobs(4, 1.0, 300), sgd(0.1), 200, batch=32
        ),
    )


def exploding() -> Iterator[tuple[str, Callable[[], Curves]]]:
    yield "radius 1.5", lambda: train(Recurrent(1.5, 32, bias=False), faint(sequences(20)), sgd(1e-3), 60)
    yield "radius 1.5, linear", lambda: train(Recurrent(1.5, 16, nn.Identity()), sequences(30), sgd(1e-3), 60)
    yield "radius 1.5, wide", lambda: train(Recurrent(1.5, 128, bias=False), faint(sequences(50)), sgd(1e-4), 60)
    yield (
        "radius 1.5, linear and short",
        lambda: train(Recurrent(1.5, 24, nn.Identity()), sequences(15), sgd(1e-6), 60),
    )
    yield (
        "12 layers of large weights",
        lambda: train(
            deep(12, 32, linear_targets(200), 1, activation=nn.ReLU, start=he(3.0)),
            linear_targets(200),
            sgd(1e-6),
            100,
        ),
    )
    yield (
        "radius 1.5 by adam",
        lambda: train(Recurrent(1.5, 64, seed=1, bias=False), faint(sequences(40, seed=1)), adam(1e-4), 60),
    )


def overfitting() -> Iterator[tuple[str, Callable[[], Curves]]]:
    yield (
        "few samples of noise",
        lambda: train(mlp(10, 64, 1, activation=nn.ReLU), linear_targets(30, noise=2.0), adam(1e-2), 400),
    )
    yield "labels without meaning", lambda: train(conv(), noise_images(40), adam(3e-3), 200)
    yield (
        "flipped labels, wide network",
        lambda: train(mlp(5, 128, 2, activation=nn.ReLU), blobs(2, 2.0, 60, flipped=0.4), adam(1e-2), 400),
    )
    yield "sine from few samples", lambda: train(mlp(1, 64, 64, 1), sines(12, 0.4, 1), adam(5e-3), 800)
    yield (
        "fast learner",
        lambda: train(mlp(20, 128, 3, activation=nn.ReLU), blobs(3, 6.0, 60, dimension=20), adam(2e-2), 300),
    )
    yield (
        "few in batches",
        lambda: train(
            mlp(10, 64, 2, activation=nn.ReLU), blobs(2, 4.0, 50, dimension=10), sgd(0.05, 0.9), 400, batch=10
        ),
    )


def held_by_start() -> Iterator[tuple[str, Callable[[], Curves]]]:
    yield (
        "all weights zero",
        lambda: train(mlp(5, 16, 3, start=normal(0.0)), blobs(3, 1.0, 300, 1), sgd(0.1), 200),
    )
    yield (
        "dead units",
        lambda: train(mlp(5, 16, 3, activation=nn.ReLU, start=normal(0.1, -20.0)), blobs(3, 1.0, 300), sgd(0.1), 200),
    )
    yield "saddle", lambda: point([1e-9, 0.0], lambda t: t[0] ** 4 - t[0] ** 2 + t[1] ** 2 + 1, sgd(0.01), 200)
    yield "start at a maximum", lambda: point([1e-8, 1e-8], lambda t: t.cos().sum() + 3, sgd(0.01), 200)


BUILT = (
    ((HEALTHY,), healthy),
    ((SLOW,), slow),
    ((SLOW, BY_RATE), unscaled),
    ((BY_RATE,), held_by_rate),
    ((DIVERGING,), diverging),
    ((OSCILLATING,), oscillating),
    ((VANISHING,), vanishing),
    ((EXPLODING,), exploding),
    ((OVERFITTING,), overfitting),
    ((BY_START,), held_by_start),
)


def loops() -> list[Loop]:
    """All loops; within a state every second one is held back."""
    return [
        Loop(name, states, number % 2 == 1, curves)
        for states, built in BUILT
        for number, (name, curves) in enumerate(built())
    ]


LOOPS = loops()
