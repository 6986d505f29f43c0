"""What the figures of the study of architectures draw is their table."""

import numpy as np
import pandas as pd
from architecture_tables import architecture_run_tables, architecture_study_tables

from src.plotting.style import marker
from src.studies.architectures.figures.accuracy import accuracy as architecture_accuracy
from src.studies.architectures.figures.batches import batches as architecture_batches
from src.studies.architectures.figures.tuned_and_default import tuned_and_default
from src.studies.architectures.figures.tuning_gains import tuning_gains

ABOUT = {"study": "architectures", "profile": "full", "seeds": 12}


def dots(axes, method):
    """Places and faces of the points of ``method``: [(x, y, hollow)]."""
    lines = [line for line in axes.lines if line.get_marker() == marker(method)]
    return [(*line.get_xydata()[0], line.get_markerfacecolor() == "white") for line in lines]


def titles(figure):
    return [axes.get_title(loc="left") for axes in figure.axes]


def test_accuracies_are_hollow_untuned_and_filled_tuned_with_the_problems_own_batch():
    figure = architecture_accuracy(architecture_study_tables(), ABOUT)
    assert titles(figure) == ["net", "words"]
    net, words = figure.axes
    assert [label.get_text() for label in net.get_yticklabels()] == ["momentum", "adam"]
    assert dots(net, "momentum") == [(50.0, 0.0, True), (55.0, 0.0, False)]
    assert dots(net, "adam") == [(52.0, 1.0, True), (57.0, 1.0, False)]
    assert dots(words, "adam") == [(62.0, 1.0, True), (67.0, 1.0, False)]
    low, high = net.get_xlim()
    assert low < 49
    assert high > 58


def test_the_title_is_the_studys_question():
    figure = architecture_accuracy(architecture_study_tables(), ABOUT | {"question": "Which?"})
    assert figure.texts[0].get_text() == "Which?"


def test_gains_say_how_far_the_rate_moved():
    figure = tuning_gains(architecture_study_tables(), ABOUT)
    (axes, _) = figure.axes
    assert dots(axes, "adam") == [(5.0, 1.0, False)]
    assert {text.get_text() for text in axes.texts} == {"\N{MULTIPLICATION SIGN} 10"}
    assert axes.get_xlim()[0] < 0


def test_batches_have_their_gain_and_both_training_losses():
    left, right = architecture_batches(architecture_study_tables(), ABOUT).axes
    assert [label.get_text() for label in left.get_yticklabels()] == ["net, momentum", "net, adam"]
    assert dots(left, "momentum") == [(3.0, 0.0, False)]
    assert sorted(dots(right, "adam")) == [(0.01, 1.0, False), (2.0, 1.0, True)]
    assert right.get_xscale() == "log"


def test_a_cells_two_accuracies_and_rates():
    curve = architecture_run_tables()["default_curves"].assign(metric="valid_accuracy")
    better = curve.assign(median=curve["median"] + 0.01)
    tables = {"curves": better, "default_curves": curve}
    (axes,) = tuned_and_default(
        tables, ABOUT | {"method": "adam", "best_learning_rate": 0.1, "default_rate": 0.001}
    ).axes
    tuned, default = (line.get_ydata() for line in axes.lines)
    np.testing.assert_allclose(tuned - default, 0.01)
    words = [text.get_text() for text in axes.get_legend().get_texts()]
    assert words == ["tuned, rate 0.1", "default, rate 0.001"]
    assert tuned_and_default({"curves": better}, ABOUT) is None
    assert tuned_and_default({"curves": pd.DataFrame(), "default_curves": curve}, ABOUT) is None
