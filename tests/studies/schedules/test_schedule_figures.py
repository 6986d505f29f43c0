"""What the figures of schedules, warm-up and early stopping draw is their table."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure
from schedule_tables import schedule_study_tables, stopping_run_tables, stopping_study_tables

from src.plotting.factor_axis import set_factor_axis
from src.plotting.style import marker
from src.studies.early_stopping.figures.curves import curves as stopping_curves
from src.studies.early_stopping.figures.tasks import tasks as stopping_tasks
from src.studies.early_stopping.figures.tradeoff import tradeoff as stopping_tradeoff
from src.studies.schedules.figures.curves import curves as schedule_curves
from src.studies.schedules.figures.effects import effects as schedule_effects
from src.studies.schedules.figures.factors import factors as schedule_factors
from src.studies.schedules.figures.noise import noise as schedule_noise
from src.studies.warmup.figures.trained_share import trained_share
from src.studies.warmup.figures.training_by_rate import training_by_rate

ABOUT = {"study": "schedules", "profile": "full", "seeds": 30}


def titles(figure):
    return [axes.get_title(loc="left") for axes in figure.axes]


def points(axes, sign):
    """All points drawn with the marker ``sign``, (N, 2)."""
    return np.concatenate([line.get_xydata() for line in axes.lines if line.get_marker() == sign])


def test_effects_have_a_panel_for_each_problem_and_loss_and_none_for_what_is_not_there():
    figure = schedule_effects(schedule_study_tables(), ABOUT)
    assert titles(figure) == ["digits: training loss", "bowl: loss", "digits: test loss"]
    adam = points(figure.axes[0], marker("adam"))
    np.testing.assert_allclose(adam[:, 0], [-0.1, -0.2])
    assert figure.axes[0].get_yticklabels()[0].get_text() == "cosine"


def test_factors_are_a_line_a_schedule():
    (axes,) = schedule_factors(schedule_study_tables(), ABOUT).axes
    assert [line.get_ydata()[-1] for line in axes.lines] == pytest.approx([0, 1 / 3, 2 / 3])


def test_noise_is_drawn_beside_theory_where_there_is_one():
    momentum, adam = schedule_noise(schedule_study_tables(), ABOUT).axes
    assert (momentum.get_title(loc="left"), adam.get_title(loc="left")) == ("momentum", "adam")
    lines = [line for line in momentum.lines if line.get_linestyle() != "None"]
    dots = [line for line in momentum.lines if line.get_linestyle() == "None"]
    assert (len(lines), len(dots)) == (4, 3)  # three schedules and the floor
    np.testing.assert_allclose(dots[0].get_ydata(), [1e-4, 1e-2, 1])
    np.testing.assert_allclose(lines[0].get_ydata(), [1e-4, 1e-2, 1])
    assert schedule_noise({"noise": schedule_study_tables()["noise"]}, ABOUT) is None


def test_curves_have_a_row_a_problem_and_a_column_a_method():
    figure = schedule_curves(schedule_study_tables(), ABOUT)
    assert titles(figure) == ["bowl: momentum", "bowl: adam"]
    assert [len(axes.lines) for axes in figure.axes] == [3, 3]
    np.testing.assert_allclose(figure.axes[0].lines[0].get_ydata(), 0.9 ** np.arange(21))


def test_shares_that_train_are_a_line_a_schedule():
    figure = trained_share(schedule_study_tables(), ABOUT | {"trained_loss": 0.5})
    assert titles(figure) == ["bowl, he: momentum", "bowl, he: adam"]
    np.testing.assert_allclose(figure.axes[0].lines[0].get_ydata(), [1e-4, 1e-2, 1])
    assert "training loss of at most 0.5" in figure.texts[1].get_text().replace("\n", " ")


def test_a_run_of_warmup_shows_shares_and_the_loss_at_one_learning_rate():
    step = np.arange(5)
    curves = pd.DataFrame({"metric": "train_loss", "step": step, "q25": 1.0, "median": 2.0, "q75": 3.0})
    about = {"method": "adam (schedule=warmup)", "problem": "digits", "seeds": 3, "trained_loss": 0.5}
    about |= {"shown_learning_rate": 0.1, "shown_learning_rate_is": "the largest at which most seeds train"}
    figure = training_by_rate(stopping_run_tables() | {"curves": curves}, about)
    left, right = figure.axes
    np.testing.assert_allclose(left.lines[0].get_ydata(), [1, 0.5, 0])
    np.testing.assert_allclose(left.lines[1].get_xdata(), [0.1, 0.1])
    np.testing.assert_allclose(right.lines[0].get_ydata(), [2] * 5)
    words = figure.texts[1].get_text().replace("\n", " ")
    assert "at the learning rate 0.1 (dotted), the largest at which most seeds train" in words
    assert "adam (schedule=warmup)" in figure.texts[0].get_text()


def test_the_tradeoff_has_a_line_a_family_and_rings_the_front():
    tables = stopping_study_tables()
    figure = stopping_tradeoff(tables, ABOUT)
    assert titles(figure) == ["at the tuned rate", "at 4 times the tuned rate", "", ""]
    axes = figure.axes[0]
    (ring,) = (line for line in axes.lines if line.get_markersize() == 9)
    front = tables["tradeoff"].query("front and rate_factor == 1")
    np.testing.assert_allclose(ring.get_xdata(), np.log10(front["time"]))
    np.testing.assert_allclose(ring.get_ydata(), front["test_cost"])
    accuracy = [line for line in figure.axes[2].lines if line.get_marker() not in ("None", None)]
    np.testing.assert_allclose(accuracy[1].get_ydata(), [0.1, 0.075])  # GL
    words = [text.get_text() for text in figure.legends[0].get_texts()]
    assert words == ["patience on valid_loss, min_delta 0", "GL", "no rule is both faster and better"]


def test_tasks_are_rows_of_time_and_of_cost():
    figure = stopping_tasks(stopping_study_tables(), ABOUT)
    left, right = figure.axes
    assert [label.get_text() for label in left.get_yticklabels()] == [
        f"digits, {method}, rate x {factor}" for method in ("momentum", "adam") for factor in (1, 4)
    ]
    (time,), (cost,) = ([line for line in axes.lines if line.get_linestyle() == "None"] for axes in (left, right))
    np.testing.assert_allclose(time.get_xdata(), np.log10([0.4] * 4))  # GL 5, the fourth rule
    np.testing.assert_allclose(cost.get_xdata(), [0.0075] * 4)


def test_a_runs_curves_show_the_median_stop_of_rules_that_fire_for_most():
    step = np.arange(0, 41, 10)
    curves = pd.concat(
        [pd.DataFrame({"metric": name, "step": step, "q25": 1.0, "median": 2.0, "q75": 3.0})
         for name in ("train_loss", "valid_loss", "test_loss")]
    )  # fmt: skip
    figure = stopping_curves({"curves": curves} | stopping_run_tables(), {"method": "adam", "problem": "digits"})
    axes, below = figure.axes
    for panel in (axes, below):
        assert [line.get_xdata() for line in panel.lines if len(line.get_xdata()) == 2] == [[12.0, 12.0]]
    assert [text.get_text() for text in figure.legends[0].get_texts()][-1] == "GL 5"
    assert figure.texts[0].get_text() == "Where would adam on digits be stopped?"


def test_an_axis_of_factors_keeps_one_and_spreads_its_ticks():
    for values, expected in (([-0.02, 0.02], "1"), ([-1.0, 0.5], "0.1"), ([np.inf, -9.0], "0.0001")):
        axes = Figure().add_subplot()
        set_factor_axis(axes, "x", values)
        names = [text.get_text() for text in axes.get_xticklabels()]
        assert "1" in names
        assert expected in names
        assert len(names) <= 9
