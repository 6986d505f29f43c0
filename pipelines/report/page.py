"""The page: what the templates are given."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import jinja2
from markupsafe import Markup, escape

from pipelines.overview import FULL
from pipelines.report import forest_plot
from pipelines.report.anchors import slug
from pipelines.report.claim_rows import HALVED, OTHER_ROOT, ClaimRow, claim_rows, expected_wrong, setting_rows
from pipelines.report.method_tables import appearances, base_name, rankings
from pipelines.report.numbers import number, percent
from pipelines.report.pictures import embedded
from pipelines.report.stored_tables import (
    StudyTables,
    profile_of,
    read_claims,
    read_study,
    read_verdicts,
    study_names,
)
from pipelines.report.table_cells import ShownTable, shown_table
from pipelines.report.verdict_words import WORDS
from src.command.help_text import names
from src.plotting.palettes import colour
from src.protocol.ledger import LEVEL, Overall
from src.protocol.summary import HEADLINE
from src.statistics.intervals import CONFIDENCE

MOST_ROWS = 40  # of a table that is shown
RUNS = "diagnoses"  # the table with one row per run, which is always shown
SHOWN_APART = ("headline", "verdicts", "claims")
TEMPLATES = Path(__file__).parent / "templates"


@dataclass(frozen=True)
class Figure:
    """A picture: its name, its place on the page, the address that holds it, and its size in pixels."""

    name: str
    anchor: str
    address: str
    width: int
    height: int


@dataclass(frozen=True)
class StudySection:
    """Everything about one study.

    Attributes:
        about: the study's texts.
        anchor: name of the section's place.
        counts: number of claims by verdict, of verdicts that occur.
        headline: headline numbers, None where the study has not run.
        settings: verdicts under each setting.
        figures: pictures.
        small: tables that are shown.
        large: further tables, as (file, rows, columns).
        profiles: profiles other than the full one that made any of it.
    """

    about: StudyTables
    anchor: str
    counts: dict[str, int]
    headline: ShownTable | None
    settings: list[ClaimRow]
    figures: list[Figure]
    small: list[ShownTable]
    large: list[tuple[str, int, int]]
    profiles: list[str]


def counts(rows: Sequence[ClaimRow]) -> dict[str, int]:
    """Number of rows by verdict, in the order of ``Overall``, without those that do not occur."""
    found = {str(kind): sum(row.verdict == kind for row in rows) for kind in Overall}
    return {kind: count for kind, count in found.items() if count}


def study_section(study: StudyTables, claims: Sequence[ClaimRow], settings: list[ClaimRow]) -> StudySection:
    """The section of one study."""
    further = {name: table for name, table in study.tables.items() if name not in SHOWN_APART and len(table.columns)}
    small = [name for name, table in further.items() if len(table) and (len(table) <= MOST_ROWS or name == RUNS)]
    large = {name: table for name, table in further.items() if name not in small and len(table)}
    headline = study.tables.get("headline")
    return StudySection(
        study,
        slug("study", study.name),
        counts([row for row in claims if row.study == study.name]),
        None if headline is None else shown_table("headline", headline, HEADLINE),
        settings,
        [Figure(path.stem, slug("figure", study.name, path.stem), *embedded(path)) for path in study.figures],
        [shown_table(name, further[name]) for name in small],
        [(f"results/{study.name}/{name}.csv", len(table), len(table.columns)) for name, table in large.items()],
        sorted({profile_of(table) for table in study.tables.values()} - {FULL}),
    )


def code_spans(text: str) -> Markup:
    """``text`` escaped, with its parts between backticks as code."""
    parts = [
        Markup("<code>{}</code>").format(one) if place % 2 else escape(one)
        for place, one in enumerate(text.split("`"))
    ]
    return Markup("").join(parts)


def environment() -> jinja2.Environment:
    """Templates that escape every text they are given."""
    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.filters |= {"number": number, "percent": percent, "code_spans": code_spans}
    made.globals |= {"slug": slug, "colour": colour, "base_name": base_name, "drawing": forest_plot, "words": WORDS}
    return made


def report_page(root: Path) -> tuple[str, list[StudySection], list[ClaimRow]]:
    """The page of the project at ``root`` as HTML, with the sections and claims that it holds."""
    ledger, verdicts = read_claims(root / "results"), read_verdicts(root / "results")
    studies = [read_study(root, name) for name in study_names(root)]
    claims = claim_rows(ledger, verdicts, studies)
    sections = [study_section(study, claims, setting_rows(verdicts, study.name)) for study in studies]
    held, wrong = expected_wrong(verdicts)
    methods, problems = _known(root, studies)
    text = (
        environment()
        .get_template("index.html")
        .render(
            claims=claims,
            counts=counts(claims),
            explored=sum(row.standing == "explored" for row in claims),
            halved=sum(HALVED in dict(row.differences) for row in claims),
            other_root=sum(OTHER_ROOT in dict(row.differences) for row in claims),
            rerun=bool((ledger["other_root"] != "").any()),
            judged=len(verdicts),
            held=held,
            wrong=wrong,
            level=LEVEL,
            confidence=CONFIDENCE,
            sections=sections,
            profiles=sorted({profile for section in sections for profile in section.profiles}),
            none_known=float("nan"),
            methods=methods,
            problems=problems,
            rankings=rankings(studies),
        )
    )
    return text, sections, claims


def _known(root: Path, studies: Sequence[StudyTables]) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """Studies by method and by problem; a method is what has a yaml, or anything where there are no yamls."""
    methods, problems = appearances(studies, "method"), appearances(studies, "problem")
    configured = {name for group in ("optimizer", "search") for name in names(root / "conf", group)}
    return {name: own for name, own in methods.items() if name in configured or not configured}, problems
