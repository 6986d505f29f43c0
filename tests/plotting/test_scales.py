import numpy as np
import pytest
from matplotlib.figure import Figure

from src.plotting.scales import apply, choose, finite, inside, limits
from src.plotting.words import brief


@pytest.mark.parametrize(
    ("values", "scale"),
    [
        ([1.0, 10.0], "linear"),
        ([1.0, 11.0], "log"),
        ([0.0, 1e-8, 1.0], "log"),
        ([0.0, 1.0], "linear"),
        ([-1.0, 1e3], "linear"),
        ([-1e9, 1.0, 2.0, 3.0], "symlog"),
        ([], "linear"),
    ],
)
def test_the_scale_follows_the_data(values, scale):
    assert choose(np.array(values)) == scale


def test_limits_hold_the_data_with_a_margin():
    assert limits(np.array([1e-4, 1.0]), "log") == pytest.approx((1e-4 / 10**0.16, 10**0.16))
    assert limits(np.array([0.0, 10.0]), "linear") == pytest.approx((-0.4, 10.4))
    low, high = limits(np.array([5.0, 5.0]), "linear")
    assert low < 5.0 < high


@pytest.mark.parametrize(
    ("values", "labels"),
    [
        ([1e-2, 100.0], ["0.01", "0.1", "1", "10", "100"]),
        ([1e-6, 1.0], ["10⁻⁶", "10⁻⁵", "10⁻⁴", "10⁻³", "10⁻²", "10⁻¹", "10⁰"]),
        ([1e-12, 1.0], ["10⁻¹²", "10⁻¹⁰", "10⁻⁸", "10⁻⁶", "10⁻⁴", "10⁻²", "10⁰"]),
        ([1.1, 15.0], ["1", "2", "5", "10"]),
    ],
)
def test_log_ticks_are_few_and_plain(values, labels):
    axes = Figure().add_subplot()
    apply(axes, "y", np.array(values), "log")
    assert [label.get_text() for label in axes.get_yticklabels()] == labels


def test_what_is_beyond_the_panel_is_put_outside_and_nan_stays():
    axes = Figure().add_subplot()
    axes.set_yscale("log")
    axes.set_ylim(0.1, 10.0)
    np.testing.assert_allclose(inside([np.nan, 0.0, 1.0, np.inf], axes), [np.nan, 1e-3, 1.0, 1e3])


def test_finite_keeps_what_an_axis_can_hold():
    assert list(finite([1.0, np.nan], [np.inf, -1e300])) == [1.0, -1e100]


def test_numbers_are_brief():
    assert [brief(v) for v in (1e-5, 0.0316227, 1234.0, 142.0, 1e12)] == ["1e-5", "0.0316", "1234", "142", "1e12"]
