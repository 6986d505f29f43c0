"""Small data sets whose structure is known."""

from typing import NamedTuple

import torch
from torch import Tensor


class Data(NamedTuple):
    """Training and validation samples."""

    x: Tensor
    y: Tensor
    x_valid: Tensor
    y_valid: Tensor


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


def stripes_flat(count: int) -> Data:
    data = stripes(count)
    return Data(data.x.flatten(1), data.y, data.x_valid.flatten(1), data.y_valid)


def sequences(length: int, count: int = 64, seed: int = 0) -> Data:
    """The mean of a sequence."""
    torch.manual_seed(seed)
    x = torch.randn(count + 64, length)
    return split(x, 2 * x.mean(1, keepdim=True), count)


def faint(data: Data) -> Data:
    return Data(data.x / 100, data.y, data.x_valid / 100, data.y_valid)
