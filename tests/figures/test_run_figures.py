import warnings

import numpy as np
import pytest
from matplotlib.colors import to_hex

from src.figures.loss_band import loss_band
from src.figures.monitor_panels import STOPPING, monitor_panels
from src.figures.paths import paths
from src.figures.rate_sensitivity import rate_sensitivity
from src.plotting.bands import FLOOR
from src.plotting.grey_contours import levels
from src.plotting.palettes import colour
from src.plotting.style import metric_label


def legend_of(axes):
    return [text.get_text() for text in axes.get_legend().get_texts()]


def test_loss_band_draws_the_table_on_a_log_axis(run_tables, run_about):
    (axes,) = loss_band(run_tables, run_about).axes
    rows = run_tables["curves"].query("metric == 'loss'")
    drawn = axes.lines[0]
    np.testing.assert_array_equal(drawn.get_xdata(), rows["step"])
    np.testing.assert_array_equal(drawn.get_ydata(), rows["median"])
    band = axes.collections[0].get_paths()[0].vertices
    assert band[:, 1].max() == rows["q75"].max()
    assert band[:, 1].min() == rows["q25"].min()
    assert axes.get_yscale() == "log"
    assert axes.get_ylabel() == "loss \N{MINUS SIGN} minimum"
    assert legend_of(axes) == ["adam", "target 0.0001"]


def test_loss_band_takes_the_minimum_off_and_stops_at_the_floor(run_tables, run_about):
    curves = run_tables["curves"]
    quantiles = ["q25", "median", "q75"]
    curves.loc[150:200, quantiles] = 0.0  # of the first metric, the loss
    (axes,) = loss_band({"curves": curves}, run_about).axes
    assert axes.lines[0].get_ydata()[-1] == FLOOR
    curves[quantiles] -= 960.0
    (axes,) = loss_band({"curves": curves}, run_about | {"minimum": -960.0, "target": -959.0}).axes
    drawn = axes.lines[0].get_ydata()
    assert drawn[0] == pytest.approx(5.0)
    assert drawn[-1] == np.spacing(960.0)
    assert axes.lines[1].get_ydata()[0] == pytest.approx(1.0)  # the target, above the minimum too


def test_loss_band_is_linear_within_a_decade_and_for_mixed_signs(run_tables, run_about):
    curves = run_tables["curves"]
    about = run_about | {"minimum": None, "target": None}
    narrow = curves.assign(q25=1.0, median=2.0, q75=3.0)
    (axes,) = loss_band({"curves": narrow}, about).axes
    assert axes.get_yscale() == "linear"
    (axes,) = loss_band({"curves": curves.assign(median=curves["median"] - 2)}, about).axes
    assert axes.get_yscale() == "linear"
    assert axes.get_ylabel() == "loss"


def test_an_infinite_quartile_reaches_the_top_and_a_diverged_median_is_said(run_tables, run_about):
    curves = run_tables["curves"]
    curves.loc[100:200, ["median", "q75"]] = np.inf
    figure = loss_band({"curves": curves}, run_about)
    (axes,) = figure.axes
    assert axes.collections[0].get_paths()[0].vertices[:, 1].max() > axes.get_ylim()[1]
    assert "diverged" in figure.texts[1].get_text()


def test_what_explodes_does_not_flatten_the_rest(run_tables, run_about):
    curves = run_tables["curves"]
    curves.loc[150:200, ["q25", "median", "q75"]] = 1e300
    (axes,) = loss_band({"curves": curves}, run_about).axes
    assert axes.get_ylim()[1] < 1e5


def test_monitor_panels_stack_what_there_is_and_mark_the_stop(run_tables, run_about):
    figure = monitor_panels(run_tables, run_about)
    assert [axes.get_ylabel() for axes in figure.axes] == [
        metric_label(name, None) for name in ("loss", "grad_norm", "param_norm", "update_ratio")
    ]
    for axes in figure.axes:
        assert axes.lines[-1].get_xdata() == [120.0, 120.0]
    assert legend_of(figure.axes[0])[-1] == STOPPING
    for never in (None, np.nan):
        figure = monitor_panels(run_tables, run_about | {"stopped_step": never})
        assert legend_of(figure.axes[0]) == ["adam"]
        assert "did not fire" in figure.texts[1].get_text()


