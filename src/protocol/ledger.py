"""The ledger of claims: every row of verdicts with its p-value, and one verdict per claim by a stated rule."""

import hashlib
from collections.abc import Hashable, Mapping, Sequence
from enum import StrEnum
from typing import Any

import numpy as np
import pandas as pd

from src.protocol.claims import Claim
from src.statistics.multiplicity import benjamini_hochberg, p_value_of_interval
from src.statistics.verdict import Verdict

LEVEL = 0.05  # of the false discovery rate over the whole ledger
CARDS = (
    "claim",  # row of docs/reference.md, or a part of a row
    "statement",  # a sentence that is true or false
    "estimand",  # the quantity that is estimated, with its unit
    "smallest_effect",  # what the whole interval must lie beyond
    "direction",  # on which side
    "fewest_seeds",  # below which there is no verdict
    "rule",  # digest of the five columns before: what decides on the verdict
    "root_seed",  # of the runs that were judged
    "standing",  # registered: the rule stood before any run on this root seed; explored: it was changed after a look
    "changed",  # what was changed after a look at results, of this root seed or of another; empty where nothing was
)
RETESTED = ("half_seeds", "other_root")  # columns of further verdicts on the same row
LEDGER = (
    "claim",
    "study",
    "statement",
    "asserted_by",  # N: the textbook; T: theory or the literature (docs/reference.md)
    "standing",
    "verdict",  # over all settings: supported, refuted, mixed, inconclusive or blocked
    "verdict_fdr",  # the same after the false discovery rate over the whole ledger is held at LEVEL
    "half_seeds",  # the same from half of the seeds; empty where no row of the claim depends on seeds
    "other_root",  # the same from few seeds of another root seed; empty where these were not run
    "settings",  # number of settings under which it was judged
    "supported",
    "refuted",
    "inconclusive",
    "blocked",
    "estimate",  # of the setting at the median of the estimates
    "low",
    "high",
    "smallest_effect",
    "direction",
    "estimand",
    "reason",  # of the verdict, in words
    "changed",
    "rule",
    "rule_date",  # since when the rule stands as it is (docs/rules.csv); empty where it is not registered
    "root_seed",
    "profile",
)


class Overall(StrEnum):
    """Verdict on a claim over all settings under which it was judged."""

    SUPPORTED = "supported"  # more than half of the settings support it, none refutes it
    REFUTED = "refuted"  # more than half of the settings refute it, none supports it
    MIXED = "mixed"  # some settings support it and others refute it: it depends
    INCONCLUSIVE = "inconclusive"  # anything else
    BLOCKED = "blocked"  # no setting allowed a fair comparison, or the laboratory has none


def rule_digest(claim: Claim) -> str:
    """Digest of what decides on a claim's verdict, 12 hexadecimal digits."""
    words = (claim.statement, claim.estimand, claim.smallest_effect, claim.direction, claim.fewest_seeds)
    return hashlib.sha256("\0".join(map(str, words)).encode()).hexdigest()[:12]


def cards_table(claims: Mapping[str, Claim], root_seed: int) -> pd.DataFrame:
    """One row per claim of a study, columns CARDS."""
    rows = [
        (
            name,
            claim.statement,
            claim.estimand,
            claim.smallest_effect,
            claim.direction,
            claim.fewest_seeds,
            rule_digest(claim),
            root_seed,
            "explored" if root_seed in claim.seen_roots else "registered",
            claim.changed,
        )
        for name, claim in claims.items()
    ]
    return pd.DataFrame(rows, columns=list(CARDS))


def overall(verdicts: Sequence[str]) -> Overall:
    """The verdict on a claim from those under its settings; blocked settings neither support nor refute."""
    judged = [verdict for verdict in verdicts if verdict != Verdict.BLOCKED]
    supported, refuted = (sum(verdict == kind for verdict in judged) for kind in (Verdict.SUPPORTED, Verdict.REFUTED))
    if not judged:
        return Overall.BLOCKED
    if supported and refuted:
        return Overall.MIXED
    if 2 * max(supported, refuted) > len(judged):
        return Overall.SUPPORTED if supported else Overall.REFUTED
    return Overall.INCONCLUSIVE


