import numpy as np
import pytest

from src.tracking.curves import POINTS, chosen
from src.tracking.limits import cut, key, keys, word


@pytest.mark.parametrize(
    ("name", "allowed"),
    [
        ("final_loss", "final_loss"),
        ("a[0]=b", "a.0_b"),
        ("../x", "_/x"),
        ("/x//y/", "x/y"),
        ("", "_"),
        (".", "_"),
        ("η", "η"),
        ("k" * 300, "k" * 250),
    ],
)
def test_key(name: str, allowed: str) -> None:
    assert key(name) == allowed


def test_keys_are_told_apart() -> None:
    assert keys({"a=b": 0, "a?b": 0, "a_b": 0}) == {"a=b": "a_b", "a?b": "a_b_2", "a_b": "a_b_3"}


def test_words() -> None:
    assert [word(value) for value in (None, True, False, 3, 1e-4, "x")] == [
        "null",
        "true",
        "false",
        "3",
        "0.0001",
        "x",
    ]
    assert cut("a" * 50, 40) == "a" * 22 + " … (50 characters)"


@pytest.mark.parametrize("count", [1, POINTS, POINTS + 1, 1001, 100_000])
def test_chosen_steps(count: int) -> None:
    kept = chosen(np.arange(count))
    assert len(kept) <= POINTS
    assert (kept[0], kept[-1]) == (0, count - 1)
    assert np.all(np.diff(kept) > 0)
    if count == 1001:  # the first steps are dense, and no gap is wider than two per cent
        assert list(kept[:4]) == [0, 1, 2, 3]
        assert np.diff(kept).max() <= 18
