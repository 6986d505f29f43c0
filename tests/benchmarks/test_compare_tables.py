"""Tables of two builds: names mapped, rows in any order, and one last bit that differs is found."""

import pytest

from benchmarks.compare_tables import main


@pytest.fixture
def builds(tmp_path):
    for build, text in {
        "old": "optimizer,rate,says\nrobust,0.1,well\ngd,0.30000000000000004,badly\n",
        "new": "method,learning_rate\ngd,0.30000000000000004\nclip_noise_precondition,0.1\n",
    }.items():
        folder = tmp_path / build / "results" / "bowls"
        folder.mkdir(parents=True)
        (folder / "ranking.csv").write_text(text)
    return tmp_path / "old", tmp_path / "new"


def compared(builds, capsys):
    code = main([str(folder) for folder in builds])
    return code, capsys.readouterr().out.splitlines()


def test_the_same_numbers_under_other_names_in_another_order_are_the_same(builds, capsys):
    assert compared(builds, capsys) == (0, ["bowls: 1 tables, 0 of them differ"])


@pytest.mark.parametrize(
    ("change", "line"),
    [
        (("0.30000000000000004", "0.3"), "columns learning_rate; learning_rate is 0.30000000000000004, now 0.3"),
        (("gd,0.30000000000000004\n", ""), "2 rows, now 1"),
        (("learning_rate", "rate"), "lost columns learning_rate"),
    ],
)
def test_what_differs_is_named(builds, capsys, change, line):
    path = builds[1] / "results" / "bowls" / "ranking.csv"
    path.write_text(path.read_text().replace(*change))
    assert compared(builds, capsys) == (1, [f"bowls/ranking: {line}", "bowls: 1 tables, 1 of them differ"])


def test_a_table_that_is_gone_is_named(builds, capsys):
    (builds[1] / "results" / "bowls" / "ranking.csv").unlink()
    assert compared(builds, capsys)[1][0] == "bowls/ranking: missing in the new build"