def with_discovery_rate(verdicts: pd.DataFrame) -> pd.DataFrame:
    """``verdicts`` of the whole ledger with columns p, q and verdict_fdr.

    p is that of "the effect is the smallest effect of interest", from the interval; q is p adjusted over all rows so
    that of the rows with q at most LEVEL an expected share of at most LEVEL is wrong (Benjamini & Hochberg 1995).
    verdict_fdr is the verdict where q is at most LEVEL, and inconclusive where it is not.
    """
    numbers = {name: pd.to_numeric(verdicts[name], errors="coerce") for name in ("estimate", "low", "high")}
    rule = pd.to_numeric(verdicts["smallest_effect"], errors="coerce")
    p = np.array(
        [
            p_value_of_interval(*row)
            for row in zip(numbers["estimate"], numbers["low"], numbers["high"], rule, strict=True)
        ]
    )
    p[(verdicts["verdict"] == Verdict.BLOCKED).to_numpy()] = np.nan
    q = np.full_like(p, np.nan)
    q[~np.isnan(p)] = benjamini_hochberg(p[~np.isnan(p)])
    decided = verdicts["verdict"].isin([Verdict.SUPPORTED, Verdict.REFUTED])
    held = verdicts["verdict"].mask(decided & ~(q <= LEVEL), str(Verdict.INCONCLUSIVE))
    return verdicts.assign(p=p, q=q, verdict_fdr=held)


def ledger_table(
    cards: pd.DataFrame,
    verdicts: pd.DataFrame,
    references: Mapping[str, tuple[str, str]],
    rules: Mapping[tuple[str, str, str], str],
) -> pd.DataFrame:
    """One row per claim and study, columns LEDGER; a claim of the reference that no study has is blocked.

    Args:
        cards: cards of all studies, with columns study, root_seed and profile.
        verdicts: ``with_discovery_rate`` of all studies' verdicts, with a column study.
        references: what is said of each row of docs/reference.md, as (asserted by, statement), by its name.
        rules: since when a rule stands, by study, claim and digest.
    """
    rows = [_row(card, verdicts, references) for card in cards.to_dict("records")]
    for row in rows:
        row["rule_date"] = rules.get((str(row["study"]), str(row["claim"]), str(row["rule"])), "")
    there = {_reference(str(row["claim"])) for row in rows}
    rows += [
        dict.fromkeys(LEDGER, "")
        | {"claim": name, "statement": statement, "asserted_by": asserted_by, "verdict": str(Overall.BLOCKED)}
        | {"verdict_fdr": str(Overall.BLOCKED), "settings": 0, "reason": "not yet in the laboratory"}
        for name, (asserted_by, statement) in references.items()
        if name.startswith("C") and name not in there
    ]
    rows.sort(key=lambda row: _place(str(row["claim"])))
    return pd.DataFrame(rows, columns=list(LEDGER))


def study_rows(cards: pd.DataFrame, verdicts: pd.DataFrame) -> list[dict[Hashable, Any]]:
    """Rows of one study's claims as the ledger has them, in the study's order.

    Without the columns study and asserted_by, and before the discovery rate is held, which needs all studies.

    Args:
        cards: ``cards_table`` of the study.
        verdicts: ``verdicts`` table of the study.
    """
    alone = verdicts.assign(study="", verdict_fdr=verdicts["verdict"])
    own = cards.fillna({"changed": ""}).assign(study="")
    return [dict[Hashable, Any](_row(card, alone, {}).items()) for card in own.to_dict("records")]


def _reference(claim: str) -> str:
    """The row of docs/reference.md that a claim belongs to: C9 of C9.a."""
    return claim.partition(".")[0]


def _place(claim: str) -> tuple[str, int]:
    """C2 before C10, and both before R61; the parts of one row stay in the order of their study."""
    reference = _reference(claim)
    return reference[:1], int(reference[1:]) if reference[1:].isdecimal() else 0


def _row(
    card: Mapping[Hashable, Any], verdicts: pd.DataFrame, references: Mapping[str, tuple[str, str]]
) -> dict[str, object]:
    own = verdicts[(verdicts["claim"] == card["claim"]) & (verdicts["study"] == card["study"])]
    counts = {str(kind): int((own["verdict"] == kind).sum()) for kind in Verdict}
    halves, others = (own[name].fillna("") if name in own else pd.Series("", own.index) for name in RETESTED)
    halved = own["verdict"].where(halves == "", halves)
    elsewhere = others[others != ""]
    middle = _median_setting(own)
    verdict = overall(list(own["verdict"]))
    return {
        **{name: card[name] for name in LEDGER if name in card},
        "asserted_by": references.get(_reference(str(card["claim"])), ("", ""))[0],
        "verdict": str(verdict),
        "verdict_fdr": str(overall(list(own["verdict_fdr"]))),
        "half_seeds": str(overall(list(halved))) if (halves != "").any() else "",
        "other_root": str(overall(list(elsewhere))) if len(elsewhere) else "",
        "settings": len(own),
        **counts,
        **{name: middle.get(name, np.nan) for name in ("estimate", "low", "high")},
        "reason": _reason(own, counts),
    }


