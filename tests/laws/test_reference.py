"""Every row and claim that the project cites is in docs/reference.md, once, with the studies that settle it."""

import re
from collections import Counter
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
REFERENCE = (ROOT / "docs" / "reference.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| (R\d+|C\d+) \|(.*)\|$", re.M)
ROWS = dict(ROW.findall(REFERENCE))
NOT_YET = "Not yet in the laboratory"
# R6, C4, C14.c; not a part of a word (Cr2, R2D2) and not a colour or a number (#C12345).
CITED = re.compile(r"(?<![\w#.])(?:R(\d{1,2})|C(\d{1,2}))(?![\w%])")
SPAN = re.compile(r"(?<!\w)([RC])(\d{1,2})(?: to |[\u2013-])\1?(\d{1,2})(?!\w)")
# Parts of claims: a lower-case name behind the dot.
PART = re.compile(r"(?<![\w#.])[RC]\d{1,2}\.[a-z][\w-]*")
# Parts without their dot, as C10a and C18-units.
DOTLESS = re.compile(r"(?<![\w#])[RC]\d{1,2}-?[a-z]\w*")
FILES = [path for folder in ("src", "conf", "tests", "benchmarks") for path in sorted((ROOT / folder).rglob("*"))]
PAGES = [ROOT / name for name in ("README.md", "CONTRIBUTING.md")]
TEXTS = [path for path in (*FILES, *PAGES) if path.suffix in (".py", ".yaml", ".md") and path != Path(__file__)]
CLAIMS = {
    path.stem: list(yaml.safe_load(path.read_text(encoding="utf-8"))["study"].get("claims") or {})
    for path in sorted((ROOT / "conf" / "study").glob("*.yaml"))
}
SETTLED = {name for names in CLAIMS.values() for name in names}


def cited(text: str) -> set[str]:
    """Rows and claims that ``text`` cites, without the parts of claims."""
    found = {f"R{row}" if row else f"C{claim}" for row, claim in CITED.findall(text)}
    for letter, first, last in SPAN.findall(text):
        found |= {f"{letter}{number}" for number in range(int(first), int(last) + 1)}
    return found


def test_the_pattern_finds_rows_claims_parts_and_spans():
    assert cited("row R60; rows R25 to R28, R3-R5; claims C14.c and C2.edge-gd, see (C10)") == {
        "R60", "R25", "R26", "R27", "R28", "R3", "R4", "R5", "C14", "C2", "C10",
    }  # fmt: skip
    assert cited("Cr2, R2D2, #C12345 and R^2, C++") == set()
    assert PART.findall("claims C14.c and C2.edge-gd. Row R61.") == ["C14.c", "C2.edge-gd"]
    assert DOTLESS.findall("C10a, C18-units; not C10.a, C4, R5-R8, 3C5a or #C0ffee") == ["C10a", "C18-units"]


def test_each_row_stands_once():
    counts = Counter(row for row, _ in ROW.findall(REFERENCE))
    assert {row: count for row, count in counts.items() if count > 1} == {}
    assert len(counts) == 108
    assert {f"C{number}" for number in range(1, 47)} <= set(counts)


def test_each_row_has_as_many_cells_as_its_table():
    columns = 0
    for line in REFERENCE.splitlines():
        cells = len(re.findall(r"(?<!\\)\|", line)) - 1
        columns = columns if ROW.match(line) else cells
        assert cells == columns, line


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_cited_row_is_in_the_reference(path):
    text = path.read_text(encoding="utf-8")
    assert cited(text) - set(ROWS) == set()
    assert DOTLESS.findall(text) == []
    if not path.is_relative_to(ROOT / "tests"):  # tests plant claims of their own
        assert set(PART.findall(text)) - SETTLED == set()


def test_every_claim_that_a_study_settles_is_in_the_reference_with_its_study():
    for study, names in CLAIMS.items():
        for name in names:
            row = name.partition(".")[0]
            assert row in ROWS, f"{study}: {name}"
            assert f"`{study}`" in ROWS[row] or row.startswith("R"), f"{study} is not in row {row}"


def test_every_study_that_the_reference_names_has_a_verdict_or_a_ranking():
    for row, text in ROWS.items():
        for study in re.findall(r"`(\w+)`", text) if row.startswith("C") else []:
            settled = {name.partition(".")[0] for name in CLAIMS[study]}
            assert row in settled or "ranking" in text, f"{study} does not settle {row}"


def test_a_row_is_marked_as_not_yet_in_the_laboratory_just_when_nothing_cites_it():
    laboratory = [path for path in TEXTS if not path.is_relative_to(ROOT / "tests")]
    used = set().union(*(cited(path.read_text(encoding="utf-8")) for path in laboratory))
    assert {row for row, text in ROWS.items() if NOT_YET in text} == set(ROWS) - used
