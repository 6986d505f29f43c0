"""Claims of row R61: the share of runs that are diagnosed right, with Wilson's interval."""

from collections.abc import Mapping

import pandas as pd

from src.protocol.claims import Claim, RunsMissing, settle_each
from src.statistics.intervals import wilson

# The runs that each kind of claim needs.
KINDS = {
    "held_out": "needs a problem of study.held_out with a test run of known true state",
    "tasks": "needs a problem of study.held_out with at least {enough} test runs of known true state",
    "seeds": "needs a problem outside study.held_out with a test run of known true state",
}


def verdicts(claims: Mapping[str, Claim], known: pd.DataFrame, enough: int) -> tuple[pd.DataFrame, dict[str, str]]:
    """The ``verdicts`` table, and the runs that the other claims lack.

    Args:
        claims: by name; the part after the last point is one of ``KINDS``.
        known: the runs of known true state.
        enough: test runs that a held-out problem must have to count as the worst.
    """
    test = known[known["split"] == "test"]
    parts = {"held_out": test[test["held_out"]], "seeds": test[~test["held_out"]]}
    counts = parts["held_out"].groupby("problem")["right"].agg(["mean", "size"])
    counts = counts[counts["size"] >= enough]
    if len(counts):
        parts["tasks"] = test[test["problem"] == str(counts["mean"].idxmin())]

    def settle(name: str, claim: Claim) -> list[dict[str, object]]:
        kind = name.rpartition(".")[2]
        part = parts.get(kind, test.iloc[:0])
        if part.empty:
            raise RunsMissing(KINDS[kind].format(enough=enough))
        estimate = wilson(float(part["right"].mean()), len(part))
        problems = ", ".join(dict.fromkeys(part["problem"]))
        return [claim.settle(name, estimate, f"{len(part)} runs of known state on {problems}")]

    return settle_each(claims, settle)
