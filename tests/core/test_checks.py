"""Refused values name the field, the value and what is allowed."""

import math
import re
from types import SimpleNamespace

import pytest

from src.core.checks import (
    FieldError,
    check_choice,
    check_count,
    check_flag,
    check_number,
    check_vector,
    field_error,
    is_number,
)


def owner(value):
    return SimpleNamespace(field=value)


@pytest.mark.parametrize(
    ("check", "good", "bad", "allowed"),
    [
        (lambda o: check_number(o, "field"), [0, -1.5, 1e300], [math.nan, math.inf, True, "1"], "a finite number"),
        (
            lambda o: check_number(o, "field", above=0, at_most=1),
            [0.1, 1],
            [0, 1.1],
            "a finite number above 0 and at most 1",
        ),
        (
            lambda o: check_number(o, "field", at_least=0, below=1),
            [0, 0.99],
            [-0.1, 1],
            "a finite number at least 0 and below 1",
        ),
        (lambda o: check_count(o, "field"), [1, 7], [0, -1, 1.0, True, None], "a whole number, at least 1"),
        (lambda o: check_count(o, "field", at_least=0), [0], [-1], "a whole number, at least 0"),
        (lambda o: check_flag(o, "field"), [True, False], [0, 1, "yes", None], "true or false"),
        (lambda o: check_choice(o, "field", ("b", "a")), ["a", "b"], ["c", None], "one of a, b"),
        (
            lambda o: check_vector(o, "field", 2),
            [[0, 1], (0.5, -2)],
            [[1], [1, math.nan], "ab", None, [1, 2, 3]],
            "a list of 2 finite numbers",
        ),
    ],
)
def test_only_what_is_allowed_passes(check, good, bad, allowed):
    for value in good:
        check(owner(value))
    for value in bad:
        with pytest.raises(FieldError, match=re.escape(f"SimpleNamespace.field = {value!r}: must be {allowed}")):
            check(owner(value))


def test_an_owner_may_be_named_in_words():
    assert str(field_error("study", "seeds", 0, "at least 1")) == "study.seeds = 0: must be at least 1"


def test_a_flag_is_no_number():
    assert [is_number(value) for value in (1, 1.5, True, math.inf, "1")] == [True, True, False, False, False]
