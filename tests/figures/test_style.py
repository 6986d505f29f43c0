from src.core.colours import KNOWN
from src.figures.style import line, marker


def test_each_known_method_has_its_own_marker_and_line():
    assert len({marker(method) for method in KNOWN}) == len(KNOWN)
    assert len({(line(method)["color"], line(method)["linestyle"]) for method in KNOWN}) == len(KNOWN)


def test_a_users_method_looks_the_same_every_time():
    assert line("my_method") == line("my_method")
    looks = {
        (line(f"mine_{k}")["color"], str(line(f"mine_{k}")["linestyle"]), marker(f"mine_{k}")) for k in range(10)
    }
    assert len(looks) == 10
