"""The page of a study in Markdown: question, findings and numbers, rendered from the tables of its sweep alone.

No sentence of the page states a result by hand. A study whose folder holds a ``page.md.j2`` has a page of its own,
which may extend the shared one by ``{% extends "page.md.j2" %}``.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import jinja2
import pandas as pd

from src.core.result import Result
from src.plotting.catalogue import folders_of
from src.protocol.ledger import Overall, sentence, study_rows, with_interval
from src.protocol.study import Study
from src.protocol.summary import StudyError
from src.statistics.intervals import CONFIDENCE

PAGE = "page.md"
TEMPLATE = "page.md.j2"
SHARED = Path(__file__).parent


class PageError(StudyError):
    """A study's page cannot be rendered, or one of its sentences no longer holds."""


@dataclass(frozen=True)
class Finding:
    """A claim and its verdict over all settings.

    Attributes:
        claim: name of the claim.
        verdict: supported, refuted, mixed, inconclusive or blocked.
        effect: the effect with its interval, of the setting at the median; ``unknown`` where no run gives one.
        sentence: verdict, statement, effect and how sure the verdict is, in words.
        estimand: the quantity that is estimated.
        meaning: the claim's text for this verdict; empty where it has none.
    """

    claim: str
    verdict: str
    effect: str
    sentence: str
    estimand: str
    meaning: str


def templates(target: str) -> list[Path]:
    """The shared template, then the one in the package of ``target`` (``_target_`` of a study), if there is one."""
    package = target.rpartition(".")[0].rpartition(".")[0]
    own = [path for path in (folder / TEMPLATE for folder in folders_of(package)) if path.is_file()]
    return [SHARED / TEMPLATE, *own[:1]]


def study_page(study: Study, gathered: Result, target: str) -> str:
    """The page of ``study``.

    Args:
        study: with its claims, if it has any.
        gathered: tables that every study owes (src.protocol.summary), and what the sweep lacks the runs for.
        target: ``_target_`` of the study.

    Raises:
        PageError: the template is wrong, or a sentence's condition does not hold; the message is one line.
    """
    path = templates(target)[-1]
    where = f"study {study.name}: {path.parent.name}/{path.name}"
    findings = _findings(study, gathered)
    own = jinja2.PrefixLoader({"own": jinja2.FileSystemLoader(path.parent)})
    environment = jinja2.Environment(
        loader=jinja2.ChoiceLoader([jinja2.FileSystemLoader(SHARED), own]),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # Markdown; who shows it, as MLflow and GitHub do, leaves scripts out
    )
    environment.globals |= _questions(findings, where)
    verdicts = gathered.tables.get("verdicts")
    known = {
        "study": study,
        "profile": str(gathered.about.get("profile", "full")),
        "findings": findings,
        "headline": _headline(gathered.tables["headline"]),
        "given": [] if verdicts is None else [one for one in verdicts["given"].dropna().unique() if one],
        "missing": gathered.missing,
        "confidence": f"{100 * CONFIDENCE:g}",
        "looks": gathered.tables["looks"][["look", "seeds"]].max().to_dict() if "looks" in gathered.tables else None,
    }
    try:
        return environment.get_template(f"own/{TEMPLATE}").render(known)
    except jinja2.TemplateError as error:
        line = getattr(error, "lineno", None)
        raise PageError(f"{where}{f', line {line}' if line else ''}: {error}") from error


def _questions(findings: Sequence[Finding], where: str) -> dict[str, object]:
    """Functions that a template may call, each with the name of a claim."""
    by_claim = {finding.claim: finding for finding in findings}

    def found(claim: str) -> Finding:
        if claim not in by_claim:
            raise PageError(f"{where}: {claim} must be one of the study's claims, {', '.join(by_claim) or 'none'}")
        return by_claim[claim]

    def holds(claim: str, *expected: str) -> str:
        """Nothing where the verdict is one of ``expected``."""
        verdict = found(claim).verdict
        if unknown := set(expected) - set(Overall):
            raise PageError(f"{where}: {min(unknown)} must be a verdict: {', '.join(Overall)}")
        if verdict not in expected:
            wanted = " or ".join(expected)
            raise PageError(f"{where}: {claim} is {verdict}, not {wanted}; change the sentence that says {wanted}")
        return ""

    return {
        "verdict": lambda claim: found(claim).verdict,
        "effect": lambda claim: found(claim).effect,
        "sentence": lambda claim: found(claim).sentence,
        "meaning": lambda claim: found(claim).meaning,
        "holds": holds,
    }


def _findings(study: Study, gathered: Result) -> list[Finding]:
    """The study's claims in its own order; none where it makes no claim."""
    claims = getattr(study, "claims", None)
    if not claims:
        return []
    found = []
    for row in study_rows(gathered.tables["claims"], gathered.tables["verdicts"]):
        claim = str(row["claim"])
        if not row["settings"] and claim in gathered.missing:
            row["reason"] = gathered.missing[claim].rstrip(".")
        verdict, effect = str(row["verdict"]), [float(str(row[name])) for name in ("estimate", "low", "high")]
        found.append(
            Finding(
                claim,
                verdict,
                with_interval(*effect),
                sentence(row),
                str(row["estimand"]),
                claims[claim].meaning.get(verdict, "").strip(),
            )
        )
    return found


def _headline(table: pd.DataFrame) -> list[str]:
    """Each row of the ``headline`` table as a sentence."""
    sentences = []
    for row in table.to_dict("records"):
        value, low, high = (float(row[name]) for name in ("value", "low", "high"))
        unit = "" if str(row["unit"]) == "1" else f" {row['unit']}"
        sentences.append(f"`{row['quantity']}` is {with_interval(value, low, high)}{unit} ({row['about']}).")
    return sentences
