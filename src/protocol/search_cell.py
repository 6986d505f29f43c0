"""The parts of a cell that searches, and the search from the starts of its seeds."""

from collections.abc import Mapping

from torch import Tensor

from src.core.checks import refuse
from src.core.search import SearchMethod
from src.core.streams import Split, seeds
from src.engine.search import SearchLoop, SearchResult
from src.problems.landscape import Landscape
from src.protocol.study import Cell


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
    """Search from the starts of ``count`` seeds of ``split``, from the number ``first`` on; S * L rows."""
    drawn = seeds(first + count, split, cell.root_seed)[first:]
    return searcher.run(cell.start.draw(cell.problem, drawn), drawn, settings)
