"""A population is drawn where its table says, as panels and as a film."""

import numpy as np
import pytest
from PIL import Image

from src.command.draw_figures import draw_figures
from src.core.result import Result
from src.figures.population import population
from src.figures.population_movie import population_movie
from src.plotting.catalogue import SHARED, figures_of


def test_panels_go_from_the_first_generation_to_the_last(run_tables, run_about):
    figure = population(run_tables, run_about)
    assert len(figure.axes) == 6
    assert [figure.axes[place].get_title(loc="left") for place in (0, 5)] == ["10 evaluations", "80 evaluations"]
    table = run_tables["population"]
    last = table[table["generation"] == 7]
    points, best = figure.axes[5].lines[-2:]
    assert points.get_xdata().tolist() == pytest.approx(last["x"].tolist())
    lowest = table.loc[table["value"].idxmin()]
    assert [best.get_xdata()[0], best.get_ydata()[0]] == pytest.approx(lowest[["x", "y"]].tolist())


def test_a_film_shows_every_generation_that_was_kept(run_tables, run_about, tmp_path):
    movie = population_movie(run_tables, run_about)
    movie.show(2)
    points, best = movie.figure.axes[0].lines[-2:]
    table = run_tables["population"]
    assert points.get_ydata().tolist() == pytest.approx(table.loc[table["generation"] == 2, "y"].tolist())
    assert best.get_xdata()[0] == table.loc[table[table["generation"] <= 2]["value"].idxmin(), "x"]
    figure = figures_of(SHARED)["population_movie"]
    [path] = draw_figures(tmp_path, [figure], lambda: Result(tables=run_tables, metrics={}, about=run_about))
    assert path.name == "population_movie.gif"
    with Image.open(path) as film:
        assert film.n_frames == 8
        film.seek(0)
        first = np.asarray(film.convert("RGB")).astype(int)
        film.seek(7)
        assert np.abs(np.asarray(film.convert("RGB")).astype(int) - first).max() > 50
