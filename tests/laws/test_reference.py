"""Every row and claim that the project cites stands in docs/reference.md, once."""

import re
from collections import Counter
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
REFERENCE = (ROOT / "docs" / "reference.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| (R\d+|C\d+) \|", re.M)
# R6, C4, C14.c, "rows R25 to R28"; not a part of a word (Cr2, R2D2) and not C or R with other letters.
CITED = re.compile(r"(?<![\w#.])(?:R(\d{1,2})|C(\d{1,2}))(?![\w%])(?! ?(?:code|API))")
SPAN = re.compile(r"(?<!\w)([RC])(\d{1,2}) to \1?(\d{1,2})(?!\w)")
CITING = [
    *(path for folder in ("src", "conf", "tests", "benchmarks") for path in (ROOT / folder).rglob("*")),
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
]
TEXTS = [path for path in CITING if path.suffix in (".py", ".yaml", ".md") and path != Path(__file__)]


def cited(text: str) -> set[str]:
    """Rows and claims that ``text`` cites, without the parts of claims."""
    found = {f"R{row}" if row else f"C{claim}" for row, claim in CITED.findall(text)}
    for letter, first, last in SPAN.findall(text):
        found |= {f"{letter}{number}" for number in range(int(first), int(last) + 1)}
    return found


def test_the_pattern_finds_rows_claims_parts_and_spans():
    assert cited("row R60; rows R25 to R28; claims C14.c and C2.edge-gd, see (C10)") == {
        "R60", "R25", "R26", "R27", "R28", "C14", "C2", "C10",
    }  # fmt: skip
    assert cited("Cr2, R2D2, #C12345 and R^2, C++") == set()


def test_no_row_stands_twice_and_none_is_left_out():
    rows = Counter(ROW.findall(REFERENCE))
    assert [row for row, count in rows.items() if count > 1] == []
    assert {f"C{number}" for number in range(1, 47)} <= set(rows)
    assert len(rows) == 108


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_cited_row_is_in_the_reference(path):
    assert cited(path.read_text(encoding="utf-8")) - set(ROW.findall(REFERENCE)) == set()


def test_every_claim_that_a_study_settles_is_in_the_reference():
    rows = set(ROW.findall(REFERENCE))
    for path in (ROOT / "conf" / "study").glob("*.yaml"):
        for name in yaml.safe_load(path.read_text(encoding="utf-8"))["study"].get("claims") or {}:
            assert name.partition(".")[0] in rows, f"{path.name}: {name}"
