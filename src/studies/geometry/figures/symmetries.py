"""Symmetries of networks: permuted units are separate equal minima, scaled weights a valley of equal minima."""

from matplotlib.figure import Figure

from src.plotting.contract import About, Tables, draws, table
from src.studies.geometry.figures._symmetry_panels import (
    LINE,
    PERMUTATIONS,
    SCALE,
    draw_along_the_valley,
    draw_changes,
    draw_loss_between,
    draw_valley,
    permutation_words,
    scale_words,
    symmetry_page,
    valley_grid,
)


@draws("sweep")
def symmetries(tables: Tables, about: About) -> Figure | None:
    """Top: loss between a network and its permuted self, and barriers. Bottom: the valley, and along it."""
    line, changes = table(tables, "line", LINE), table(tables, "permutations", PERMUTATIONS)
    scale, grid = table(tables, "scale", SCALE), valley_grid(tables)
    if line is None or changes is None or scale is None or grid is None:
        return None
    subtitle = f"{permutation_words(changes, about)}. {scale_words(scale)}"
    figure, (first, second, third, fourth) = symmetry_page(
        about, "Do symmetries make many equal minima?", subtitle, 4
    )
    draw_loss_between(first, line)
    draw_changes(second, changes)
    draw_valley(third, grid, scale)
    draw_along_the_valley(fourth, scale)
    return figure
