import numpy as np
import pandas as pd
import pytest
from geometry_tables import geometry_run_tables, geometry_study_tables, make_minima
from matplotlib.colors import to_hex

from src.figures.landscape import landscape
from src.figures.landscape_curve import landscape_curve
from src.plotting.landscape_marks import counted, ranks
from src.studies.geometry.figures.convexity_tests import convexity_tests
from src.studies.geometry.figures.distance_concentration import distance_concentration
from src.studies.geometry.figures.landscape_gallery import landscape_gallery
from src.studies.geometry.figures.permutation_symmetry import permutation_symmetry
from src.studies.geometry.figures.symmetries import symmetries


@pytest.fixture
def contours():
    x, y = np.meshgrid(np.linspace(-2, 2, 21), np.linspace(-1, 3, 21))
    return pd.DataFrame({"x": x.ravel(), "y": y.ravel(), "value": (x**2 + 10 * y**2).ravel()})


def test_the_gallery_has_a_panel_a_drawable_landscape_and_says_its_verdict(contours):
    figure = landscape_gallery(geometry_study_tables(contours), {"seeds": 30})
    assert [axes.get_title(loc="left") for axes in figure.axes] == ["parabola", "relu valley"]
    verdicts = [axes.texts[0].get_text() for axes in figure.axes]
    assert verdicts == ["convex", "not convex"]
    assert figure.axes[1].texts[1].get_text() == "1 global, 1 local"
    assert "1 with more coordinates" in figure.texts[1].get_text()


def test_minima_are_marked_where_they_are(contours):
    figure = landscape({"contours": contours, "minima": make_minima()}, {"problem": "bowl"})
    flat = figure.axes[0]
    local, best = flat.lines
    assert (best.get_xdata(), best.get_ydata()) == ([0.0], [0.5])
    assert (local.get_xdata(), local.get_ydata()) == ([1.5], [2.0])
    assert best.get_marker() == "*"


def test_a_shares_percent_is_never_rounded_up_to_all(contours):
    tables = geometry_study_tables(contours)
    tables["landscapes"]["chords_above"] = 0.9999
    figure = landscape_gallery(tables, {})
    assert figure.axes[0].texts[2].get_text() == "chords 99%, Hessians 100%"


def test_the_chord_is_drawn_as_far_as_it_reaches_and_said_to_lie_above():
    figure = landscape_curve(geometry_run_tables(), {"problem": "parabola"})
    curve, chord = figure.axes[0].lines[:2]
    assert np.nanmax(np.abs(chord.get_xdata()[np.isfinite(chord.get_ydata())])) == pytest.approx(1.0)
    np.testing.assert_allclose(curve.get_ydata(), curve.get_xdata() ** 2)
    assert figure.texts[1].get_text() == "The chord lies nowhere below it"


def test_a_chord_below_is_said_so():
    tables = geometry_run_tables()
    tables["section"]["chord"] -= 2
    assert "below it on 100%" in landscape_curve(tables, {}).texts[1].get_text()


def test_tests_of_convexity_show_each_seed_and_all_of_them():
    figure = convexity_tests(geometry_run_tables(), {"problem": "rosenbrock_4d", "seeds": 3})
    [axes] = figure.axes
    assert figure.texts[0].get_text() == "Is the landscape rosenbrock_4d convex?"
    drawn = [
        line.get_xdata().tolist() if hasattr(line.get_xdata(), "tolist") else line.get_xdata() for line in axes.lines
    ]
    assert drawn[0] == [1.0, 1.0, 0.7]
    assert drawn[1] == pytest.approx([0.9])
    assert drawn[5] == pytest.approx([0.3])
    assert [label.get_text() for label in axes.get_yticklabels()] == [
        "chord lies above", "tangent lies below", "Hessian is PSD",
    ]  # fmt: skip


def test_distances_are_drawn_on_log_axes_with_both_laws():
    tables = geometry_run_tables()
    left, right = distance_concentration(tables, {"points": 1000, "seeds": 3}).axes
    assert left.get_xscale() == left.get_yscale() == right.get_xscale() == "log"
    drawn = [line.get_ydata() for line in left.lines]
    for values, name in zip(drawn, ("limit", "exact", "spread"), strict=True):
        np.testing.assert_allclose(values, tables["concentration"][name])
    np.testing.assert_allclose(right.lines[0].get_ydata(), tables["concentration"]["contrast"])


def test_symmetries_show_the_rise_between_and_the_flat_loss_along(contours):
    figure = symmetries(geometry_study_tables(contours), {})
    between, _, valley, along = figure.axes
    assert max(between.lines[0].get_ydata()) == pytest.approx(0.26)
    np.testing.assert_allclose(valley.lines[0].get_xdata() * valley.lines[0].get_ydata(), 1.0)
    loss, sharpness = along.lines
    np.testing.assert_allclose(loss.get_ydata(), 1.0)
    assert max(sharpness.get_ydata()) == pytest.approx((4 + 0.25) / 2)
    assert to_hex(loss.get_color()) != to_hex(sharpness.get_color())


def test_the_number_of_equal_minima_is_said():
    figure = permutation_symmetry(geometry_run_tables(), {"log10_equivalent": 70.84})
    assert "10^70.8 equal minima" in figure.texts[1].get_text()


def test_levels_part_the_grid_evenly():
    levels = ranks(np.arange(1001.0) ** 3)
    inside = np.histogram(np.arange(1001.0) ** 3, levels)[0]
    assert inside.max() - inside.min() <= 2


def test_counts_name_valleys():
    row = {"global_minima": 2, "valleys": 2, "local_minima": 0, "edge_minima": 3}
    assert counted(row) == "2 global (valleys), 3 edge"
