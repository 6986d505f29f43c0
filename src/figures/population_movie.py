"""A search as a film: every generation that was kept, on its landscape."""

from typing import Any

import numpy as np

from src.plotting.contract import About, Movie, Tables, draws, table
from src.plotting.layout import sheet
from src.plotting.population_stage import COLUMNS, best_so_far, draw_generation, draw_landscape, evaluations_in_words
from src.plotting.scales import finite
from src.plotting.style import INK
from src.plotting.words import subject
from src.tables.planar_tables import CONTOURS

_MOMENTS, _COLUMNS, _SIDE = 6, 3, 2.1  # panels, panels in a row, inches
_FILM_SIDE = 3.6  # inches


@draws("run")
def population_movie(tables: Tables, about: About) -> Movie | None:
    """Every generation that was kept, one after another."""
    found, grid = table(tables, "population", COLUMNS), table(tables, "contours", CONTOURS)
    if found is None or grid is None or not finite(grid["value"]).size:
        return None
    generations = np.unique(found["generation"])
    method, problem = subject(about)
    figure, (axes,) = sheet(
        about,
        f"How does {method} search {problem}?",
        "One seed's points; large: the best so far; darker is higher; star: known minimum",
        [_FILM_SIDE],
        width=_FILM_SIDE,
        titled=True,
    )
    draw_landscape(axes, grid, about)
    on_stage: list[Any] = []

    def show(frame: int) -> None:
        while on_stage:
            on_stage.pop().remove()
        generation = generations[frame]
        rows = found[found["generation"] == generation]
        on_stage.extend(draw_generation(axes, rows, best_so_far(found, generation), method))
        axes.set_title(evaluations_in_words(rows), fontsize=8, loc="left", color=INK)

    show(len(generations) - 1)
    return Movie(figure, len(generations), show)
