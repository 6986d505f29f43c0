"""The rules of a study's claims as its yaml has them, and the verdicts that planted tables must give."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml

from src.protocol.claims import Claim

STUDIES = Path(__file__).resolve().parents[2] / "conf" / "study"


def claims_of(study: str) -> dict[str, Claim]:
    """The claims of ``study`` by name."""
    rules = yaml.safe_load((STUDIES / f"{study}.yaml").read_text(encoding="utf-8"))["study"]["claims"]
    return {
        name: Claim(**{key: value for key, value in rule.items() if key != "_target_"})
        for name, rule in rules.items()
    }


def check_both_ways(
    settled: Callable[[Any], pd.DataFrame], cases: Sequence[tuple[Any, float]], *, within: float
) -> None:
    """The one verdict on an effect is ``supported`` in the first of two cases and ``refuted`` in the second.

    Args:
        settled: the ``verdicts`` table of tables that have an effect.
        cases: an effect and the estimate that it must give, ``within`` so much.
        within: largest error of the estimates.
    """
    for (effect, estimate), expected in zip(cases, ("supported", "refuted"), strict=True):
        [row] = settled(effect).to_dict("records")
        assert row["verdict"] == expected
        assert row["estimate"] == pytest.approx(estimate, abs=within)


def all_settled(found: tuple[pd.DataFrame, Mapping[str, str]]) -> pd.DataFrame:
    """The ``verdicts`` table of a study's ``verdicts`` function, in which no claim lacks its runs."""
    table, missing = found
    assert missing == {}
    return table
