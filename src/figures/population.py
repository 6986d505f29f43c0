"""A few moments of a search side by side: the population on its landscape."""

import numpy as np
from matplotlib.figure import Figure

from src.plotting.contract import About, Tables, draws, table
from src.plotting.layout import sheet
from src.plotting.population_stage import COLUMNS, best_so_far, draw_generation, draw_landscape, evaluations_in_words
from src.plotting.scales import finite
from src.plotting.style import INK
from src.plotting.words import subject
from src.tables.planar_tables import CONTOURS

_MOMENTS, _COLUMNS, _SIDE = 6, 3, 2.1  # panels, panels in a row, inches
_FILM_SIDE = 3.6  # inches


@draws("run")
def population(tables: Tables, about: About) -> Figure | None:
    """Six generations from the first to the last, evenly in the number of those kept; the best so far is marked."""
    found, grid = table(tables, "population", COLUMNS), table(tables, "contours", CONTOURS)
    if found is None or grid is None or not finite(grid["value"]).size:
        return None
    generations = np.unique(found["generation"])
    shown = generations[np.unique(np.linspace(0, len(generations) - 1, min(_MOMENTS, len(generations))).astype(int))]
    method, problem = subject(about)
    figure, every = sheet(
        about,
        f"How does {method} search {problem}?",
        "One seed's points, generation by generation; large: the best so far; darker is higher; star: known minimum",
        [_SIDE] * -(-len(shown) // _COLUMNS),
        width=_SIDE,
        columns=min(_COLUMNS, len(shown)),
        count=len(shown),
        gap=(0.6, 0.78),
        titled=True,
    )
    for axes, generation in zip(every, shown, strict=True):
        draw_landscape(axes, grid, about)
        rows = found[found["generation"] == generation]
        draw_generation(axes, rows, best_so_far(found, generation), method)
        axes.set_title(evaluations_in_words(rows), fontsize=8, loc="left", color=INK)
    return figure
