"""A claim that a study settles: what it says and the rule of its verdict, which stand in yaml before any run."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from src.core.checks import check_choice, check_number, refuse
from src.statistics.intervals import Estimate
from src.statistics.verdict import Direction, judge

VERDICTS = (
    "claim",  # row of the reference, as C8; with a letter where one row says several things
    "says",  # the statement in words
    "settings",  # under which it was judged
    "estimate",  # the effect
    "low",  # lower end of its 95 % interval
    "high",  # upper end
    "smallest_effect",  # what the whole interval must lie beyond
    "direction",  # on which side
    "verdict",  # supported, refuted, inconclusive or blocked
    "reason",  # why
)


@dataclass(frozen=True, kw_only=True)
class Claim:
    """One statement and the rule of its verdict.

    Attributes:
        says: the statement in words, with the estimand and its unit.
        smallest_effect: smallest effect of interest, on the estimand's own scale.
        direction: ``above`` or ``below``: on which side of it the claim expects the effect.
    """

    says: str
    smallest_effect: float
    direction: str

    def __post_init__(self) -> None:
        check_number(self, "smallest_effect")
        check_choice(self, "direction", ("above", "below"))

    def settle(self, name: str, estimate: Estimate, settings: str, blocked: str = "") -> dict[str, object]:
        """One row of the ``verdicts`` table; ``blocked`` says why no verdict may be given."""
        side: Direction = "above" if self.direction == "above" else "below"
        judged = judge(estimate, smallest_effect=self.smallest_effect, direction=side, blocked=blocked)
        rule = (self.smallest_effect, self.direction)
        values = (name, self.says, settings, *estimate, *rule, str(judged.verdict), judged.reason)
        return dict(zip(VERDICTS, values, strict=True))


def check_kinds(owner: object, claims: Mapping[str, Claim], kinds: Sequence[str]) -> None:
    """Raise FieldError unless each claim's name ends in one of ``kinds``: what ``owner`` can settle, as C8.KIND."""
    for name in claims:
        if name.rpartition(".")[2] not in kinds:
            raise refuse(owner, "claims", name, "a claim and one of its parts, " + ", ".join(kinds))


def verdicts_table(rows: Sequence[Mapping[str, object]]) -> pd.DataFrame:
    """The ``verdicts`` table, one row a claim and setting."""
    return pd.DataFrame(rows, columns=list(VERDICTS))
