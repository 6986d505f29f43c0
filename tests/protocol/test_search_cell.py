"""What failed in the searches of a run is in the run's metrics and tags."""

import torch

from src.core.result import Result
from src.engine.search import SearchResult
from src.protocol.search_cell import failure_report


def trace(**changes):
    return SearchResult(torch.ones(2, 3), torch.ones(2, 2), torch.full((2,), 3), **changes)


def test_failures_are_counted_over_all_searches_with_the_first_of_each_kind():
    result = Result(tables={}, metrics={"final_loss": 1.0}, tags={"kind": "own"})
    assert failure_report(result, [trace(), trace()]) == result
    failed = failure_report(
        result,
        [
            trace(failures={1: "RuntimeError: singular"}),
            trace(failed_evaluations=2, first_failure="ValueError: no"),
            trace(
                failures={0: "TypeError: x", 1: "TypeError: y"}, failed_evaluations=3, first_failure="ValueError: no"
            ),
        ],
    )
    assert failed.metrics == {"final_loss": 1.0, "failed_evaluations": 5.0, "failed_searches": 3.0}
    assert failed.tags == {
        "kind": "own",
        "first_failed_evaluation": "ValueError: no",
        "first_failed_search": "RuntimeError: singular",
    }
