import numpy as np
import pytest
from conditioning_tables import conditioning_study_tables

from src.plotting.palettes import colour
from src.studies.conditioning.figures.feature_scaling import feature_scaling
from src.studies.conditioning.figures.layer_signals import layer_signals
from src.studies.conditioning.figures.scan import scan as conditioning_scan
from src.studies.conditioning.figures.steps import steps as conditioning_steps
from src.studies.conditioning.figures.theory import theory as conditioning_theory
from src.studies.conditioning.figures.valley_oscillation import valley_oscillation

ABOUT = {"study": "conditioning", "profile": "full", "seeds": 30}


def points(axes, shade):
    """Every marked point in ``shade``, by x."""
    lines = [line for line in axes.lines if line.get_color() == shade and line.get_marker() not in ("None", "")]
    return sorted((float(x), float(y)) for line in lines for x, y in zip(*line.get_data(), strict=True))


def test_steps_are_drawn_where_the_table_has_them_beside_theorys_lines():
    tables = conditioning_study_tables()
    figure = conditioning_steps(tables, ABOUT)
    assert len(figure.axes) == 3
    for axes in figure.axes:
        assert (axes.get_xscale(), axes.get_yscale()) == ("log", "log")
        drawn = points(axes, colour("gd"))
        assert [y for _, y in drawn] == pytest.approx([8, 80, 800, 8000])
        assert [x for x, _ in drawn] == pytest.approx([1, 10, 100, 1000], rel=0.1)
    lines = [line for line in figure.axes[0].lines if len(line.get_xdata()) == 9]
    assert lines[0].get_ydata()[-1] == pytest.approx(2000)
    assert lines[1].get_ydata()[-1] == pytest.approx(2 * 1000**0.5)


def test_measurement_over_theory_is_drawn_within_a_band_of_one_percent():
    figure = conditioning_theory(conditioning_study_tables(), ABOUT)
    left, middle, right = figure.axes
    assert [y for _, y in points(left, colour("momentum"))] == pytest.approx([2 / k**0.5 for k in (10, 100, 1000)])
    assert [y for _, y in points(middle, colour("gd"))] == pytest.approx([1.001] * 3)
    assert [y for _, y in points(right, colour("gd"))] == pytest.approx([0.999] * 3)
    assert right.get_ylim() == pytest.approx((0.987, 1.013))


def test_the_scan_shows_the_largest_condition_number_with_theory_at_its_top():
    figure = conditioning_scan(conditioning_study_tables(), ABOUT)
    assert [axes.get_title(loc="left") for axes in figure.axes] == ["gd", "momentum"]
    curves = [line.get_ydata() for line in figure.axes[1].lines if len(line.get_xdata()) == 3]
    assert np.max(curves) == 1
    assert curves[1].tolist() == pytest.approx([0.8, 1.0, 0.8])


def test_standardizing_is_a_pair_of_marks_for_each_method():
    figure = feature_scaling(conditioning_study_tables(), ABOUT)
    [axes] = figure.axes
    assert [x for x, _ in points(axes, colour("adam"))] == pytest.approx([11.2, 1010])
    words = [text.get_text() for text in axes.get_legend().get_texts()]
    assert words == ["as measured, κ = 1000", "standardized, κ = 1.2"]


def test_valleys_have_a_panel_for_each_measure():
    figure = valley_oscillation(conditioning_study_tables(), ABOUT)
    labels = [axes.get_xlabel() for axes in figure.axes]
    assert len(labels) == 4
    turning = figure.axes[labels.index("mean turning angle, degrees")]
    assert [points(turning, colour(name)) for name in ("gd", "adam")] == [[(40, 0)], [(42, 2)]]


def test_signals_are_drawn_layer_by_layer():
    figure = layer_signals(conditioning_study_tables(), ABOUT)
    assert [axes.get_title(loc="left") for axes in figure.axes] == ["deep plain", "deep normalized"]
    halves = [line for line in figure.axes[0].lines if np.allclose(line.get_ydata(), 0.5 ** np.arange(1, 6))]
    assert len(halves) == 2  # the line and its dots
