"""MNIST-1D: ten one-dimensional digits, padded, moved, scaled, sheared and noised (Greydanus and Kobak 2024).

arXiv:2011.14439. The package ``mnist1d`` makes them from a seed, without a download.
"""

import random
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import torch

from src.core.checks import check_count, check_number, field_error
from src.problems.data import DataSet, Parts, Samples

CLASSES = 10
TEST_SHARE = 0.2  # the package's own: 4000 samples for training, 1000 for the test


@dataclass(frozen=True, kw_only=True)
class Mnist1d(DataSet):
    """Signals (N, 40) of ten classes; the test part is the published one, validation is the end of its training part.

    Inputs stay as published: the package has centered and scaled them, by two numbers for all signals.

    Attributes:
        samples: signals in all, a multiple of 50; 5000 as published.
        valid_share: share of the published training part that is kept for validation, above 0 and below 1.
        data_seed: seed of the signals, 42 as published; part of the problem, and the same for all replicates.
    """

    samples: int
    valid_share: float
    data_seed: int

    def __post_init__(self) -> None:
        check_count(self, "samples")
        if self.samples % 50:
            raise field_error(self, "samples", self.samples, "a multiple of 50")
        check_number(self, "valid_share", above=0, below=1)
        check_count(self, "data_seed", at_least=0)

    def load(self) -> Parts:
        """The three parts, made once a process."""
        return _make(self)


@lru_cache(maxsize=4)
def _make(data: Mnist1d) -> Parts:
    from mnist1d.data import get_dataset_args, make_dataset  # noqa: PLC0415 (a second that others need not wait)

    args = get_dataset_args()
    args.num_samples, args.seed, args.train_split = data.samples, data.data_seed, 1 - TEST_SHARE
    # The package seeds and draws from the global generators, which are not ours to move.
    before, numpy_before = random.getstate(), np.random.get_state()  # noqa: NPY002 (the one that it draws from)
    try:
        made = make_dataset(args)
    finally:
        random.setstate(before)
        np.random.set_state(numpy_before)  # noqa: NPY002 (as above)
    inputs, classes = (torch.from_numpy(made[name]) for name in ("x", "y"))
    border = len(inputs) - round(data.valid_share * len(inputs))  # the package has shuffled them
    test = Samples(torch.from_numpy(made["x_test"]), torch.from_numpy(made["y_test"]))
    return Parts(Samples(inputs[:border], classes[:border]), Samples(inputs[border:], classes[border:]), test)
