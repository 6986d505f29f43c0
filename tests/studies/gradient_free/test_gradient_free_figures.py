import numpy as np
import pytest
from gradient_free_tables import METHODS, gradient_free_study_tables, make_contests, make_profiles, make_running_times

from src.studies.gradient_free.figures.conditions import conditions as search_conditions
from src.studies.gradient_free.figures.contests import VERDICTS
from src.studies.gradient_free.figures.contests import contests as search_contests
from src.studies.gradient_free.figures.costs import costs as search_costs
from src.studies.gradient_free.figures.dimensions import dimensions as search_dimensions
from src.studies.gradient_free.figures.runtime_profiles import runtime_profiles

ABOUT = {"study": "gradient_free", "seeds": 30, "targets": 9}


def test_runtime_profiles_draw_each_panel_s_shares_and_name_the_best_first():
    figure = runtime_profiles(gradient_free_study_tables(), ABOUT)
    assert [axes.get_title(loc="left") for axes in figure.axes] == ["D = 2", "D = 10", "all dimensions"]
    assert [len(axes.lines) for axes in figure.axes] == [4, 4, 2]
    words = [text.get_text() for text in figure.legends[0].get_texts()]
    assert words == ["0.70  random search", "0.65  cma es", "(0.80)  lbfgs (backward)", "(0.75)  lbfgs (differences)"]
    found = make_profiles().query("dimension == '10' and method == 'cma_es'")
    assert any(np.allclose(line.get_ydata(), found["share"]) for line in figure.axes[1].lines)
    dashes = [line.get_linestyle() for line in figure.axes[0].lines]
    assert dashes.count("-") == 2


def test_search_costs_say_the_percent_solved_in_each_field():
    figure = search_costs(gradient_free_study_tables(), ABOUT)
    axes = figure.axes[1]
    assert [text.get_text() for text in axes.get_yticklabels()] == ["sines, D = 2", "ackley, D = 2", "ackley, D = 10"]
    assert [text.get_text() for text in axes.texts] == ["100", "67", "33"] * 3
    image = np.asarray(axes.images[0].get_array())
    assert image.shape[:2] == (3, len(METHODS))
    assert image[2, 3, :3] == pytest.approx([1, 1, 1])  # not run
    assert image[0, 3, 0] == pytest.approx(0.91)  # run, never solved
    assert image[0, 0, :3] == pytest.approx(image[2, 0, :3])  # the same cost per dimension
    assert make_running_times().shape[0] == 11


def test_search_contests_draw_estimate_and_interval_in_the_verdict_s_colour():
    figure = search_contests(gradient_free_study_tables(), ABOUT)
    assert [axes.get_title(loc="left") for axes in figure.axes] == [
        "C20: restarts",
        "C23: continuous",
        "C23: high dimension",
    ]
    first = make_contests().iloc[0]
    drawn = [line for line in figure.axes[0].lines if line.get_color() == VERDICTS["supported"]]
    assert list(drawn[0].get_xdata()) == [first["low"], first["high"]]
    assert list(drawn[1].get_xdata()) == [first["estimate"]]


def test_search_conditions_draw_a_gap_in_each_panel_and_both_spreads_in_the_last():
    figure = search_conditions(gradient_free_study_tables(), ABOUT)
    titles = [axes.get_title(loc="left") for axes in figure.axes]
    assert titles == ["smooth", "noisy", "stepped", "rounded", "cusped", "smooth, from other starts"]
    assert [text.get_text() for text in figure.axes[0].get_yticklabels()] == ["cma es", "random search", "lbfgs"]
    dots = [line.get_xdata()[0] for line in figure.axes[1].lines if len(line.get_xdata()) == 1]
    assert dots == pytest.approx([-2.9, -2.4, -1.9])
    dots = [line.get_xdata()[0] for line in figure.axes[5].lines if len(line.get_xdata()) == 1]
    assert dots == [0.1, 0.4, 0.2, 0.5, 0.3, 0.0]


def test_search_dimensions_draw_evaluations_per_dimension(run_tables, run_about):
    (axes,) = search_dimensions(run_tables, run_about).axes
    (flat, grown) = axes.lines
    assert flat.get_xdata().max() == 100
    assert grown.get_xdata().max() == 40
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["D = 2", "D = 5"]
    alone = {"dimension_curves": run_tables["dimension_curves"].query("dimension == 2")}
    assert search_dimensions(alone, run_about) is None