def _median_setting(own: pd.DataFrame) -> Mapping[Hashable, Any]:
    """The row of a claim's verdicts that holds the median of their estimates, the lower one of two; empty: none."""
    known = own.dropna(subset=["estimate"]).sort_values("estimate", kind="stable")
    return known.iloc[(len(known) - 1) // 2].to_dict() if len(known) else {}


def verdict_tags(verdicts: pd.DataFrame) -> dict[str, str]:
    """The verdict on each claim over all its settings, under ``verdict.CLAIM``."""
    return {f"verdict.{claim}": str(overall(list(own["verdict"]))) for claim, own in verdicts.groupby("claim")}


def verdict_metrics(verdicts: pd.DataFrame) -> dict[str, float]:
    """Effect of each claim with its interval, of the setting at the median, as ``effect.CLAIM``; finite ones only."""
    found = {}
    for claim, own in verdicts.groupby("claim"):
        middle = _median_setting(own)
        for name, column in (("effect", "estimate"), ("effect_low", "low"), ("effect_high", "high")):
            if np.isfinite(value := float(middle.get(column, np.nan))):
                found[f"{name}.{claim}"] = value
    return found


def _reason(own: pd.DataFrame, counts: Mapping[str, int]) -> str:
    """Why the verdict is what it is: the only setting's own reason, or how many settings say what."""
    if own.empty:
        return "the study lacks the runs that it needs"
    if len(own) == 1:
        return str(own["reason"].iloc[0])
    told = ", ".join(f"{count} {kind}" for kind, count in counts.items() if count)
    return f"{len(own)} settings: {told}"


def with_interval(value: float, low: float, high: float) -> str:
    """``value [low, high]`` in three digits; without brackets where the interval is unknown."""
    if np.isnan(value):
        return "unknown"
    return f"{value:.3g}" if np.isnan([low, high]).any() else f"{value:.3g} [{low:.3g}, {high:.3g}]"


def sentence(row: Mapping[Hashable, Any]) -> str:
    """A row of the ledger in words: the verdict, the statement, the effect, and how sure that is."""
    verdict = Overall(str(row["verdict"]))
    if not row["settings"]:
        return f"No verdict: {row['statement']} Reason: {row['reason']}."
    said = {
        Overall.SUPPORTED: "Supported",
        Overall.REFUTED: "Refuted",
        Overall.MIXED: "It depends",
        Overall.INCONCLUSIVE: "Undecided",
        Overall.BLOCKED: "No verdict",
    }[verdict]
    effect = with_interval(row["estimate"], row["low"], row["high"])
    several = "" if row["settings"] == 1 else f"; this is the median one of {row['settings']} settings"
    sides = {"above": "more than", "below": "less than"}
    parts = [
        f"{said}: {row['statement']}",
        f"Effect {effect}; the claim expects {sides[str(row['direction'])]} {row['smallest_effect']:g}{several}.",
    ]
    if row["settings"] > 1:
        parts.append(f"{row['reason'].partition(': ')[2].capitalize()}.")
    elif verdict == Overall.BLOCKED:
        parts.append(f"Reason: {row['reason']}.")
    if row["verdict_fdr"] != row["verdict"]:
        parts.append(f"With the false discovery rate of the whole ledger held: {row['verdict_fdr']}.")
    if row["half_seeds"] not in ("", row["verdict"]):
        parts.append(f"From half of the seeds: {row['half_seeds']}.")
    if row["other_root"] not in ("", row["verdict"]):
        parts.append(f"From fewer seeds, of another root seed: {row['other_root']}.")
    if row["standing"] == "explored":
        parts.append(f"Explored: after a look at results of this root seed, {row['changed']} changed.")
    elif row["changed"]:
        parts.append(
            f"After a look at results of another root seed, {row['changed']} changed; this verdict is fresh."
        )
    return " ".join(parts)
