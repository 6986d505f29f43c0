"""The ledger as a LaTeX table and as a Markdown table."""

import re
from collections.abc import Sequence

import pandas as pd

from pipelines.report.claim_rows import ClaimRow

COLUMNS = ("claim", "verdict", "statement", "effect", "expected", "study")
BROKEN = r">{\raggedright\arraybackslash}p{%s\linewidth}"  # a column whose texts are broken into lines
WIDTHS = "@{}l l " + " ".join(BROKEN % share for share in ("0.28", "0.15", "0.10", "0.14")) + "@{}"
HEAD = r"""% Needs \usepackage{longtable,booktabs,array}. Effects are estimates with their intervals.
% The table is as wide as a landscape page.
"""
# Signs that pdfLaTeX's fonts lack, as mathematics.
SIGNS = {
    "\N{GREEK SMALL LETTER ALPHA}": r"\alpha",
    "β": r"\beta",
    "\N{GREEK SMALL LETTER GAMMA}": r"\gamma",
    "δ": r"\delta",
    "ε": r"\varepsilon",
    "η": r"\eta",
    "θ": r"\theta",
    "κ": r"\kappa",
    "λ": r"\lambda",
    "μ": r"\mu",
    "π": r"\pi",
    "\N{GREEK SMALL LETTER SIGMA}": r"\sigma",
    "Σ": r"\Sigma",
    "∇": r"\nabla",
    "√": r"\surd",
    "∞": r"\infty",
    "≤": r"\leq",
    "≥": r"\geq",
    "≈": r"\approx",
    "\N{MULTIPLICATION SIGN}": r"\times",
    "·": r"\cdot",
    "\N{MINUS SIGN}": "-",
    "→": r"\to",
    "←": r"\leftarrow",
    "↦": r"\mapsto",
    "\N{ELEMENT OF}": r"\in",
    "‖": r"\|",
    "½": r"\frac{1}{2}",
    "²": "^2",
}
RAISED = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")


def _rows(claims: Sequence[ClaimRow]) -> pd.DataFrame:
    return pd.DataFrame([[getattr(row, name) for name in COLUMNS] for row in claims], columns=list(COLUMNS))


def latex_table(claims: Sequence[ClaimRow]) -> str:
    """A ``longtable`` with one row per claim; every sign of a name or statement is text."""
    style = _rows(claims).style.hide(axis="index").format(escape="latex")
    table = style.to_latex(environment="longtable", hrules=True, column_format=WIDTHS)
    table = re.sub("[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+", lambda found: f"$^{{{found[0].translate(RAISED)}}}$", table)
    return HEAD + "".join(f"${SIGNS[one]}$" if one in SIGNS else one for one in table)


def markdown_table(claims: Sequence[ClaimRow]) -> str:
    """A table with one row per claim; signs of Markdown in names and statements are text."""
    lines = [" | ".join(COLUMNS), " | ".join("---" for _ in COLUMNS)]
    lines += [" | ".join(_markdown(text) for text in row) for row in _rows(claims).itertuples(index=False, name=None)]
    return "".join(f"| {line} |\n" for line in lines)


def _markdown(text: str) -> str:
    return re.sub(r"([\\`*_\[\]<>|])", r"\\\1", " ".join(text.split()))
