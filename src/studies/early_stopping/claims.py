"""The parts of claim C15: what early stopping saves and what it costs."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from src.protocol.claims import Claim, settle_each
from src.statistics.intervals import Estimate
from src.studies.early_stopping.price import contrast, pooled

Row = Mapping[str, object]
# Columns that the parts are settled on: of the textbook's rule, and from the fastest to the slowest rule of a family.
TEXTBOOK = {"a": "saved", "b": "valid_cost"}
SPEED = {"c": "test_cost", "d": "log_time"}
KINDS = (*TEXTBOOK, *SPEED)


@dataclass(frozen=True)
class ComparedRules:
    """The rules that the claims compare, and the sweep in words.

    Attributes:
        textbook: name of the textbook's rule.
        ends: names of the fastest and the slowest rule of each family.
        rate_factors: multiples of the tuned learning rate.
        budget: number of tasks, methods and seeds in words.
        blocked: reason why no verdict may be given, or nothing.
    """

    textbook: str
    ends: Sequence[tuple[str, str]]
    rate_factors: Sequence[float]
    budget: str
    blocked: str


def verdicts(
    claims: Mapping[str, Claim], rules: ComparedRules, stops: pd.DataFrame
) -> tuple[pd.DataFrame, dict[str, str]]:
    """The ``verdicts`` table, and the claims that lack runs: none, as every run has all that a claim needs.

    Args:
        claims: ``C15.a`` to ``C15.d``: a verdict per multiple of the tuned rate, and per family for ``c`` and ``d``.
        rules: the rules to compare.
        stops: table of all rules and replicates.
    """

    def rows(name: str, claim: Claim) -> Iterator[Row]:
        settle: Callable[[str, Claim, ComparedRules, pd.DataFrame, str], Iterator[Row]] = (
            _textbook if name.rpartition(".")[2] in TEXTBOOK else _speed
        )
        for factor in rules.rate_factors:
            at = f"{rules.budget}, {factor:g} times the tuned rate"
            yield from settle(name, claim, rules, stops[stops["rate_factor"] == factor], at)

    return settle_each(claims, rows)


def _textbook(name: str, claim: Claim, rules: ComparedRules, stops: pd.DataFrame, at: str) -> Iterator[Row]:
    """Gain or cost of the textbook's rule."""
    own = stops[stops["rule"] == rules.textbook]
    estimate = pooled(own.assign(saved=1 - own["time"]), TEXTBOOK[name.rpartition(".")[2]])
    yield claim.settle(name, estimate, f"{rules.textbook}; {at}", rules.blocked)


def _speed(name: str, claim: Claim, rules: ComparedRules, stops: pd.DataFrame, at: str) -> Iterator[Row]:
    """The slowest rule of each family compared with the fastest."""
    for fast, slow in rules.ends:
        estimate: Estimate = contrast(stops, fast, slow, SPEED[name.rpartition(".")[2]])
        yield claim.settle(name, estimate, f"{fast} to {slow}; {at}", rules.blocked)
