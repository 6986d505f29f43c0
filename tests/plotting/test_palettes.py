import re
from itertools import combinations
from pathlib import Path

from src.plotting.palettes import KNOWN, REMAINING, SEARCHES, colour


def channels(name):
    return [int(name[place : place + 2], 16) for place in (1, 3, 5)]


def test_known_methods_have_distinct_colours():
    assert all(re.fullmatch("#[0-9a-f]{6}", shade) for shade in [*KNOWN.values(), *REMAINING])
    for one, other in combinations(KNOWN.values(), 2):
        assert sum(abs(a - b) for a, b in zip(channels(one), channels(other), strict=True)) > 60


def test_searches_have_distinct_colours_the_first_twelve_more_so():
    assert all(re.fullmatch("#[0-9a-f]{6}", shade) for shade in SEARCHES.values())
    shades = [channels(shade) for shade in SEARCHES.values()]
    for (i, one), (k, other) in combinations(enumerate(shades), 2):
        assert sum(abs(a - b) for a, b in zip(one, other, strict=True)) > (100 if k < 12 else 40), (i, k)


def test_every_search_has_a_colour_and_none_is_an_optimizers_name():
    conf = Path(__file__).resolve().parents[2] / "conf"
    assert {path.stem for path in (conf / "search").glob("*.yaml")} <= set(SEARCHES)
    assert not set(SEARCHES) & {path.stem for path in (conf / "method").glob("*.yaml")}


def test_an_unknown_method_never_takes_a_known_ones_colour():
    assert not {*KNOWN.values(), *SEARCHES.values()} & set(REMAINING)
    assert {colour(f"mine_{k}") for k in range(200)} == set(REMAINING)


def test_colours_are_the_same_in_every_process():
    assert colour("adam") == "#d55e00"
    assert colour("my_method") == "#004488"
