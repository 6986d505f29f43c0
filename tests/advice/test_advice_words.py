"""Words of the command become traits, and what is not allowed is refused with the field, the value and what is."""

import math

import pytest

from src.advice.commands import Setting, settling_line, start_line
from src.advice.traits import Interval
from src.advice.words import understood
from src.core.checks import FieldError


def refuse(key, value, allowed):
    return FieldError(f"{key} = {value}: must be one of {', '.join(allowed)}")


def asked(*words):
    return understood(words, refuse)


def test_words_are_numbers_and_intervals():
    found = asked(
        "dimension=10", "budget=5000", "noise=no", "ruggedness=many_minima", "gradients=yes", "memory=limited"
    )
    numbers = found.traits.numbers
    assert numbers["dimension"] == Interval(1.0, 1.0)
    assert numbers["budget"].low == pytest.approx(math.log10(5000))
    assert numbers["noise"].gap(-3.0) == 0 < numbers["noise"].gap(-1.0)
    assert numbers["ruggedness"].gap(0.0) == pytest.approx(math.log10(2))
    assert (found.traits.gradients, found.traits.kind, found.budget) == (True, None, 5000)
    limits = found.limits(found.traits)
    assert (limits.memory, limits.box, limits.gradients) == (True, False, True)


def test_what_is_left_out_is_unknown():
    assert asked().traits.numbers == {}
    assert asked().traits.gradients is None
    assert asked().budget == math.inf
    assert asked("parallel=yes", "discrete=no").traits.kind is None


def test_the_kind_follows_from_the_words():
    kinds = {
        "discrete=yes": "bits",
        "data=yes": "data",
        "data=no": "box",
        "constraints=box": "box",
        "gradients=no": "box",
    }
    assert {word: asked(word).traits.kind for word in kinds} == kinds
    assert asked("discrete=yes", "ruggedness=one_minimum").traits.numbers["ruggedness"].gap(2.0) == 0


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["dimensoin=3"], "trait = dimensoin: must be one of gradients, dimension"),
        (["dimension=0"], "dimension = 0: must be a whole number, at least 1"),
        (["dimension=2.5"], "dimension = 2.5: must be a whole number"),
        (["budget=inf"], "budget = inf: must be a whole number"),
        (["dimension"], "dimension = : must be a whole number"),
        (["noise=maybe"], "noise = maybe: must be one of yes, no"),
        (["noise=yes", "noise=no"], "noise=no: noise is given twice"),
        (["discrete=yes", "data=yes"], "data = yes: must be no where discrete=yes"),
    ],
)
def test_a_wrong_word_is_refused(words, message):
    with pytest.raises(FieldError) as refused:
        asked(*words)
    assert str(refused.value).startswith(message)
    assert "\n" not in str(refused.value)


def test_lines_name_the_users_problem_and_the_budget_in_the_unit_of_the_method():
    mine = Setting(("problem=plain_function", "problem.function=m.f"), "box", 1000, 3, ["adam"])
    own = "python -m src.run problem=plain_function problem.function=m.f"
    assert start_line("cma_es", None, mine) == f"{own} +search=cma_es steps=1000"
    assert start_line("adam", None, mine) == f"{own} optimizer=adam steps=500"  # a gradient counts as one more
    nothing = Setting((), "bits", math.inf, None, ["adam"])
    assert settling_line(None, [], nothing, grows=False) == "python -m src.run +study=gradient_free_bits"
