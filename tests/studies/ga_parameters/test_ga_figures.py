"""What is drawn of a genetic algorithm's parameters is what the tables say."""

import numpy as np
import pytest
from ga_figure_tables import RATES, SCALES, ga_study_tables

from src.studies.ga_mutation_rate.figures.mutation_rate import mutation_rate
from src.studies.ga_parameters.figures.effects import effects as ga_effects
from src.studies.ga_parameters.figures.maps import maps as ga_maps
from src.studies.ga_parameters.figures.populations import populations as ga_populations

ABOUT = {"seeds": 30, "evaluations": 10000, "generations": 100, "tolerance": {"eggholder": 0.1, "rastrigin": 1e-4}}


def test_effects_are_dots_at_the_gains_with_their_best_level_beside():
    axes = ga_effects(ga_study_tables(), ABOUT).axes[1]
    dots = sorted(line.get_xdata()[0] for line in axes.lines if line.get_marker() not in ("None", None, ""))
    assert dots == [1.0, 1.5, 2.0, 2.5]
    assert [text.get_text() for text in axes.texts].count("0.1") == 2


def test_the_map_holds_the_medians_and_boxes_the_textbook():
    figure = ga_maps(ga_study_tables(), ABOUT)
    assert len(figure.axes) == 4
    axes = figure.axes[0]
    drawn = np.asarray(axes.images[0].get_array())
    np.testing.assert_allclose(10**drawn, [[rate / scale for scale in SCALES] for rate in RATES])
    [box] = axes.patches
    assert (box.get_x() + 0.47, box.get_y() + 0.45) == pytest.approx((0, 1))


def test_populations_are_drawn_for_both_ways_and_settings():
    axes = ga_populations(ga_study_tables(), ABOUT).axes[0]
    heights = sorted(line.get_ydata()[0] for line in axes.lines if len(line.get_xdata()) == 3)
    assert heights == pytest.approx([0.005, 0.005, 0.05, 0.05])


def test_times_and_best_rates_are_drawn_beside_theory():
    axes = mutation_rate(ga_study_tables(), ABOUT).axes[0]
    assert axes.get_title(loc="left") == "OneMax"
    theory, dots = axes.lines[0], axes.lines[1]
    assert theory.get_ydata().tolist() == pytest.approx([85.85, 40.4, 85.85])
    assert dots.get_ydata().tolist() == pytest.approx([85, 40, 85])
    assert [line.get_xdata()[0] for line in axes.lines if line.get_marker() == "x"] == [1.1, 1.1]
