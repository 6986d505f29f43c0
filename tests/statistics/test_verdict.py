import numpy as np
import pytest

from src.statistics.intervals import UNKNOWN, Estimate
from src.statistics.verdict import Verdict, judge

INF = np.inf


@pytest.mark.parametrize(
    ("low", "high", "below", "above"),
    [
        (-0.5, -0.2, "supported", "refuted"),
        (0.1, 0.3, "refuted", "supported"),
        (-0.05, 0.3, "refuted", "supported"),
        (-0.5, 0.3, "inconclusive", "inconclusive"),
        (-0.5, -0.1, "inconclusive", "inconclusive"),
        (-0.1, 0.3, "inconclusive", "inconclusive"),
        (-INF, -0.2, "supported", "refuted"),
        (INF, INF, "refuted", "supported"),
        (-INF, INF, "inconclusive", "inconclusive"),
        (np.nan, np.nan, "inconclusive", "inconclusive"),
    ],
)
def test_the_rule(low, high, below, above):
    estimate = Estimate(0.0, low, high)
    assert judge(estimate, smallest_effect=-0.1, direction="below").verdict == below
    assert judge(estimate, smallest_effect=-0.1, direction="above").verdict == above


def test_a_reason_blocks_whatever_the_interval_says():
    blocked = judge(Estimate(-1, -2, -0.5), smallest_effect=0, direction="below", blocked="best rate on the edge")
    assert blocked == (Verdict.BLOCKED, "best rate on the edge")


def test_reasons_name_the_interval():
    given = judge(Estimate(-0.3, -0.5, -0.2), smallest_effect=-0.1, direction="below")
    assert given.reason == "[-0.5, -0.2] lies below -0.1"
    assert "too few" in judge(UNKNOWN, smallest_effect=0, direction="below").reason


def test_misuse_is_refused():
    estimate = Estimate(0.0, -1.0, 1.0)
    with pytest.raises(ValueError, match="direction"):
        judge(estimate, smallest_effect=0, direction="left")
    with pytest.raises(ValueError, match="smallest_effect"):
        judge(estimate, smallest_effect=np.nan, direction="below")
