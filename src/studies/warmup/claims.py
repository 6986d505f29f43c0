"""Claim C14.c: warm-up allows a larger learning rate."""

from collections.abc import Iterator, Mapping, Sequence

import pandas as pd

from src.core.result import Result
from src.protocol.claims import Claim, RunsMissing, settle_each
from src.studies.warmup.trained import KEYS, allowance

BASELINE = "constant"
KINDS = ("c",)
NEEDED = f"needs schedule={BASELINE} and a warm-up of one optimizer on one problem from one initialization"


def verdicts(claims: Mapping[str, Claim], cells: Sequence[Result]) -> tuple[pd.DataFrame, dict[str, str]]:
    """The ``verdicts`` table, one row per problem, initialization, method and warm-up, and the claims that lack runs.

    Args:
        claims: ``C14.c``.
        cells: runs whose ``about`` holds bare names of methods.
    """
    by = {tuple(cell.about[key] for key in KEYS): cell for cell in cells}
    pairs = [
        (key, cell, by[*key[:-1], BASELINE])
        for key, cell in by.items()
        if key[-1] != BASELINE and (*key[:-1], BASELINE) in by
    ]

    def rows(name: str, claim: Claim) -> Iterator[dict[str, object]]:
        if not pairs:
            raise RunsMissing(NEEDED)
        for (problem, init, method, schedule), cell, constant in pairs:
            settings = (
                f"{method} on {problem} from {init}, {schedule} against {BASELINE}, {cell.about['seeds']} seeds"
            )
            blocked = "; ".join(dict.fromkeys(filter(None, (cell.about["edges"], constant.about["edges"]))))
            yield claim.settle(name, allowance(cell, constant), settings, blocked)

    return settle_each(claims, rows)