def test_a_vanished_gradient_keeps_its_log_axis(run_tables, run_about):
    curves = run_tables["curves"]
    curves.loc[(curves["metric"] == "grad_norm") & (curves["step"] > 150), ["q25", "median", "q75"]] = 0.0
    axes = monitor_panels({"curves": curves}, run_about).axes[1]
    assert axes.get_yscale() == "log"
    assert axes.get_ylim()[0] > 0


def test_rates_draw_the_table_and_mark_the_chosen_one(run_tables, run_about):
    rates = run_tables["rates"]
    figure = rate_sensitivity(run_tables, run_about)
    upper, lower = figure.axes
    assert upper.get_xscale() == upper.get_yscale() == lower.get_xscale() == "log"
    line, sound, hollow, ring = upper.lines[:4]
    finite = np.isfinite(rates["median"].to_numpy())
    np.testing.assert_array_equal(line.get_ydata()[finite], rates["median"][finite])
    assert (line.get_ydata()[~finite] > upper.get_ylim()[1]).all()
    np.testing.assert_array_equal(sound.get_xdata(), rates["learning_rate"][rates["diverged"] == 0])
    np.testing.assert_array_equal(hollow.get_xdata(), rates["learning_rate"][rates["diverged"] > 0])
    assert list(ring.get_xdata()) == pytest.approx([0.01])
    np.testing.assert_array_equal(lower.lines[0].get_ydata(), rates["diverged"])
    assert "edge" not in figure.texts[1].get_text()
    edge = rates.assign(chosen=rates["learning_rate"] == rates["learning_rate"].max())
    subtitle = rate_sensitivity({"rates": edge}, run_about).texts[1].get_text()
    assert "at the edge of the grid" in subtitle.replace("\n", " ")


def test_a_perfect_rate_does_not_push_sound_ones_out_of_the_panel(run_tables, run_about):
    rates = run_tables["rates"]
    rates.loc[rates["chosen"], ["q25", "median", "q75"]] = 0.0
    upper = rate_sensitivity({"rates": rates}, run_about).axes[0]
    assert upper.get_ylim()[1] > rates["q75"][rates["diverged"] == 0].max()
    assert upper.get_ylim()[0] < FLOOR


def test_paths_draw_five_seeds_with_their_ends_and_the_minimum(run_tables, run_about):
    axes = paths(run_tables, run_about).axes[0]
    assert len(axes.lines) == 5 * 3 + 1
    first = run_tables["paths"].query("seed == 0")
    np.testing.assert_array_equal(axes.lines[0].get_xdata(), first["x"])
    assert axes.lines[2].get_ydata()[0] == first["y"].iloc[-1]
    assert [axes.lines[-1].get_xdata()[0], axes.lines[-1].get_ydata()[0]] == [0.0, 0.0]
    assert axes.get_xlim() == (-2.0, 2.0)


def test_contour_levels_are_even_in_the_log_above_the_minimum():
    values = np.linspace(-3.0, 97.0, 10_001)
    base, places = levels(values, -3.0)
    assert base == -3.0
    assert places[0] == pytest.approx(1.0)
    assert np.ptp(np.diff(np.log(places))) < 1e-9
    assert levels(values, None)[0] == -3.0


def test_every_path_that_leaves_the_box_is_counted(run_tables, run_about):
    steps = run_tables["paths"]
    steps.loc[steps["seed"] == 2, "x"] = 1e200
    steps.loc[steps["seed"] == 3, "y"] = np.inf
    assert "2 of 5 paths leave the box" in paths(run_tables, run_about).texts[1].get_text()


def test_the_method_has_its_colour_in_every_run_figure(run_tables, run_about):
    for draw in (loss_band, monitor_panels, rate_sensitivity, paths):
        assert to_hex(draw(run_tables, run_about).axes[0].lines[0].get_color()) == colour("adam")


def test_learning_tasks_show_training_and_validation_together(learning_curves, run_about):
    tables = {"curves": learning_curves}
    (axes,) = loss_band(tables, run_about | {"minimum": 1.0, "target": None}).axes
    assert legend_of(axes) == ["loss", "training loss", "validation loss"]
    assert axes.get_ylabel() == "loss"  # the objective's minimum is not the validation loss's
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        panels = monitor_panels(tables, run_about).axes
    assert [len(axes.lines) - 1 for axes in panels] == [1, 2, 1]
    assert panels[-1].get_yscale() == "linear"
