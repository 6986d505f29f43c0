"""Rows of the ledger and of a study's verdicts as the page shows them."""

import math
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from pipelines.report.anchors import slug
from pipelines.report.forest_plot import ForestPlot, expected, forest_plot
from pipelines.report.numbers import number, with_interval
from pipelines.report.stored_tables import StudyTables
from pipelines.report.verdict_words import WORDS, VerdictWords, asserted_by
from src.protocol.ledger import LEVEL, Overall, sentence
from src.statistics.verdict import Verdict

HALVED, OTHER_ROOT = "half of the seeds", "another root seed"  # how a verdict was found again
SMALLEST_Q = 1e-4  # below which the page writes no digits: intervals do not bear them
DECIDED = (str(Verdict.SUPPORTED), str(Verdict.REFUTED))


@dataclass(frozen=True)
class ClaimRow:
    """One claim, or one claim under one setting.

    Attributes:
        claim, study: names.
        anchor: name of the row's place on the page.
        verdict: the verdict's name.
        words: sign, rule and advice of the verdict.
        advice: what the verdict means for this claim, or what to do about a verdict of its kind.
        prefix, statement, details: the claim in words, joined ``src.protocol.ledger.sentence``; one setting has the
            statement alone.
        setting, given: names of the setting, and what its interval takes as certain; empty for a claim.
        estimand, estimate: the quantity that was estimated, and its estimate.
        plot: the effect compared with the smallest effect of interest, None where it is unknown.
        effect, expected: effect with interval, and what the claim expects; empty where nothing was measured.
        q: the q-value, NaN where there is none.
        differences: what changes the verdict, as (how, the other verdict).
        standing, changed, rule_date: registered or explored, what was changed, and since when the rule stands.
        asserted_by: who asserts the claim.
        settings: number of settings.
        reason: of the verdict.
    """

    claim: str
    study: str
    anchor: str
    verdict: str
    words: VerdictWords
    advice: str
    prefix: str
    statement: str
    details: str
    setting: str
    given: str
    estimand: str
    estimate: float
    plot: ForestPlot | None
    effect: str
    expected: str
    q: float
    differences: tuple[tuple[str, str], ...]
    standing: str
    changed: str
    rule_date: str
    asserted_by: str
    settings: int
    reason: str

    @property
    def q_shown(self) -> str:
        """The q-value in words; one below SMALLEST_Q as such."""
        if math.isnan(self.q):
            return ""
        return number(self.q, 2) if self.q >= SMALLEST_Q else f"< {number(SMALLEST_Q)}"

    @property
    def further_reason(self) -> str:
        """The reason of the verdict where it says more than the interval and the smallest effect do."""
        return "" if self.reason.startswith("[") else self.reason

    @property
    def rank(self) -> int:
        """Place of the verdict in the order of ``Overall``."""
        return list(Overall).index(Overall(self.verdict))


def claim_rows(ledger: pd.DataFrame, verdicts: pd.DataFrame, studies: Iterable[StudyTables]) -> list[ClaimRow]:
    """One row per claim of the ledger, in its order; what its verdict means is told by its study."""
    meanings = {study.name: study.meanings for study in studies}
    return [
        _claim_row(row, verdicts, meanings.get(row["study"], {}).get(row["claim"], {}))
        for row in ledger.to_dict("records")
    ]


def setting_rows(verdicts: pd.DataFrame, study: str) -> list[ClaimRow]:
    """One row per claim and setting of ``study``."""
    return [_setting_row(row) for row in verdicts[verdicts["study"] == study].to_dict("records")]


def expected_wrong(verdicts: pd.DataFrame) -> tuple[int, float]:
    """Number of settings that are decided at LEVEL, and how many of these at most are expected to be wrong."""
    held = int(verdicts["verdict_fdr"].isin(DECIDED).sum())
    return held, LEVEL * held


def _claim_row(row: Mapping[Hashable, Any], verdicts: pd.DataFrame, meaning: Mapping[str, str]) -> ClaimRow:
    own = verdicts[(verdicts["claim"] == row["claim"]) & (verdicts["study"] == row["study"])]
    others = list(zip(own["estimate"], own["verdict"], strict=True)) if len(own) > 1 else []
    decided = own.loc[own["verdict"].isin(DECIDED), "q"].to_numpy(np.float64)
    q = decided[~np.isnan(decided)]
    words = WORDS[Overall(str(row["verdict"]))]
    prefix, statement, details = sentence(row).partition(str(row["statement"]))
    return _shared(
        row,
        others,
        anchor=slug("claim", str(row["study"]), str(row["claim"])),
        words=words,
        advice=meaning.get(str(row["verdict"]), words.advice).strip(),
        prefix=prefix,
        statement=statement,
        details=details.strip(),
        setting="",
        given="",
        q=float(q.max()) if q.size else float("nan"),
        standing=str(row["standing"]),
        changed=str(row["changed"]),
        rule_date=str(row["rule_date"]),
        asserted_by=asserted_by(str(row["asserted_by"])),
        settings=0 if math.isnan(row["settings"]) else int(row["settings"]),
    )


def _setting_row(row: Mapping[Hashable, Any]) -> ClaimRow:
    return _shared(
        row,
        [],
        anchor=slug("claim", str(row["study"]), str(row["claim"])),
        words=WORDS[Overall(str(row["verdict"]))],
        advice="",
        prefix="",
        statement=str(row["statement"]),
        details="",
        setting=str(row["settings"]),
        given=str(row["given"]),
        q=float(row["q"]),
        standing="",
        changed="",
        rule_date="",
        asserted_by="",
        settings=1,
    )


def _shared(row: Mapping[Hashable, Any], others: list[tuple[float, str]], **own: Any) -> ClaimRow:
    effect = (float(row["estimate"]), float(row["low"]), float(row["high"]))
    threshold, direction = float(row["smallest_effect"]), str(row["direction"])
    verdict = str(row["verdict"])
    columns = (("verdict_fdr", "false discovery rate held"), ("half_seeds", HALVED), ("other_root", OTHER_ROOT))
    retested = [(how, str(row[name])) for name, how in columns]
    measured = not math.isnan(threshold)
    return ClaimRow(
        claim=str(row["claim"]),
        study=str(row["study"]),
        verdict=verdict,
        estimand=str(row["estimand"]),
        estimate=effect[0],
        plot=forest_plot(effect, threshold, direction, others),
        effect=with_interval(*effect) if measured else "",
        expected=expected(threshold, direction) if measured else "",
        differences=tuple((how, other) for how, other in retested if other not in ("", verdict)),
        reason=str(row["reason"]),
        **own,
    )
