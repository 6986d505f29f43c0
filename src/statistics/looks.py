"""Looks at growing data, planned in advance, so that no number of looks makes a false decision likelier than ALPHA.

Group-sequential alpha spending (Lan & DeMets 1983, Biometrika 70(3)): at a share t of the largest sample,
``spent(t)`` of ALPHA has been spent, and a look's interval has the confidence 1 less what was spent since the last
look. By the union bound the intervals of all looks hold together with a probability of at least 1 - ALPHA, whatever
their joint law and kind, so that a decision at any of them may be reported. That is conservative: looks at the same
data agree mostly.

The function is their second one, near Pocock's boundaries (1977, Biometrika 64(2)), which spends about evenly. The
one near O'Brien and Fleming's spends hardly anything early: an effect that is plain after the first block would need
a second one, since a bootstrap cannot resolve the level of a look at a quarter of the sample.
"""

from typing import NamedTuple

import numpy as np

from src.statistics.intervals import CONFIDENCE

ALPHA = 1 - CONFIDENCE  # chance of any false decision over all looks, for one claim in one setting
LEAST_ALPHA = 0.002  # of a look: with less, an interval takes too many resamples, and more blocks are waited for


class Look(NamedTuple):
    """One planned look.

    Attributes:
        number: from 1.
        blocks: blocks of data that are there.
        confidence: of the intervals of this look.
    """

    number: int
    blocks: int
    confidence: float


def spent(share: float) -> float:
    """Part of ALPHA that is spent once ``share`` (0 to 1) of the largest sample is there."""
    return float(ALPHA * np.log1p((np.e - 1) * share))


def plan_looks(blocks: int) -> list[Look]:
    """Looks at up to ``blocks`` (at least 1) equal blocks of data, the last one at all of them.

    There is a look after each block, unless LEAST_ALPHA or more would not be left for it.
    """
    levels = [spent(done / blocks) for done in range(blocks + 1)]
    levels[-1] = ALPHA  # to the bit, so that a single look is the usual one
    after, ends = blocks, [blocks]
    for before in range(blocks - 1, 0, -1):
        if levels[after] - levels[before] >= LEAST_ALPHA and levels[before] >= LEAST_ALPHA:
            after = before
            ends.insert(0, before)
    spending = zip(ends, [0, *ends], strict=False)
    return [
        Look(number, end, 1 - (levels[end] - levels[last])) for number, (end, last) in enumerate(spending, start=1)
    ]
