"""What the figures over batch sizes draw is the table."""

import numpy as np
import pytest
from batch_figure_tables import BATCHES, batch_study_tables

from src.plotting.batch_axis import batch_colours
from src.studies.batch_noise.figures.answer import answer as batch_answer
from src.studies.batch_noise.figures.estimation_error import estimation_error
from src.studies.batch_noise.figures.generalization import generalization as batch_generalization
from src.studies.batch_noise.figures.noise_scale import noise_scale
from src.studies.batch_noise.figures.progress import progress as batch_progress
from src.studies.batch_noise.figures.rates import rates as batch_rates

ABOUT = {"study": "batch_noise", "profile": "full", "seeds": 30, "minimum": {"problem_0": 0.0, "problem_1": None}}


def line_through(axes, x, y):
    """Whether some line of ``axes`` passes through just these points."""
    lines = [line for line in axes.lines if len(line.get_xdata()) == len(x)]
    return any(np.allclose(line.get_xdata(), x) and np.allclose(line.get_ydata(), y) for line in lines)


def test_the_answer_shows_products_steps_and_the_fitted_law():
    tables = batch_study_tables()
    axes = batch_answer(tables, ABOUT).axes
    rows = tables["steps_to_target"].query("problem == 'problem_1'")
    assert line_through(axes[3], rows["batch"], rows["steps"])
    ratios = tables["noise_product"].query("problem == 'problem_1'")
    assert line_through(axes[1], ratios["batch"], ratios["ratio"])
    law = next(line for line in axes[3].lines if line.get_color() == "#0072b2")
    x, y = law.get_data()
    np.testing.assert_allclose(y, 10 * (1 + 80 / np.asarray(x)))
    assert {text.get_text() for text in axes[3].texts} == {"B_crit = 80", "noise scale = 30"}


def test_rates_and_samples_are_drawn_with_guides_through_the_first():
    tables = batch_study_tables()
    axes = batch_rates(tables, ABOUT).axes
    rows = tables["steps_to_target"].query("problem == 'problem_0'")
    for column in ("fastest", "lowest"):
        assert line_through(axes[0], rows["batch"], rows[column])
    assert line_through(axes[2], rows["batch"], rows["samples"])
    guide = next(line for line in axes[0].lines if len(line.get_xdata()) == 2)
    assert np.diff(np.log(guide.get_ydata())) / np.diff(np.log(guide.get_xdata())) == pytest.approx(1)


def test_accuracy_is_drawn_only_where_there_is_some():
    axes = batch_generalization(batch_study_tables(), ABOUT).axes
    assert [each.get_title(loc="left") for each in axes] == ["problem_1"]
    expected = [0.9 - 0.01 * np.log2(batch) for batch in BATCHES]
    assert line_through(axes[0], BATCHES, expected)


def test_progress_has_a_row_for_each_kind_of_rate_and_a_line_for_each_batch_size():
    axes = batch_progress(batch_study_tables(), ABOUT).axes
    assert [each.get_title(loc="left") for each in axes] == [
        f"{problem}: {words}" for words in ("one rate for all", "each at its own rate")
        for problem in ("problem_0", "problem_1")
    ]  # fmt: skip
    assert all(len(each.lines) == len(BATCHES) for each in axes)
    assert line_through(axes[0], np.arange(1, 6), np.exp(-np.arange(1, 6)))


def test_the_noise_scale_is_drawn_exact_and_as_estimated():
    axes = noise_scale(batch_study_tables(), ABOUT).axes
    assert line_through(axes[0], [0, 0.5, 1], [5, 30, 55])
    assert len(axes[0].lines) == 1 + 3  # exact, and B = 1, 8, 64


def test_the_error_is_drawn_beside_its_theory():
    figure = estimation_error(batch_study_tables(), ABOUT)
    assert line_through(figure.axes[0], BATCHES, [0.5 / batch**0.5 for batch in BATCHES])
    assert "measured: exponent -0.510 … -0.490" in [text.get_text() for text in figure.legends[0].texts]


def test_small_batches_are_dark_and_large_ones_light():
    colours = list(batch_colours([64, 1, 8]).items())
    assert [size for size, _ in colours] == [1, 8, 64]
    assert sum(colours[0][1][:3]) < sum(colours[2][1][:3])
