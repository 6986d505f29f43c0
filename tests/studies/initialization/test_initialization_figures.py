"""What the figures of initialization and of starting points draw is what stands in the tables."""

import numpy as np
import pandas as pd
import pytest
from initialization_tables import (
    ACTIVATIONS,
    DEPTHS,
    GROWTH,
    STARTS,
    make_accuracy,
    make_basins,
    make_coverage,
    make_layers,
    make_starts,
    make_symmetry,
)

from src.plotting.series import look
from src.studies.initialization.figures.depth import depth as initialization_depth
from src.studies.initialization.figures.layers import layers as initialization_layers
from src.studies.initialization.figures.symmetry import symmetry as initialization_symmetry
from src.studies.initialization.figures.trained_layers import trained_layers as initialization_trained
from src.studies.starting_points.figures.basin_map import MARKS
from src.studies.starting_points.figures.basin_map import basin_map as starting_map
from src.studies.starting_points.figures.coverage import coverage as starting_coverage

ABOUT = {"study": "initialization", "profile": "full", "seeds": 5, "networks": 100, "depth": 10, "width": 16}


def lines(axes, at=None):
    return [line for line in axes.lines if at is None or line.get_color() == look(at)["color"]]


def titles(figure):
    return [axes.get_title(loc="left") for axes in figure.axes]


def test_theory_is_a_line_and_what_was_measured_is_dots():
    figure = initialization_layers({"layers": make_layers()}, ABOUT)
    assert titles(figure) == ["tanh, forwards", "relu, forwards", "tanh, backwards", "relu, backwards"]
    theory, dots = lines(figure.axes[0], list(GROWTH).index("level"))
    np.testing.assert_allclose(theory.get_ydata(), 1.01)
    np.testing.assert_allclose(dots.get_ydata(), 1.0)
    assert (theory.get_linestyle(), dots.get_linestyle()) == ("-", "None")
    vanishing = lines(figure.axes[3], list(GROWTH).index("vanishing"))[0]
    last = dict(zip(vanishing.get_xdata(), vanishing.get_ydata(), strict=True))
    assert last[10] == pytest.approx(1.01e-2)
    assert last[6] == pytest.approx(1.01e-10)
    assert last[1] < figure.axes[3].get_ylim()[0]  # leaves the panel downwards


def test_a_scheme_without_theory_has_no_line():
    figure = initialization_layers({"layers": make_layers()}, ABOUT)
    theory = lines(figure.axes[0], list(GROWTH).index("equal"))[0]
    assert np.isnan(theory.get_ydata()).all()


def test_a_signal_of_zero_is_said():
    layers = make_layers()
    equal = layers["init"] == "equal"
    layers.loc[equal, ["mean_square", "low", "high"]] = 0.0
    figure = initialization_layers({"layers": layers}, ABOUT)
    assert [text.get_text() for text in figure.axes[0].texts] == ["equal: 0 throughout"]


def test_trained_layers_are_drawn_beside_theory_before_training():
    layers = make_layers()
    layers.loc[layers["stage"] == "trained", "mean_square"] = 7.0
    figure = initialization_trained({"layers": layers}, ABOUT)
    theory, dots = lines(figure.axes[0], 0)
    np.testing.assert_allclose(theory.get_ydata(), 1.01)
    np.testing.assert_allclose(dots.get_ydata(), 7.0)
    assert initialization_trained({"layers": layers[layers["stage"] == "initial"]}, ABOUT) is None


def test_accuracy_is_drawn_against_depth():
    figure = initialization_depth({"accuracy": make_accuracy()}, ABOUT | {"chance": 0.1})
    assert titles(figure) == list(ACTIVATIONS)
    own = [line for line in lines(figure.axes[0], 1) if len(line.get_xdata()) == len(DEPTHS)]
    np.testing.assert_allclose(own[0].get_ydata(), [0.8 - 0.05 * depth for depth in DEPTHS])
    assert [label.get_text() for label in figure.axes[0].get_xticklabels()] == ["2", "4", "8"]
    chance = [line for line in figure.axes[0].lines if line.get_linestyle() == ":"]
    assert chance[0].get_ydata()[0] == 0.1


def test_units_are_drawn_against_the_step():
    figure = initialization_symmetry({"symmetry": make_symmetry()}, ABOUT)
    heights = [line.get_ydata().tolist() for line in figure.axes[0].lines]
    assert heights == [[16] * 4, [16] * 4, [1] * 4]
    assert figure.axes[2].lines[0].get_ydata().tolist() == [15] * 4
    widths = [line.get_linewidth() for line in figure.axes[0].lines]
    assert widths == sorted(widths, reverse=True)


def test_coverage_has_a_row_for_each_start_and_theory_for_random_points():
    figure = starting_coverage({"coverage": make_coverage()}, ABOUT | {"points": 25})
    assert len(figure.axes) == 8
    found = figure.axes[5]  # second landscape, minima found
    assert found.get_xlabel() == "minima found of 6"
    assert found.lines[0].get_xdata()[0] == 4.5
    marks = [float(line.get_xdata()[0]) for line in found.lines if len(line.get_xdata()) == 1]
    assert marks == [4.0, 5.0]
    assert [label.get_text() for label in figure.axes[4].get_yticklabels()] == list(STARTS)


def test_the_map_shows_which_minima_were_found():
    x = np.linspace(-2, 2, 9)
    grid = pd.DataFrame([(a, b, a * a + b * b) for a in x for b in x], columns=["x", "y", "value"])
    tables = {"starts": make_starts(), "basins": make_basins(), "contours": grid}
    figure = starting_map(tables, {"problem": "hills", "start": "uniform"})
    assert titles(figure) == ["uniform: 1 of 2"]
    marked = {
        (float(line.get_xdata()[0]), line.get_marker()) for line in figure.axes[0].lines if len(line.get_xdata()) == 1
    }
    assert marked == {
        (-1.0, MARKS["global minimum"]["marker"]),
        (-1.0, MARKS["minimum, found"]["marker"]),
        (1.0, MARKS["minimum, missed"]["marker"]),
    }
