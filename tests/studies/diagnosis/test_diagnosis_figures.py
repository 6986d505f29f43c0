"""The confusion matrix and the gallery draw their tables."""

import numpy as np
import pandas as pd
import pytest
from diagnosis_figure_tables import RIGHT, STATES, diagnosis_study_tables

from src.studies.diagnosis.figures.confusion import confusion as diagnosis_confusion
from src.studies.diagnosis.figures.gallery import gallery as diagnosis_gallery

ABOUT = {"study": "diagnosis", "profile": "full", "seeds": 5}


def test_the_matrix_shows_counts_and_shares_of_rows():
    figure = diagnosis_confusion(diagnosis_study_tables(), ABOUT)
    [axes] = figure.axes
    shares = np.asarray(axes.images[0].get_array())
    assert np.diag(shares) == pytest.approx(RIGHT / 10)
    assert shares.sum(axis=1) == pytest.approx(1)
    assert [text.get_text() for text in axes.texts].count("9\n90 %") == len(STATES)
    assert [tick.get_text() for tick in axes.get_xticklabels()] == STATES
    assert "81 of 90 runs of known state (90.0 %)" in figure.texts[1].get_text().replace("\n", " ")


def test_the_matrix_is_of_the_first_part_that_has_runs():
    tables = diagnosis_study_tables()
    empty = tables["confusion"].assign(runs=0)
    other = tables["confusion"].assign(part="other tasks")
    assert diagnosis_confusion({"confusion": empty}, ABOUT) is None
    both = diagnosis_confusion({"confusion": pd.concat([empty, other], ignore_index=True)}, ABOUT)
    assert both.texts[1].get_text().startswith("other tasks")


def test_the_gallery_has_a_panel_a_state_with_its_curve_and_words():
    tables = diagnosis_study_tables()
    figure = diagnosis_gallery(tables, ABOUT)
    titles = [axes.get_title(loc="left") for axes in figure.axes]
    assert titles == STATES
    for axes, state in zip(figure.axes, STATES, strict=True):
        own = tables["gallery"][tables["gallery"]["true_state"] == state]
        loss, valid, grad = axes.lines[:3]
        assert np.asarray(loss.get_ydata()) == pytest.approx(own["loss"].to_numpy())
        assert len(valid.get_xdata()) == 5
        assert np.asarray(grad.get_ydata()) == pytest.approx(own["grad_norm"].to_numpy())
        assert f"evidence of {state}" in [text.get_text() for text in axes.texts]
