from src.plotting.palettes import KNOWN, SEARCHES
from src.plotting.style import line, marker


def test_each_known_method_has_its_own_marker_and_line():
    assert len({marker(method) for method in KNOWN}) == len(KNOWN)
    assert len({(line(method)["color"], line(method)["linestyle"]) for method in KNOWN}) == len(KNOWN)


def test_a_users_method_looks_the_same_every_time():
    assert line("my_method") == line("my_method")
    looks = {
        (line(f"mine_{k}")["color"], str(line(f"mine_{k}")["linestyle"]), marker(f"mine_{k}")) for k in range(10)
    }
    assert len(looks) == 10


def test_searches_have_distinct_lines_and_the_first_twelve_distinct_markers():
    looks = {(line(method)["color"], line(method)["linestyle"], marker(method)) for method in SEARCHES}
    assert len(looks) == len(SEARCHES)
    assert len({marker(method) for method in list(SEARCHES)[:12]}) == 12
