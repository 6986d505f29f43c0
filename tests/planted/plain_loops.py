"""Training loops in plain torch whose state follows from how they were built, as users of ``diagnose`` write them.

``LOOPS`` lists each loop with the states that are right for it. Within a state the loops take turns: the first, the
third and so on are those on which the detector may be developed, the others are held back.
"""

import math
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor, nn

Curves = dict[str, np.ndarray]
HEALTHY, OSCILLATING, SLOW, DIVERGING = "healthy", "oscillating", "slow", "diverging"
BY_RATE, BY_START = "plateaued by rate", "plateaued by initialization"
VANISHING, EXPLODING, OVERFITTING = "vanishing gradients", "exploding gradients", "over-fitting"
EVALUATIONS = 20


class Loop(NamedTuple):
    """A loop, the states that are right for it, and whether it is held back from development."""

    name: str
    states: tuple[str, ...]
    held_back: bool
    curves: Callable[[], Curves]


class Data(NamedTuple):
    """Training and validation samples."""

    x: Tensor
    y: Tensor
    x_valid: Tensor
    y_valid: Tensor


def norm(tensors: list[Tensor]) -> float:
    return math.sqrt(sum(float(each.double().square().sum()) for each in tensors))


def descend(
    parameters: list[Tensor],
    loss_at: Callable[[int], Tensor],
    optimizer: torch.optim.Optimizer,
    steps: int,
    losses: Callable[[], tuple[float, float]] | None = None,
    factor: Callable[[int], float] | None = None,
) -> Curves:
    """The loop: what a user records at each step, and training and validation loss ``EVALUATIONS`` times."""
    kept: dict[str, list[float]] = {name: [] for name in ("loss", "grad_norm", "param_norm", "update_ratio")}
    checks: list[tuple[float, float]] = []
    rate = optimizer.param_groups[0]["lr"]
    for step in range(steps):
        if losses and step % max(1, steps // EVALUATIONS) == 0:
            checks.append(losses())
        if factor:
            optimizer.param_groups[0]["lr"] = rate * factor(step)
        optimizer.zero_grad()
        loss = loss_at(step)
        loss.backward()
        before = [each.detach().clone() for each in parameters]
        size = norm(before)
        kept["loss"].append(float(loss.detach()))
        kept["grad_norm"].append(norm([each.grad for each in parameters if each.grad is not None]))
        kept["param_norm"].append(size)
        optimizer.step()
        moved = norm([each.detach() - old for each, old in zip(parameters, before, strict=True)])
        kept["update_ratio"].append(moved / size if size else math.inf)
    curves = {name: np.array(values) for name, values in kept.items()}
    if losses:
        checks.append(losses())
        curves["train_loss"], curves["valid_loss"] = np.array(checks).T
    return curves


Optimize = Callable[[list[Tensor]], torch.optim.Optimizer]


def sgd(rate: float, momentum: float = 0.0) -> Optimize:
    return lambda parameters: torch.optim.SGD(parameters, lr=rate, momentum=momentum)


def adam(rate: float, decay: float = 0.0) -> Optimize:
    return lambda parameters: torch.optim.AdamW(parameters, lr=rate, weight_decay=decay)


def point(start: list[float], value: Callable[[Tensor], Tensor], optimize: Optimize, steps: int) -> Curves:
    """A landscape."""
    torch.manual_seed(0)
    theta = torch.tensor(start, dtype=torch.float64, requires_grad=True)
    return descend([theta], lambda _: value(theta), optimize([theta]), steps)


def quadratic(condition: float, dimension: int, optimize: Optimize, steps: int, noise: float = 0.0) -> Curves:
    """Curvatures from 1 to ``1 / condition``, each direction with the same share of the loss."""
    curvatures = torch.logspace(0, -math.log10(condition), dimension, dtype=torch.float64)
    draw = torch.Generator().manual_seed(1)

    def value(theta: Tensor) -> Tensor:
        slope = noise * torch.randn(dimension, generator=draw, dtype=torch.float64)
        return (curvatures * theta**2).sum() / 2 + (slope * curvatures.sqrt() * theta).sum()

    return point((1 / curvatures.sqrt()).tolist(), value, optimize, steps)


def rosenbrock(optimize: Optimize, steps: int, start: tuple[float, float] = (-1.2, 1.0)) -> Curves:
    return point(list(start), lambda t: (1 - t[0]) ** 2 + 100 * (t[1] - t[0] ** 2) ** 2, optimize, steps)


def train(
    model: nn.Module,
    data: Data,
    optimize: Optimize,
    steps: int,
    *,
    criterion: Callable[[Tensor, Tensor], Tensor] | None = None,
    batch: int | None = None,
    factor: Callable[[int], float] | None = None,
    watched: bool = True,
) -> Curves:
    """A network on data; classification where the targets are whole numbers."""
    criterion = criterion or (nn.functional.cross_entropy if data.y.dtype == torch.int64 else nn.functional.mse_loss)
    draw = torch.Generator().manual_seed(2)

    def loss_at(_: int) -> Tensor:
        rows = torch.randint(len(data.x), (batch,), generator=draw) if batch else slice(None)
        return criterion(model(data.x[rows]), data.y[rows])

    def losses() -> tuple[float, float]:
        model.eval()
        with torch.no_grad():
            found = float(criterion(model(data.x), data.y)), float(criterion(model(data.x_valid), data.y_valid))
        model.train()
        return found

    parameters = list(model.parameters())
    return descend(parameters, loss_at, optimize(parameters), steps, losses if watched else None, factor)


def split(x: Tensor, y: Tensor, count: int) -> Data:
    return Data(x[:count], y[:count], x[count:], y[count:])


def blobs(classes: int, spread: float, count: int, seed: int = 0, dimension: int = 5, flipped: float = 0.0) -> Data:
    """Normal clouds about random centres; a share ``flipped`` of the labels is drawn anew."""
    torch.manual_seed(seed)
    centres = 2 * torch.randn(classes, dimension)
    y = torch.randint(classes, (count + 400,))
    x = centres[y] + spread * torch.randn(len(y), dimension)
    y = torch.where(torch.rand(len(y)) < flipped, torch.randint(classes, (len(y),)), y)
    return split(x, y, count)


def linear_targets(count: int, dimension: int = 10, noise: float = 0.5, seed: int = 0, scales: bool = False) -> Data:
    torch.manual_seed(seed)
    x = torch.randn(count + 400, dimension)
    y = x @ torch.randn(dimension, 1) + noise * torch.randn(len(x), 1)
    return split(x * torch.logspace(0, 2, dimension) if scales else x, y, count)


def sines(count: int, noise: float = 0.0, seed: int = 0) -> Data:
    torch.manual_seed(seed)
    x = 4 * torch.rand(count + 400, 1) - 2
    return split(x, torch.sin(2 * x) + noise * torch.randn_like(x), count)


def house_prices(offset: float, spread: float, seed: int = 0) -> Data:
    """Targets in their own unit, such as money."""
    data = linear_targets(300, seed=seed)
    return Data(data.x, offset + spread * data.y, data.x_valid, offset + spread * data.y_valid)


def stripes(count: int, seed: int = 0) -> Data:
    """Images of 8 x 8 with stripes across or along, and noise."""
    torch.manual_seed(seed)
    y = torch.randint(2, (count + 300,))
    wave = torch.sin(1.5 * torch.arange(8.0) + 6 * torch.rand(len(y), 1))
    across, along = wave[:, None, :].expand(-1, 8, -1), wave[:, :, None].expand(-1, -1, 8)
    x = torch.where(y[:, None, None] == 0, across, along) + 0.5 * torch.randn(len(y), 8, 8)
    return split(x[:, None], y, count)


def noise_images(count: int, seed: int = 0) -> Data:
    """Labels that have nothing to do with the samples: whatever is learnt is by heart."""
    torch.manual_seed(seed)
    return split(torch.randn(count + 300, 1, 8, 8), torch.randint(2, (count + 300,)), count)


def mlp(
    *sizes: int,
    activation: Callable[[], nn.Module] = nn.Tanh,
    start: Callable[[nn.Linear], object] | None = None,
    dropout: float = 0.0,
    normalized: bool = False,
    seed: int = 0,
) -> nn.Sequential:
    torch.manual_seed(seed)
    layers: list[nn.Module] = []
    for before, after in pairwise(sizes[:-1]):
        layers += [nn.Linear(before, after), *([nn.LayerNorm(after)] if normalized else []), activation()]
        layers += [nn.Dropout(dropout)] if dropout else []
    model = nn.Sequential(*layers, nn.Linear(sizes[-2], sizes[-1]))
    if start:
        for layer in model:
            if isinstance(layer, nn.Linear):
                start(layer)
    return model


def he(gain: float = 1.0) -> Callable[[nn.Linear], object]:
    def start(layer: nn.Linear) -> None:
        nn.init.normal_(layer.weight, std=gain * math.sqrt(2 / layer.in_features))
        nn.init.zeros_(layer.bias)

    return start


def normal(sd: float, bias: float = 0.0) -> Callable[[nn.Linear], object]:
    def start(layer: nn.Linear) -> None:
        nn.init.normal_(layer.weight, std=sd)
        nn.init.constant_(layer.bias, bias)

    return start


def deep(depth: int, width: int, data: Data, out: int, **options: Any) -> nn.Sequential:
    return mlp(data.x.shape[1], *[width] * depth, out, **options)


def conv(seed: int = 0, width: int = 8) -> nn.Sequential:
    torch.manual_seed(seed)
    body = [nn.Conv2d(1, width, 3), nn.ReLU(), nn.Conv2d(width, width, 3), nn.ReLU(), nn.Flatten()]
    return nn.Sequential(*body, nn.Linear(16 * width, 2))


class Recurrent(nn.Module):
    """An Elman network that reads the last state; ``radius`` is the spectral radius of its recurrent matrix.

    Where units saturate, gradients vanish whatever the radius: they explode where tanh is given ``faint`` inputs
    without bias, or where units are linear.
    """

    def __init__(
        self,
        radius: float,
        width: int,
        activation: Callable[[Tensor], Tensor] = torch.tanh,
        seed: int = 0,
        bias: bool = True,
    ):
        super().__init__()
        torch.manual_seed(seed)
        matrix = torch.randn(width, width)
        self.recurrent = nn.Parameter(radius * matrix / torch.linalg.eigvals(matrix).abs().max())
        self.enter, self.leave = nn.Linear(1, width, bias=bias), nn.Linear(width, 1)
        self.activation = activation

    def forward(self, x: Tensor) -> Tensor:
        state = torch.zeros(len(x), len(self.recurrent))
        for step in range(x.shape[1]):
            state = self.activation(self.enter(x[:, step, None]) + state @ self.recurrent.T)
        return self.leave(state)


def sequences(length: int, count: int = 64, seed: int = 0) -> Data:
    """The mean of a sequence."""
    torch.manual_seed(seed)
    x = torch.randn(count + 64, length)
    return split(x, 2 * x.mean(1, keepdim=True), count)


def faint(data: Data) -> Data:
    return Data(data.x / 100, data.y, data.x_valid / 100, data.y_valid)


class Factors(nn.Module):
    """A matrix as the product of two thin ones."""

    def __init__(self, seed: int = 0):
        super().__init__()
        torch.manual_seed(seed)
        self.left, self.right = nn.Parameter(0.3 * torch.randn(20, 3)), nn.Parameter(0.3 * torch.randn(20, 3))
        self.target = torch.randn(20, 3) @ torch.randn(3, 20)

    def loss(self) -> Tensor:
        return (self.left @ self.right.T - self.target).square().mean()


def factorization(optimize: Optimize, steps: int, seed: int = 0) -> Curves:
    model = Factors(seed)
    parameters = list(model.parameters())
    return descend(parameters, lambda _: model.loss(), optimize(parameters), steps)


def cosine(steps: int) -> Callable[[int], float]:
    return lambda step: 0.5 * (1 + math.cos(math.pi * step / steps))


def stripes_flat(count: int) -> Data:
    data = stripes(count)
    return Data(data.x.flatten(1), data.y, data.x_valid.flatten(1), data.y_valid)


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
