"""Valley of equal minima under scaling, with the loss and the sharpness along it."""

from matplotlib.figure import Figure

from src.plotting.contract import About, Tables, draws, table
from src.studies.geometry.figures._symmetry_panels import (
    SCALE,
    draw_along_the_valley,
    draw_valley,
    scale_words,
    symmetry_page,
    valley_grid,
)


@draws("run")
def scale_symmetry(tables: Tables, about: About) -> Figure | None:
    """Left: the valley on contours of the loss. Right: loss and sharpness along it."""
    scale, grid = table(tables, "scale", SCALE), valley_grid(tables)
    if scale is None or grid is None:
        return None
    figure, (first, second) = symmetry_page(about, "Does scaling weights give other minima?", scale_words(scale), 2)
    draw_valley(first, grid, scale)
    draw_along_the_valley(second, scale)
    return figure
