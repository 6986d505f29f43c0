"""Bags of words whose frequencies follow Zipf's law (Zipf 1935), so that most features are rare.

Rare features are seen in few mini-batches, yet may tell as much as common ones: what AdaGrad was made for (Duchi,
Hazan and Singer 2011, section 1.3).
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import torch

from src.core.checks import check_count, check_number, check_vector, field_error
from src.problems.data import DataSet, Parts, Samples


@dataclass(frozen=True, kw_only=True)
class RareWords(DataSet):
    """Documents in two classes, as vectors (N, vocabulary) of ones where a word occurs and zeros elsewhere.

    A document is ``length`` draws from the vocabulary, the word of rank k with probability in proportion to
    ``k^-exponent``. Each word carries a weight from N(0, 1), as much for a rare word as for a common one. The class
    is 1 where the sum of a document's weights is above its mean over the training part.

    Attributes:
        vocabulary: number of words, at least 2.
        length: draws a document, at least 1.
        exponent: of Zipf's law, at least 0; 1 in natural language.
        samples: documents in the training, validation and test part, each at least 1.
        data_seed: seed of words and documents; part of the problem, and the same for all replicates.
    """

    vocabulary: int
    length: int
    exponent: float
    samples: tuple[int, int, int]
    data_seed: int

    def __post_init__(self) -> None:
        check_count(self, "vocabulary", at_least=2)
        check_count(self, "length")
        check_number(self, "exponent", at_least=0)
        check_vector(self, "samples", 3)
        if not all(isinstance(count, int) and count >= 1 for count in self.samples):
            raise field_error(self, "samples", self.samples, "three whole numbers of at least 1")
        object.__setattr__(self, "samples", tuple(self.samples))  # a list from yaml could not be a cache's key
        check_count(self, "data_seed", at_least=0)

    def load(self) -> Parts:
        """The three parts, drawn once a process."""
        return _draw(self)


@lru_cache(maxsize=4)
def _draw(data: RareWords) -> Parts:
    generator = np.random.default_rng(data.data_seed)
    shares = np.arange(1, data.vocabulary + 1) ** -float(data.exponent)
    weights = generator.standard_normal(data.vocabulary)
    bags = []
    for count in data.samples:
        words = generator.choice(data.vocabulary, (count, data.length), p=shares / shares.sum())
        bag = np.zeros((count, data.vocabulary))
        np.put_along_axis(bag, words, 1.0, axis=1)
        bags.append(bag)
    border = (bags[0] @ weights).mean()
    return Parts(
        *(Samples(torch.from_numpy(bag), torch.from_numpy((bag @ weights > border).astype(int))) for bag in bags)
    )
