"""A claim that a study settles: its statement and the rule of its verdict, which stand in the study's yaml."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from src.core.checks import check_choice, check_count, check_number, field_error
from src.protocol.prose import comparisons, numbers
from src.statistics.intervals import CONFIDENCE, Estimate, minimum_sample_size
from src.statistics.verdict import Direction, Verdict, judge

VERDICTS = (
    "claim",  # row of docs/reference.md, as C8, or a part of a row, as C10.a
    "statement",  # a sentence that is true or false
    "estimand",  # the quantity that is estimated, with its unit
    "settings",  # under which it was judged
    "estimate",  # the effect
    "low",  # lower end of its 95 % interval
    "high",  # upper end
    "smallest_effect",  # what the whole interval must lie beyond
    "direction",  # on which side
    "verdict",  # supported, refuted, inconclusive or blocked
    "reason",  # why
    "given",  # what the interval takes as certain: the choices made on tuning seeds
    "half_seeds",  # the verdict from half of the seeds; empty where the row does not depend on them
)

# Verdicts over all settings (src.protocol.ledger.Overall) that a claim may explain; a blocked one says why by itself.
EXPLAINED = ("supported", "refuted", "mixed", "inconclusive")


@dataclass(frozen=True, kw_only=True)
class Claim:
    """One statement and the rule of its verdict.

    Attributes:
        statement: a whole sentence with its subject, true or false, that can be read alone.
        estimand: the quantity that decides on the statement, with its unit.
        smallest_effect: smallest effect of interest, on the estimand's own scale.
        direction: ``above`` or ``below``: on which side of it the claim expects the effect.
        fewest_seeds: seeds below which there is no verdict, since the estimand's interval would promise too much; at
            least 1.
        changed: what of the rule, or of the settings, was changed after a look at results; empty where nothing was.
        seen_roots: root seeds of the results that were looked at before. On any other the verdict is a fresh one.
        meaning: for some verdicts over all settings, one or two sentences that explain the verdict or say what to do
            about it. A text is shown only when the verdict is that one, and states no number.
    """

    statement: str
    estimand: str
    smallest_effect: float
    direction: str
    fewest_seeds: int = minimum_sample_size(CONFIDENCE)
    changed: str = ""
    seen_roots: Sequence[int] = ()
    meaning: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        check_number(self, "smallest_effect")
        check_count(self, "fewest_seeds")
        check_choice(self, "direction", ("above", "below"))
        if bool(self.changed) != bool(self.seen_roots):
            raise field_error(self, "seen_roots", self.seen_roots, "given with changed, and only then")
        for verdict, text in self.meaning.items():
            if verdict not in EXPLAINED:
                raise field_error(self, "meaning", verdict, "by verdict: " + ", ".join(EXPLAINED))
            if stated := [*comparisons(text), *numbers(text)]:
                raise field_error(self, f"meaning.{verdict}", stated[0], "without numbers, which the tables state")

    def settle(self, name: str, estimate: Estimate, settings: str, blocked: str = "") -> dict[str, object]:
        """One row of the ``verdicts`` table; ``blocked`` is the reason why no verdict may be given, or nothing."""
        side: Direction = "above" if self.direction == "above" else "below"
        judged = judge(estimate, smallest_effect=self.smallest_effect, direction=side, blocked=blocked)
        rule = (self.smallest_effect, self.direction)
        values = (
            name,
            self.statement,
            self.estimand,
            settings,
            *estimate,
            *rule,
            str(judged.verdict),
            judged.reason,
            "",
            "",
        )
        return dict(zip(VERDICTS, values, strict=True))


def without_too_few_seeds(verdicts: pd.DataFrame, claims: Mapping[str, Claim], seeds: int) -> pd.DataFrame:
    """``verdicts``, in which what so few ``seeds`` would support or refute is inconclusive, with the reason.

    An interval at a higher level than usual takes more seeds, unless a claim says that few are enough.
    """
    usual, here = minimum_sample_size(CONFIDENCE), minimum_sample_size()
    fewest = {name: max(claim.fewest_seeds, here * (claim.fewest_seeds >= usual)) for name, claim in claims.items()}
    few = verdicts["claim"].map(lambda name: seeds < fewest[name]).astype(bool)
    few &= verdicts["verdict"].isin([str(Verdict.SUPPORTED), str(Verdict.REFUTED)])
    if not few.any():
        return verdicts
    settled = verdicts.copy()
    least = settled.loc[few, "claim"].map(fewest).astype(str)
    settled.loc[few, "reason"] = f"{seeds} of at least " + least + " seeds: " + settled.loc[few, "reason"]
    settled.loc[few, "verdict"] = str(Verdict.INCONCLUSIVE)
    return settled


class RunsMissing(Exception):  # noqa: N818 (a narrowed grid is no fault)
    """A sweep lacks the runs that a claim needs; the message names them."""


def settle_each(
    claims: Mapping[str, Claim], settle: Callable[[str, Claim], Iterable[Mapping[str, object]]]
) -> tuple[pd.DataFrame, dict[str, str]]:
    """The ``verdicts`` table, and for each claim that could not be settled which runs the sweep lacks.

    Args:
        claims: by name.
        settle: rows of one claim, given its name and the claim; raises RunsMissing where the sweep is too narrow.
    """
    rows, missing = list[Mapping[str, object]](), dict[str, str]()
    for name, claim in claims.items():
        try:
            own = list(settle(name, claim))
        except RunsMissing as reason:
            missing[name] = str(reason)
            continue
        rows.extend(own)
        if not own:
            missing[name] = "the sweep holds none of the runs that the claim needs"
    return verdicts_table(rows), missing


def check_kinds(owner: object, claims: Mapping[str, Claim], kinds: Sequence[str]) -> None:
    """Raise FieldError unless each claim's name ends in one of ``kinds``: what ``owner`` can settle, as C8.KIND."""
    for name in claims:
        if name.rpartition(".")[2] not in kinds:
            raise field_error(owner, "claims", name, "a claim and one of its parts, " + ", ".join(kinds))


def verdicts_table(rows: Sequence[Mapping[str, object]]) -> pd.DataFrame:
    """The ``verdicts`` table, one row per claim and setting."""
    return pd.DataFrame(rows, columns=list(VERDICTS))
