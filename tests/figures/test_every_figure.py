import time
import warnings

import numpy as np
import pandas as pd
import pytest

from src.figures.catalogue import RUN, STUDY, render
from src.figures.save import save
from src.figures.sheet import QUICK

EVERY = [
    *((name, draw, "run") for name, draw in RUN.items()),
    *((name, draw, "study") for name, draw in STUDY.items()),
]
by_name = pytest.mark.parametrize(
    ("draw", "level"), [(draw, level) for _, draw, level in EVERY], ids=[e[0] for e in EVERY]
)


@pytest.fixture
def given(run_tables, run_about, small_study_tables, study_about):
    return {"run": (run_tables, run_about), "study": (small_study_tables, study_about)}


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
FIXED = {"step", "seed", "rate", "chosen", "tau", "diverged", "population", "evaluations"}
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


def test_render_writes_what_can_be_drawn(run_tables, run_about, tmp_path):
    del run_tables["contours"]
    written = render(RUN, run_tables, run_about, tmp_path / "new")
    names = {path.name for path in written}
    assert {"loss_band.png", "monitor_panels.png", "rate_sensitivity.png"} <= names
    assert not {"paths.png", "landscape.png"} & names
    assert all(path.read_bytes().startswith(b"\x89PNG") for path in written)


def test_the_same_tables_give_the_same_bytes(run_tables, run_about, tmp_path):
    first, second = (render(RUN, run_tables, run_about, tmp_path / name) for name in "ab")
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in second]


def test_tables_are_not_changed(given):
    for tables, about in given.values():
        before = {name: frame.copy() for name, frame in tables.items()}
        for draw in [*RUN.values(), *STUDY.values()]:
            draw(tables, about)
        for name, frame in before.items():
            pd.testing.assert_frame_equal(frame, tables[name])


def test_a_run_figure_takes_little_time(run_tables, run_about, tmp_path):
    still = {name: draw for name, draw in RUN.items() if name != "population_movie"}  # a film is made on demand
    render(still, run_tables, run_about, tmp_path)  # fonts are read once a process
    started = time.process_time()
    written = render(still, run_tables, run_about, tmp_path)
    assert (time.process_time() - started) / len(written) < 0.25  # about 0.08 s on an idle core
