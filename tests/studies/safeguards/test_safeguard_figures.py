"""What is drawn is the table."""

import numpy as np
import pytest
from safeguard_tables import ABOUT, METHODS, RATES, safeguard_run_tables, safeguard_study_tables

from src.studies.noise_regularization.figures.scale_effects import scale_effects as noise_regularization
from src.studies.safeguards.figures.clipping import clipping as safeguards_clipping
from src.studies.safeguards.figures.escape import escape as safeguards_escape
from src.studies.safeguards.figures.explosion import explosion as safeguards_explosion
from src.studies.safeguards.figures.gradient_distribution import gradient_distribution
from src.studies.safeguards.figures.rates import rates as safeguards_rates
from src.studies.safeguards.figures.robustness import robustness as safeguards_robustness

TABLES = safeguard_study_tables()
FULL = ABOUT | {"seeds": 30, "seeds_by_problem": {"valley": 30, "saddle": 15}}


def subtitle(figure):
    return figure.texts[1].get_text().replace("\n", " ")


def test_robustness_has_a_dot_a_method_and_a_line_at_the_best_part_alone():
    figure = safeguards_robustness(TABLES, FULL)
    first = figure.axes[0]
    labels = [label.get_text() for label in first.get_yticklabels()]
    assert labels[-2:] == ["clip → noise", "clip → noise → precondition"]
    dots = [line.get_xdata()[0] for line in first.lines if line.get_marker() == "o"]
    assert dots == pytest.approx([0.1 * m for m in range(len(METHODS))])
    plain = [line for line in first.lines if line.get_marker() == "None"]
    spans = [tuple(line.get_xdata()) for line in plain if len(set(line.get_ydata())) == 1]
    assert spans[1] == pytest.approx((0.08, 0.13))
    dotted = [line.get_xdata()[0] for line in first.lines if len(set(line.get_ydata())) == 2]
    assert dotted == pytest.approx([0.2])  # noise; clip's is 0.1
    assert "30 seeds (15 on saddle)" in subtitle(figure)


def test_the_heat_map_is_the_shares():
    figure = safeguards_rates(TABLES, FULL)
    image = figure.axes[0].images[0].get_array()
    assert image.shape == (len(METHODS), len(RATES))
    np.testing.assert_allclose(image, np.tile(np.arange(5) / 4, (len(METHODS), 1)))
    assert [label.get_text() for label in figure.axes[0].get_xticklabels()] == ["10⁻³", "10¹"]


def test_explosions_are_those_of_the_baseline_the_parts_and_the_chain():
    figure = safeguards_explosion(TABLES, FULL)
    axes = figure.axes[0]
    assert len(axes.lines) == 4  # gd, clip, noise and the chain; the tables hold no preconditioning
    assert all(line.get_ydata().tolist() == [0, 0.25, 0.5, 0.75, 1] for line in axes.lines)
    assert axes.lines[2].get_xdata() == pytest.approx(RATES)  # the one in the middle is not moved aside


def test_clipping_is_drawn_against_progress():
    axes = safeguards_clipping(TABLES, FULL).axes[1]
    assert axes.get_title(loc="left") == "saddle"
    assert axes.lines[0].get_xydata().tolist() == [[0.25, 0.75], [0.75, 0.25]]


def test_times_to_leave_stand_beside_theory():
    axes = safeguards_escape(TABLES, FULL).axes[0]
    points = [line for line in axes.lines if line.get_linestyle() == "None"]
    theory = [line for line in axes.lines if line.get_linestyle() == "-" and len(line.get_xdata()) == len(RATES)]
    assert len(points) == len(theory) == 2  # noise, and noise as variance; of the chain these tables know no times
    np.testing.assert_allclose(points[0].get_ydata(), 9 / np.array(RATES))
    np.testing.assert_allclose(theory[0].get_ydata(), 9.5 / np.array(RATES))


def test_a_gradient_is_drawn_as_it_comes_and_after_each_part():
    tables = safeguard_run_tables()
    figure = gradient_distribution(tables, {"method": "clip"})
    assert [axes.get_title(loc="left") for axes in figure.axes] == ["gradient", "after clip"]
    assert figure.axes[1].patches[0].get_data().values.tolist() == [0.5, *range(1, 50)]  # of a log axis
    assert [axes.texts[0].get_text() for axes in figure.axes] == ["norm 10000", "norm 1"]


def test_noise_is_compared_with_none_at_every_scale_above_0():
    figure = noise_regularization(TABLES, {"seeds": 30})
    assert len(figure.axes) == 4
    dots = [line for line in figure.axes[0].lines if line.get_marker() == "o"]
    assert [dot.get_ydata()[0] for dot in dots] == pytest.approx([0.1, 1.0])
    assert dots[0].get_markerfacecolor() == "white"
    assert dots[1].get_markerfacecolor() != "white"
    assert [label.get_text() for label in figure.axes[2].get_xticklabels()] == ["0.01", "0.1"]
