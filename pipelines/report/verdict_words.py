"""Verdicts in words: the rule over several settings, and what a reader may do with each."""

from dataclasses import dataclass

from src.protocol.ledger import Overall


@dataclass(frozen=True)
class VerdictWords:
    """Words of one verdict.

    Attributes:
        sign: a sign that is told apart without colour.
        rule: when the claim gets the verdict (src.protocol.ledger.overall).
        advice: what to do about the claim.
    """

    sign: str
    rule: str
    advice: str


WORDS = {
    Overall.SUPPORTED: VerdictWords(
        "✓", "More than half of the settings support it, none refutes it.", "Rely on it."
    ),
    Overall.REFUTED: VerdictWords(
        "✕", "More than half of the settings refute it, none supports it.", "Do not rely on it."
    ),
    Overall.MIXED: VerdictWords(
        "◐", "Some settings support it and others refute it: it depends.", "Look at the settings of the study."
    ),
    Overall.INCONCLUSIVE: VerdictWords(
        "○", "Anything else: too few settings decide either way.", "Undecided: more seeds may tell."
    ),
    Overall.BLOCKED: VerdictWords(
        "\N{EN DASH}",
        "No setting allowed a fair comparison, or the laboratory has none.",
        "Not tested: assume nothing.",
    ),
}
ASSERTED_BY = {"N": "the textbook", "T": "theory"}


def asserted_by(letters: str) -> str:
    """Who asserts a claim: ``N, T`` as ``the textbook and theory``."""
    return " and ".join(ASSERTED_BY[one] for one in letters.replace(" ", "").split(",") if one in ASSERTED_BY)
