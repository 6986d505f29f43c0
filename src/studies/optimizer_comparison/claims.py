"""The verdicts on C4: which of two methods reaches the floor of Rosenbrock's valley first, by pairs of seeds."""

from collections.abc import Iterator, Mapping, Sequence

import pandas as pd

from src.core.result import Result
from src.protocol.claims import Claim, RunsMissing, settle_each
from src.protocol.ranking import share_of_wins
from src.statistics.intervals import Estimate


def verdicts(
    cells: Sequence[Result], duels: Mapping[str, Sequence[str]], valleys: Sequence[str], claims: Mapping[str, Claim]
) -> tuple[pd.DataFrame, dict[str, str]]:
    """The ``verdicts`` table, a row per claim and valley, and what the sweep lacks for the other claims.

    Args:
        cells: results of the runs.
        duels: for each claim, the method that it expects to be the faster one, and the other.
        valleys: problems on which the claims are judged.
        claims: their rules.
    """
    by_name = {(cell.about["problem"], cell.about["method"]): cell for cell in cells}

    def settle(name: str, claim: Claim) -> list[dict[str, object]]:
        faster, slower = duels[name]
        pairs = [
            (by_name[problem, faster], by_name[problem, slower])
            for problem in valleys
            if (problem, faster) in by_name and (problem, slower) in by_name
        ]
        if not pairs:
            raise RunsMissing(f"needs {faster} and {slower} on one of {', '.join(valleys)}")
        return [claim.settle(name, *basis) for basis in _duels(pairs)]

    return settle_each(claims, settle)


def _duels(pairs: Sequence[tuple[Result, Result]]) -> Iterator[tuple[Estimate, str, str]]:
    """Share of wins, the settings in words, and why no verdict may be given."""
    for pair in pairs:
        share, seeds = share_of_wins(*pair)
        faster, slower = (cell.about["method"] for cell in pair)
        at_edge = [cell.about["method"] for cell in pair if cell.about["learning_rate_at_edge"]]
        blocked = f"the learning rate of {at_edge[0]} lies at the edge of its grid" if at_edge else ""
        yield share, f"{faster} before {slower} on {pair[0].about['problem']}, {seeds} seeds", blocked
