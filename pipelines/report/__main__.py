"""The stage ``report``: writes ``reports/`` from the stored tables."""

import sys
from pathlib import Path

from pipelines.report.documents import latex_table, markdown_table
from pipelines.report.page import report_page

REPORTS = Path("reports")
MEGABYTE = 1e6


def main() -> int:
    """Write the page and both tables of the project in the working directory; 1 where no study has run."""
    root = Path.cwd()
    if not any((root / "results").glob("*/*.csv")):
        print("error: results/: no study has left a table; run make run, or dvc repro", file=sys.stderr)
        return 1
    page, sections, claims = report_page(root)
    REPORTS.mkdir(exist_ok=True)
    for name, text in (
        ("index.html", page),
        ("claims.tex", latex_table(claims)),
        ("claims.md", markdown_table(claims)),
    ):
        (REPORTS / name).write_text(text, encoding="utf-8")
    figures = sum(len(section.figures) for section in sections)
    size = (REPORTS / "index.html").stat().st_size / MEGABYTE
    about = f"{len(claims)} claims, {len(sections)} studies, {figures} figures, {size:.1f} MB"
    print(f"{(REPORTS / 'index.html').resolve()}: {about}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
