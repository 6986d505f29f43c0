"""The judge of the advice: a hidden landscape has no part in the advice on it."""

from advice_tables import comparison, summary, traits, write_results

from benchmarks import advice
from src.advice.needs import Needs

NEEDS = dict.fromkeys("ABCDE", Needs(gradients=False, domain="box", numbers=1, at_once=1))


def test_a_choice_is_judged_by_the_runs_that_were_hidden():
    alike = [comparison(f"alike{number}", "ABCDE", traits(number / 50)) for number in range(5)]
    reverse = comparison("reverse", "EDCBA", traits(0.05))
    judged = advice.leave_one_out([*alike, reverse], NEEDS)
    assert [one.choice for one in judged] == ["A"] * 6
    assert [one.good for one in judged] == [True] * 5 + [False]
    assert (judged[-1].place, judged[-1].best, judged[-1].methods) == (5, "E", 5)
    assert "5 of 6 hidden comparisons" in advice.summary(judged)
    assert "at random would be in 60%" in advice.summary(judged)


def test_without_a_near_landscape_there_is_no_choice_and_no_credit():
    judged = advice.leave_one_out([comparison("alone", "AB")], NEEDS)
    assert (judged[0].choice, judged[0].good) == ("", False)


def test_the_benchmark_reads_results_and_names_the_command_without_them(tmp_path, capsys):
    assert advice.main([str(tmp_path)]) == 2
    assert "make repro" in capsys.readouterr().err
    names = ("ackley", "ackley_off_centre", "rastrigin", "rastrigin_off_centre", "sines", "bowl")
    write_results(tmp_path, "gradient_free", *[summary(name, 2, ["cma_es", "genetic"]) for name in names])
    assert advice.main([str(tmp_path)]) == 0
    shown = capsys.readouterr().out
    rows = [line.split() for line in shown.splitlines() if line.startswith("gradient_free")]
    assert [row[1] for row in rows] == list(names)
    assert [row[3:5] for row in rows[:4]] == [["cma_es", "1"]] * 4  # each has its twin near
    assert " of 6 hidden comparisons" in shown
