"""A data set some of whose training labels are wrong: what a network can only learn by heart (Zhang et al. 2017)."""

from dataclasses import dataclass

import numpy as np
import torch

from src.core.checks import check_count, check_number, field_error
from src.problems.data import DataSet, Parts, Samples


@dataclass(frozen=True, kw_only=True)
class Mislabelled(DataSet):
    """Another data set with a share of its training labels replaced by other classes; the other parts stay right.

    Attributes:
        data: a data set of classes.
        share: of the training labels that are wrong, from 0 to 1.
        label_seed: seed of which they are and of what they become; the same for all replicates.
    """

    data: DataSet
    share: float
    label_seed: int

    def __post_init__(self) -> None:
        if not isinstance(self.data, DataSet) or self.data.load().train.targets.is_floating_point():
            raise field_error(self, "data", self.data, "a data set of classes")
        check_number(self, "share", at_least=0, at_most=1)
        check_count(self, "label_seed", at_least=0)

    def load(self) -> Parts:
        """The three parts; a wrong label is any of the other classes with the same chance."""
        train, valid, test = self.data.load()
        draw = np.random.default_rng(self.label_seed)
        classes = 1 + int(train.targets.max())
        wrong = draw.permutation(len(train.targets))[: round(self.share * len(train.targets))]
        targets = train.targets.clone()
        moved = torch.from_numpy(draw.integers(1, classes, len(wrong)))
        targets[wrong] = (targets[wrong] + moved) % classes
        return Parts(Samples(train.inputs, targets), valid, test)
