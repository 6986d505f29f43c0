"""Loss between a network and its permuted self, and the distance of permuted networks."""

from matplotlib.figure import Figure

from src.plotting.contract import About, Tables, draws, table
from src.studies.geometry.figures._symmetry_panels import (
    LINE,
    PERMUTATIONS,
    draw_changes,
    draw_loss_between,
    permutation_words,
    symmetry_page,
)


@draws("run")
def permutation_symmetry(tables: Tables, about: About) -> Figure | None:
    """Left: loss on the line between a network and its permuted self. Right: distances and barriers."""
    line, changes = table(tables, "line", LINE), table(tables, "permutations", PERMUTATIONS)
    if line is None or changes is None:
        return None
    title = "Does permuting hidden units give another minimum?"
    figure, (first, second) = symmetry_page(about, title, permutation_words(changes, about), 2)
    draw_loss_between(first, line)
    draw_changes(second, changes)
    return figure
