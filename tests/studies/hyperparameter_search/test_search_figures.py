"""What is drawn of a search is what its tables say."""

import numpy as np
import pytest
from search_figure_tables import search_study_tables

from src.studies.gradient_free_network.figures.network_costs import network_costs
from src.studies.hyperparameter_search.figures.cost_map import cost_map
from src.studies.hyperparameter_search.figures.search_progress import search_progress


def test_progress_is_drawn_with_the_best_first_in_the_legend():
    figure = search_progress(search_study_tables(), {"seeds": 30})
    assert [text.get_text() for text in figure.legends[0].get_texts()] == [
        "optuna_gp: 0.233", "random_search: 0.333",
    ]  # fmt: skip
    ends = sorted(line.get_ydata()[-1] for line in figure.axes[0].lines)
    assert ends == pytest.approx([0.2 + 1 / 30, 0.3 + 1 / 30])


def test_the_map_has_a_panel_a_method_with_its_finds():
    figure = cost_map(search_study_tables(), {"seeds": 30})
    assert [axes.get_title(loc="left") for axes in figure.axes[:2]] == ["optuna_gp", "random_search"]
    axes = figure.axes[1]
    [dots] = axes.lines
    assert dots.get_xdata().tolist() == [0.01]
    assert dots.get_ydata().tolist() == pytest.approx([0.2])
    drawn = np.asarray(axes.collections[0].get_array()).ravel()
    assert drawn.max() == pytest.approx(1e6)  # rate 0.001 without momentum


def test_costs_are_on_log_axes_with_the_most_accurate_first():
    figure = network_costs(search_study_tables(), {"seeds": 10, "parameters": 610})
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["momentum: 95.0 %", "genetic: 60.0 %"]
    axes = figure.axes[0]
    assert (axes.get_xscale(), axes.get_yscale()) == ("log", "log")
    assert axes.lines[0].get_ydata().tolist() == pytest.approx([1e-3, 1e-4, 1e-5])
