"""The parts of a cell that searches, and the search from the starts of its seeds."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from torch import Tensor

from src.core.checks import field_error
from src.core.result import Result
from src.core.search import SearchMethod
from src.core.streams import Split, seeds
from src.engine.search import SearchLoop, SearchResult
from src.problems.landscape import Landscape
from src.protocol.study import Cell

BACKWARD_PASS = 1  # evaluations that a gradient costs more: at most about three times the value (Baur, Strassen 1983)


def evaluations_per_call(method: SearchMethod) -> int:
    """Evaluations that a call of the problem counts as: 1, and 1 more where a backward pass gives the gradient."""
    return 1 + BACKWARD_PASS if method.needs_gradient else 1


def method_of(owner: object, cell: Cell) -> SearchMethod:
    """The cell's search method. Raises FieldError where the cell has none."""
    if cell.search is None:
        raise field_error(owner, "search", None, "a search method: add +search=NAME")
    return cell.search


def landscape_of(owner: object, cell: Cell) -> Landscape:
    """The cell's problem. Raises FieldError unless the problem is a landscape, whose box can be searched."""
    if not isinstance(cell.problem, Landscape):
        raise field_error(owner, "problem", cell.names.get("problem"), "a landscape, which has a box to search")
    return cell.problem


def failure_report(result: Result, traces: Sequence[SearchResult]) -> Result:
    """``result`` with what failed in its searches; unchanged where nothing did.

    The metric ``failed_evaluations`` counts evaluations in which the objective raised an exception, and
    ``failed_searches`` searches that ended by an exception of a library's solver. The first exception of each kind is
    in the tags ``first_failed_evaluation`` and ``first_failed_search``.
    """
    metrics, tags = dict(result.metrics), dict(result.tags)
    evaluations = sum(trace.failed_evaluations for trace in traces)
    if evaluations:
        metrics["failed_evaluations"] = float(evaluations)
        tags["first_failed_evaluation"] = next(trace.first_failure for trace in traces if trace.first_failure)
    searches = [error for trace in traces for error in trace.failures.values()]
    if searches:
        metrics["failed_searches"] = float(len(searches))
        tags["first_failed_search"] = searches[0]
    return replace(result, metrics=metrics, tags=tags)


def search(
    searcher: SearchLoop,
    cell: Cell,
    split: Split,
    count: int,
    settings: Mapping[str, Tensor] | None = None,
    first: int = 0,
) -> SearchResult:
    """Search from the starts of ``count`` seeds of ``split``; S * L rows.

    They are counted from the cell's first seed of the split on; ``first`` are left out.
    """
    drawn = seeds(count, split, cell.root_seed, cell.first_of(split) + first)
    return searcher.run(cell.start.draw(cell.problem, drawn), drawn, settings)
