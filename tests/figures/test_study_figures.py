import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex

from src.figures.comparison_curves import comparison_curves
from src.figures.comparison_rates import comparison_rates
from src.figures.performance_profile import performance_profile
from src.figures.ranking import ranking
from src.figures.success import success
from src.plotting.palettes import colour

METHODS = [
    "gd",
    "momentum",
    "nesterov",
    "adagrad",
    "rmsprop",
    "adam",
    "adamw",
    "clip_noise_precondition",
    "clipped_adam",
]


def colours_of(figure):
    legend = figure.legends[0]
    names = [text.get_text().split(" ")[0] for text in legend.get_texts()]
    return dict(zip(names, [to_hex(line.get_color()) for line in legend.get_lines()], strict=True))


def test_curves_have_a_panel_a_problem_and_a_line_a_method(study_tables, study_about):
    figure = comparison_curves(study_tables, study_about)
    assert [axes.get_title(loc="left") for axes in figure.axes] == list(study_about["minimum"])
    first = figure.axes[0]
    assert len(first.lines) == len(METHODS) == len(first.collections)
    assert first.get_yscale() == "log"
    rows = study_tables["curves"].query("problem == 'problem_0' and method == 'adam'")
    adam = next(line for line in first.lines if to_hex(line.get_color()) == colour("adam"))
    np.testing.assert_array_equal(adam.get_ydata(), rows["median"])
    assert figure.legends[0].get_texts()[0].get_text() == "gd (diverged on 1)"


def test_curves_take_off_the_minimum_only_where_it_is_known(study_tables, study_about):
    minimum = study_about["minimum"] | {"problem_0": -7.0, "problem_1": None}
    figure = comparison_curves(study_tables, study_about | {"minimum": minimum})
    assert figure.axes[0].lines[0].get_ydata()[0] == pytest.approx(12.0)
    assert figure.axes[0].get_ylabel() == "loss \N{MINUS SIGN} minimum"
    assert figure.axes[1].get_ylabel() == "loss"


def test_rates_share_their_axis_and_ring_each_method_once(study_tables, study_about):
    figure = comparison_rates(study_tables, study_about)
    for axes in figure.axes:
        rings = [line for line in axes.lines if line.get_markersize() == 11]
        assert len(rings) == len(METHODS)
        assert axes.get_xscale() == axes.get_yscale() == "log"
        assert axes.get_ylim()[0] < 1e-3
        assert axes.get_ylim()[1] > 10
    assert rings[0].get_xdata() == pytest.approx([0.1])


def test_the_profile_is_made_of_steps_on_a_log_axis(study_tables, study_about):
    (axes,) = performance_profile(study_tables, study_about).axes
    assert axes.get_xscale() == "log"
    assert {line.get_drawstyle() for line in axes.lines} == {"steps-post"}
    np.testing.assert_array_equal(axes.lines[0].get_ydata(), np.linspace(0, 1, 20))


def test_ranking_orders_by_mean_rank_and_says_what_diverged(study_tables, study_about):
    figure = ranking(study_tables, study_about)
    first, second = figure.axes[:2]
    assert [label.get_text() for label in first.get_yticklabels()] == METHODS
    assert first.get_xscale() == "log"
    bar, dot = first.lines[:2]
    np.testing.assert_allclose(bar.get_xdata(), [0.5, 2.0])
    assert dot.get_xdata() == [1.0]
    assert [text.get_text() for text in second.texts] == ["diverged"]
    assert len(second.lines) == 2 * (len(METHODS) - 1)


def test_success_orders_by_mean_rate_and_leaves_out_problems_without_a_target(study_tables, study_about):
    ranked = study_tables["ranking"]
    ranked.loc[ranked["problem"] == "problem_3", "success_rate"] = np.nan
    figure = success({"ranking": ranked}, study_about)
    assert len(figure.axes) == 4
    assert [label.get_text() for label in figure.axes[0].get_yticklabels()] == METHODS[::-1]
    np.testing.assert_allclose(figure.axes[0].lines[0].get_xdata(), [0.9, 1.0])
    assert success({"ranking": ranked.assign(success_rate=np.nan)}, study_about) is None


def test_a_method_has_one_colour_in_all_figures_of_a_study(study_tables, study_about):
    expected = {method: colour(method) for method in METHODS}
    for draw in (comparison_curves, comparison_rates, performance_profile):
        assert colours_of(draw(study_tables, study_about)) == expected
    dots = ranking(study_tables, study_about).axes[0].lines[1::2]
    assert [to_hex(dot.get_color()) for dot in dots] == list(expected.values())


@pytest.mark.parametrize("problems", [1, 2, 5])
def test_legends_and_panels_stay_apart(study_tables, study_about, problems):
    kept = [f"problem_{number}" for number in range(problems)]
    tables = {
        name: frame[frame["problem"].isin(kept)] if "problem" in frame else frame
        for name, frame in study_tables.items()
    }
    figure = comparison_curves(tables, study_about)
    figure.draw_without_rendering()
    legend = figure.legends[0].get_window_extent()
    assert legend.x0 >= max(axes.bbox.x1 for axes in figure.axes)
    assert legend.x1 <= figure.bbox.x1
    assert legend.y0 >= 0
    assert not any(a.bbox.overlaps(b.bbox) for a in figure.axes for b in figure.axes if a is not b)


def test_scores_of_another_criterion_keep_their_minimum(study_about):
    row = {"problem": "p", "method": "adam", "score": 3.0, "score_low": 2.0, "score_high": 4.0, "rank": 1}
    tables = {"ranking": pd.DataFrame([row])}
    about = study_about | {"minimum": {"p": 1.0}}
    assert ranking(tables, about).axes[0].lines[1].get_xdata() == [2.0]
    assert ranking(tables, about | {"tuning_metric": {"p": "valid_loss"}}).axes[0].lines[1].get_xdata() == [3.0]
