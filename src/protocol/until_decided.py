"""Test seeds in blocks until claims are decided: each look judges all seeds that are there, at its own level.

A look is an ordinary gathering of the study, whose intervals are at the look's confidence. A row of the verdicts that
is supported or refuted at one look stays so, with the interval of that look.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from src.core.result import Result
from src.protocol.join_seeds import join_seeds
from src.protocol.study import Study
from src.protocol.summary import StudyError, gather_study
from src.statistics.intervals import at_confidence
from src.statistics.looks import Look
from src.statistics.verdict import Verdict

LOOKED_AT = (
    "look",  # of a row of verdicts: number of the look that it is of
    "seeds",  # test seeds that were there
    "confidence",  # of its interval
)
HISTORY = ("claim", "settings", *LOOKED_AT, "estimate", "low", "high", "verdict")  # columns of the table ``looks``
DECIDED = (str(Verdict.SUPPORTED), str(Verdict.REFUTED))


@dataclass(frozen=True)
class Outcome:
    """What the looks have come to.

    Attributes:
        result: the study's gathered tables of the last look, at its level. Its ``verdicts`` have the columns
            LOOKED_AT, and ``looks`` holds every look's verdicts, columns HISTORY.
        looks: number of looks.
        seeds: test seeds that were spent on each run.
        decided: for each wanted claim the last look that decided one of its rows; None while a row is undecided.
    """

    result: Result
    looks: int
    seeds: int
    decided: dict[str, int | None]

    @property
    def metrics(self) -> dict[str, float]:
        """Seeds and looks that were spent, and the look at which each decided claim was."""
        at = {f"decided_at_look.{claim}": float(look) for claim, look in self.decided.items() if look is not None}
        return {"seeds_spent": float(self.seeds), "looks": float(self.looks), **at}


def until_decided(
    study: Study, block: Callable[[int], Sequence[Result]], looks: Sequence[Look], wanted: Sequence[str]
) -> Outcome:
    """Take blocks of test seeds until no row of the claims ``wanted`` is undecided, or the last look has been taken.

    Args:
        study: with claims.
        block: runs of all cells on a block of seeds, by the block's number from 0, in the same order of cells.
        looks: as planned (src.statistics.looks.plan_looks).
        wanted: names of claims; one that the sweep lacks the runs for is not waited for.

    Raises:
        StudyError: the runs cannot be joined by seeds.
    """
    blocks: list[Sequence[Result]] = []
    verdicts, history = pd.DataFrame(), list[pd.DataFrame]()
    for look in looks:
        while len(blocks) < look.blocks:
            blocks.append(block(len(blocks)))
        cells = [join_seeds(study, parts) for parts in zip(*blocks, strict=True)]
        seeds = int(cells[0].about["seeds"])
        result = look_at(study, cells, look)
        now = result.tables["verdicts"].assign(look=look.number, seeds=seeds, confidence=look.confidence)
        history.append(now[list(HISTORY)])
        verdicts = followed(verdicts, now)
        decided = {claim: decided_at(verdicts, claim) for claim in wanted if claim in set(verdicts["claim"])}
        if None not in decided.values():
            break
    if not history:
        raise StudyError(f"study {study.name}: no look is planned")
    tables = result.tables | {"verdicts": verdicts, "looks": pd.concat(history, ignore_index=True)}
    outcome = Outcome(replace(result, tables=tables), look.number, seeds, decided)
    return replace(outcome, result=replace(outcome.result, metrics=result.metrics | outcome.metrics))


def look_at(study: Study, cells: Sequence[Result], look: Look) -> Result:
    """The study's tables from ``cells``, all intervals at the look's confidence."""
    with at_confidence(look.confidence):
        return gather_study(study, cells)


def followed(earlier: pd.DataFrame, now: pd.DataFrame) -> pd.DataFrame:
    """Verdicts ``now``, with the rows that were decided ``earlier`` as they were then.

    The i-th row of a claim is the same one at every look: its words may name the number of seeds. Of a claim that has
    come to more or fewer rows none is kept; what is judged now holds as well.
    """
    if earlier.empty:
        return now
    parts = []
    for claim, own in now.groupby("claim", sort=False):
        before = earlier[earlier["claim"] == claim]
        if len(before) == len(own):
            kept = before["verdict"].isin(DECIDED).to_numpy()
            places = np.arange(len(own)) + len(own) * ~kept
            parts.append(pd.concat([before, own]).iloc[places])
        else:
            parts.append(own)
    return pd.concat(parts, ignore_index=True) if parts else now


def decided_at(verdicts: pd.DataFrame, claim: str) -> int | None:
    """The look at which the last row of ``claim`` was decided; None while one is undecided, blocked ones apart."""
    own = verdicts[verdicts["claim"] == claim]
    if (own["verdict"] == Verdict.INCONCLUSIVE).any():
        return None
    judged = own[own["verdict"] != Verdict.BLOCKED]
    return int(judged["look"].max()) if len(judged) else int(own["look"].max())
