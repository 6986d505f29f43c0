"""Parts of the report by hand: numbers, names of places, and rows of the forest plot."""

import math

import pytest

from pipelines.report.anchors import slug
from pipelines.report.forest_plot import MARGIN, MIDDLE, WIDTH, forest_plot
from pipelines.report.numbers import number, with_interval

INF, NAN = float("inf"), float("nan")


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0.0, "0"),
        (0.5, "0.5"),
        (-1.369, "\N{MINUS SIGN}1.37"),
        (999.9, "1000"),
        (10481.0, "10481"),
        (0.000155, "0.000155"),
        (4.216e-33, "4.22 \N{MULTIPLICATION SIGN} 10⁻³³"),
        (1e6, "1 \N{MULTIPLICATION SIGN} 10⁶"),
        (-INF, "\N{MINUS SIGN}∞"),
        (NAN, "\N{EN DASH}"),
    ],
)
def test_numbers_are_short(value, shown):
    assert number(value) == shown


def test_an_unknown_interval_is_left_out():
    assert with_interval(1.0, NAN, NAN) == "1"
    assert with_interval(1.0, 0.5, INF) == "1 [0.5, ∞]"


def test_names_of_places_differ_where_names_differ():
    assert slug("method", "one_plus_one") == "method-one_plus_one"
    assert len({slug("method", name) for name in ("a b", "a<b", "a>b", "a-b")}) == 4


def test_the_claims_side_is_on_the_right_whichever_way_it_goes():
    above = forest_plot((0.8, 0.7, 0.9), 0.5, "above")
    below = forest_plot((0.2, 0.1, 0.3), 0.5, "below")
    for plot in (above, below):
        assert MIDDLE < plot.left.x < plot.estimate.x < plot.right.x <= WIDTH - MARGIN
    assert above.estimate == below.estimate


def test_an_interval_that_holds_the_threshold_lies_on_both_sides():
    plot = forest_plot((0.6, 0.4, 0.7), 0.5, "above")
    assert plot.left.x < MIDDLE < plot.right.x


def test_infinite_ends_are_arrows_at_the_edge():
    plot = forest_plot((1.0, 0.6, INF), 0.5, "below")
    assert (plot.left.beyond, plot.right.beyond) == (-1, 0)
    assert plot.left.x == MARGIN
    assert forest_plot((INF, INF, INF), 0.1, "above").estimate.beyond == 1
    assert forest_plot((-INF, -INF, INF), 0.1, "above").left.beyond == -1


def test_what_is_unknown_is_not_drawn():
    assert forest_plot((NAN, NAN, NAN), 0.1, "above") is None
    assert forest_plot((0.2, 0.1, 0.3), NAN, "above") is None
    plot = forest_plot((0.2, NAN, NAN), 0.1, "above")
    assert plot.left is None
    assert plot.right is None


def test_an_effect_equal_to_the_threshold_lies_in_the_middle():
    assert forest_plot((0.0, 0.0, 0.0), 0.0, "above").estimate.x == MIDDLE


def test_zero_is_marked_where_it_is_not_the_threshold_and_is_in_sight():
    assert forest_plot((0.8, 0.0, 0.9), 0.5, "above").zero.x < MIDDLE
    assert forest_plot((0.8, -0.2, 0.9), 0.0, "above").zero is None
    assert forest_plot((100.2, 100.1, 100.3), 100.0, "above").zero is None


def test_further_settings_are_drawn_and_far_ones_at_the_edge():
    others = [(0.6, "supported")] * 20 + [(-1000.0, "refuted"), (NAN, "inconclusive")]
    plot = forest_plot((0.6, 0.5, 0.7), 0.5, "above", others)
    assert len(plot.others) == 21
    assert (plot.others[-1].x, plot.others[-1].beyond, plot.others[-1].verdict) == (MARGIN, -1, "refuted")
    assert math.isclose(plot.others[0].x, plot.estimate.x)
