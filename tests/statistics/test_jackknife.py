"""The jackknife's interval of a mean is Student's, exactly."""

import numpy as np
import pytest

from src.statistics.intervals import bootstrap, mean
from src.statistics.jackknife import jackknife_interval


def test_of_a_mean_it_is_students():
    values = np.random.default_rng(0).lognormal(size=(12, 1))
    found = jackknife_interval(lambda samples: float(samples[0].mean()), [values])
    assert found == pytest.approx(bootstrap(values[:, 0], mean)[1:])


def test_groups_are_left_out_of_all_samples_together():
    first = np.random.default_rng(1).standard_normal((10, 1))
    found = jackknife_interval(lambda pair: float(pair[0].mean() - pair[1].mean()), [first, first + 2.0])
    assert found == pytest.approx((-2, -2))
