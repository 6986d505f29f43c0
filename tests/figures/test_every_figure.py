import pkgutil
import warnings

import numpy as np
import pandas as pd
import pytest

import src.studies
from src.command.draw_figures import draw_figures
from src.core.result import Result
from src.plotting.catalogue import SHARED, figures_of
from src.plotting.layout import NARROWED
from src.plotting.save import save

STUDIES = sorted(one.name for one in pkgutil.iter_modules(src.studies.__path__))
FIGURES = [
    figure
    for package in (SHARED, *(f"src.studies.{study}.figures" for study in STUDIES))
    for figure in figures_of(package).values()
]
EVERY = [(figure, level) for figure in FIGURES for level in figure.levels]
NAMES = [f"{figure.file_stem}-{level}" for figure, level in EVERY]
by_name = pytest.mark.parametrize(("draw", "level"), [(figure.draw, level) for figure, level in EVERY], ids=NAMES)
QUICK = NARROWED.format(profile="quick")


@pytest.fixture
def given(run_tables, run_about, small_study_tables, study_about):
    return {"run": (run_tables, run_about), "sweep": (small_study_tables, study_about)}


@by_name
def test_a_quick_profile_is_said_on_the_figure(draw, level, given):
    tables, about = given[level]
    assert QUICK not in [text.get_text() for text in draw(tables, about).figure.texts]
    assert QUICK in [text.get_text() for text in draw(tables, about | {"profile": "quick"}).figure.texts]


@by_name
def test_nothing_is_drawn_of_missing_empty_or_wordless_tables(draw, level, given):
    tables, about = given[level]
    assert draw({}, about) is None
    assert draw({name: frame.iloc[:0] for name, frame in tables.items()}, about) is None
    assert draw({name: frame.iloc[:, :1] for name, frame in tables.items()}, about) is None


@by_name
def test_what_is_known_of_a_run_may_be_nothing(draw, level, given):
    assert draw(given[level][0], {}).figure.texts[0].get_text().endswith("?")


HOSTILE = {
    "some infinite": ([np.inf], 0.3),
    "all infinite": ([np.inf], 1.0),
    "all missing": ([np.nan], 1.0),
    "all zero": ([0.0], 1.0),
    "all huge": ([1e300], 1.0),
    "all tiny": ([1e-300], 1.0),
    "some of everything": ([np.inf, -np.inf, np.nan, 1e300, -1e300, 0.0, 1e-300], 0.3),
}
FIXED = {"step", "seed", "learning_rate", "chosen", "tau", "diverged", "population", "evaluations"}
FIXED |= {"mutation_rate", "mutation_scale", "beta", "dimension", "bits", "flips", "generation"}


@by_name
@pytest.mark.parametrize("kind", HOSTILE)
def test_no_number_makes_a_warning(draw, level, given, kind, tmp_path):
    (values, share), (tables, about) = HOSTILE[kind], given[level]
    pick = np.random.default_rng(0)
    spoilt = {}
    for name, frame in tables.items():
        kept = FIXED | ({"x", "y"} if name == "contours" else set())
        measured = frame.select_dtypes("number").drop(columns=kept, errors="ignore").astype(float)
        bad = pick.choice(values, measured.shape)
        spoilt[name] = frame.assign(**measured.mask(pick.random(measured.shape) < share, bad))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        figure = draw(spoilt, about)
        if figure is not None:
            save(figure, tmp_path / "figure.png")


def drawn(folder, figures, tables, about):
    folder.mkdir(exist_ok=True)
    return draw_figures(folder, figures, lambda: Result(tables=tables, metrics={}, about=about))


RUN = [figure for figure in FIGURES if "run" in figure.levels and figure.name != "population_movie"]


def test_what_can_be_drawn_is_written(run_tables, run_about, tmp_path):
    del run_tables["contours"]
    written = drawn(tmp_path / "new", RUN, run_tables, run_about)
    names = {path.name for path in written}
    assert {"loss_band.png", "monitor_panels.png", "rate_sensitivity.png"} <= names
    assert not {"paths.png", "landscape.png"} & names
    assert all(path.read_bytes().startswith(b"\x89PNG") for path in written)


def test_the_same_tables_give_the_same_bytes(run_tables, run_about, tmp_path):
    first, second = (drawn(tmp_path / name, RUN, run_tables, run_about) for name in "ab")
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in second]


def test_tables_are_not_changed(given):
    for level, (tables, about) in given.items():
        before = {name: frame.copy() for name, frame in tables.items()}
        for figure in FIGURES:
            if level in figure.levels:
                figure.draw(tables, about)
        for name, frame in before.items():
            pd.testing.assert_frame_equal(frame, tables[name])


def test_files_of_all_figures_have_names_of_their_own():
    stems = [figure.file_stem for figure in FIGURES]
    assert len(stems) == len(set(stems))
    assert {"batch_noise_answer", "loss_band", "schedules_curves", "early_stopping_curves"} <= set(stems)
