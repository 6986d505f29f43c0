"""The parts of a cell that searches, and the search from the starts of its seeds."""

from collections.abc import Mapping

from torch import Tensor

from src.core.checks import FieldError, refuse
from src.core.problem import Minimum
from src.core.search import SearchMethod
from src.core.streams import Split, seeds
from src.engine.search import SearchLoop, SearchResult
from src.problems.landscape import Landscape
from src.protocol.study import Cell

SHOWN = 6  # coordinates of a point in a message


def method_of(owner: object, cell: Cell) -> SearchMethod:
    """The cell's search method. Raises FieldError where the cell has none."""
    if cell.search is None:
        raise refuse(owner, "search", None, "a search method: add +search=NAME")
    return cell.search


def landscape_of(owner: object, cell: Cell) -> Landscape:
    """The cell's problem. Raises FieldError unless the problem is a landscape, whose box can be searched."""
    if not isinstance(cell.problem, Landscape):
        raise refuse(owner, "problem", cell.names.get("problem"), "a landscape, which has a box to search")
    return cell.problem


def search(
    searcher: SearchLoop,
    cell: Cell,
    split: Split,
    count: int,
    settings: Mapping[str, Tensor] | None = None,
    first: int = 0,
) -> SearchResult:
    """Search from the starts of ``count`` seeds of ``split``, from the number ``first`` on; S * L rows.

    Raises:
        FieldError: a value lies below the problem's known minimum, which is then none.
    """
    drawn = seeds(first + count, split, cell.root_seed)[first:]
    found = searcher.run(cell.start.draw(cell.problem, drawn), drawn, settings)
    _check_minimum(cell, found)
    return found


def _check_minimum(cell: Cell, found: SearchResult) -> None:
    """Raise FieldError where the best value lies below the known minimum by more than the tolerance of the target."""
    minimum: Minimum | None = getattr(cell.problem, "minimum", None)
    target = cell.problem.target
    ends = found.best[:, -1]
    row = int(ends.argmin())
    if minimum is not None and target is not None and ends[row] < minimum.value - (target - minimum.value):
        point = ", ".join(f"{each:.6g}" for each in found.point[row].tolist()[:SHOWN])
        more = ", …" if found.point.shape[1] > SHOWN else ""
        raise FieldError(
            f"problem.lowest = {minimum.value:g}: must be at most {float(ends[row]):.6g}, the value at "
            f"({point}{more}); to maximize a function, give its negative"
        )
