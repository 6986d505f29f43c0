import re
from itertools import combinations

from src.core.colours import KNOWN, REMAINING, colour


def channels(name):
    return [int(name[place : place + 2], 16) for place in (1, 3, 5)]


def test_known_methods_have_distinct_colours():
    assert all(re.fullmatch("#[0-9a-f]{6}", shade) for shade in [*KNOWN.values(), *REMAINING])
    for one, other in combinations(KNOWN.values(), 2):
        assert sum(abs(a - b) for a, b in zip(channels(one), channels(other), strict=True)) > 60


def test_an_unknown_method_never_takes_a_known_ones_colour():
    assert not set(KNOWN.values()) & set(REMAINING)
    assert {colour(f"mine_{k}") for k in range(200)} == set(REMAINING)


def test_colours_are_the_same_in_every_process():
    assert colour("adam") == "#d55e00"
    assert colour("my_method") == "#004488"
