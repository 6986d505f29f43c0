"""A plan with ``until=decided``: block after block of its runs, until the claims are decided."""

from collections.abc import Callable, Sequence
from pathlib import Path

from src.command.gather_sweep import read_cells
from src.command.job_states import Entry
from src.composition.plan import Plan
from src.core.result import Result
from src.protocol.until_decided import Outcome, until_decided


class _IncompleteError(Exception):
    """A block lacks runs, so that its seeds cannot be judged; the jobs' states say which failed."""


def decide(
    plan: Plan, block: Callable[[int], Plan], run: Callable[[Plan], Sequence[Entry]], runs: Path
) -> Outcome | None:
    """What the looks at the plan's runs come to; None where a run failed.

    Args:
        plan: with ``until``; itself the first block.
        block: the plan of the runs whose first test seed has a number.
        run: runs a plan's jobs, and returns the finished ones by their number.
        runs: folder of the finished runs.
    """
    until = plan.until
    assert until is not None

    def cells(number: int) -> list[Result]:
        part = block(until.first_seed(number)) if number else plan
        done = run(part)
        if len(done) < len(part.jobs):
            raise _IncompleteError
        return read_cells(runs, done)

    try:
        return until_decided(plan.study, cells, until.looks, until.claims)
    except _IncompleteError:
        return None
