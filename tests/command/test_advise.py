"""The advisor from outside, on planted results in which the right answer is known."""

import pandas as pd
import pytest
from advice_tables import summary, write_results

pytestmark = pytest.mark.command
SIZES = (5, 10, 20)
METHODS = ["cma_es", "scipy_lbfgs_restarts", "random_search"]


def advise(laboratory, *words, options=()):
    return laboratory.python(*options, "-m", "src.advise", *words)


@pytest.fixture
def with_results(laboratory):
    """On rugged landscapes CMA-ES is the first, on smooth ones the last."""
    rugged = [
        summary(name, size, METHODS) for name in ("rastrigin_off_centre", "ackley_off_centre") for size in SIZES
    ]
    smooth = [summary(name, size, METHODS[::-1]) for name in ("ellipsoid_off_centre",) for size in SIZES]
    verdict = {
        "claim": "C20.restarts",
        "statement": "It is so.",
        "settings": "cma_es against it",
        "verdict": "supported",
    }
    runs = {"problem": "rastrigin_off_centre", "method": ["cma_es", "random_search"], "run": ["12e3", "45e6"]}
    tables = {"verdicts": pd.DataFrame([verdict]), "diagnoses": pd.DataFrame(runs)}
    write_results(laboratory.folder, "gradient_free", *rugged, *smooth, **tables)
    (laboratory.folder / "runs" / "12e3").mkdir(parents=True)
    return laboratory


def test_help_waits_for_nothing_heavy(laboratory):
    shown = advise(laboratory, "--help", options=("-X", "importtime"))
    assert shown.returncode == 0
    assert "ruggedness=one_minimum|few_minima|many_minima" in shown.stdout
    imported = {line.rpartition("|")[2].strip().partition(".")[0] for line in shown.stderr.splitlines()}
    assert imported.isdisjoint({"torch", "hydra", "omegaconf", "mlflow", "numpy", "pandas", "matplotlib", "yaml"})


def test_the_method_that_wins_on_near_problems_comes_first(with_results):
    asked = ("dimension=10", "budget=5000", "ruggedness=many_minima", "data=no")
    shown = advise(with_results, *asked, "gradients=yes")
    assert (shown.returncode, shown.stderr) == (0, "")
    ranked = [line.split()[:3] for line in shown.stdout.splitlines() if line.split()[:1] in (["1"], ["2"], ["3"])]
    assert ranked[0][:2] == ["1", "cma_es"]
    assert "cma_es is first in" in shown.stdout
    assert "verdict C20.restarts (gradient_free): supported: It is so." in shown.stdout
    assert "runs of cma_es: runs/12e3 (rastrigin_off_centre)\n" in shown.stdout
    line = "python -m src.run +study=gradient_free problem=rastrigin_off_centre search=cma_es 'study.dimensions=[10]'"
    assert f"start from: {line}" in shown.stdout
    without = advise(with_results, *asked, "gradients=no")
    assert "left out (it needs gradients): scipy_lbfgs_restarts" in without.stdout


def test_a_function_of_the_users_own_is_probed_and_its_line_runs(with_results):
    own = with_results.folder / "mine.py"
    own.write_text("def f(x):\n    return float(((x - 1) ** 2).sum())\n")
    words = (
        "problem.function=mine.f",
        "problem.lower=[-4,-4,-4,-4,-4]",
        "problem.upper=[4,4,4,4,4]",
        "problem.lowest=0.0",
    )
    shown = advise(with_results, *words, "budget=2500")
    assert (shown.returncode, shown.stderr) == (0, "")
    assert "  dimension: 5\n  differentiable: no gradient is given\n" in shown.stdout
    assert "ruggedness: 0 local minima beyond one" in shown.stdout
    [line] = [line for line in shown.stdout.splitlines() if line.startswith("start from: ")]
    assert line.endswith("steps=2500")
    done = with_results.run(*line.partition("src.run ")[2].replace("'", "").split(), "profile=tiny")
    assert done.returncode == 0, done.stderr


def test_where_nothing_is_near_the_command_that_settles_it_is_named(with_results):
    shown = advise(with_results, "dimension=1000000", "data=no")
    assert shown.returncode == 0
    assert "nothing measured is near: the closest is" in shown.stdout
    assert "this would settle it: python -m src.run +study=gradient_free problem=" in shown.stdout
    assert "'study.dimensions=[1000000]'" in shown.stdout


def test_the_textbooks_examples_show_both_answers(with_results):
    shown = advise(with_results, "example=hyperparameters")
    assert "Bayesian 4, gradient descent 2, evolutionary 2, Adam 1" in shown.stdout
    assert shown.stdout.splitlines()[0].startswith("asked: data=no gradients=no constraints=box")
    deep = advise(with_results, "example=deep_learning")
    assert "Adam 3, gradient descent 2, evolutionary 2, Bayesian 0" in deep.stdout
    assert "nothing measured is near: no problem of this kind is measured" in deep.stdout
    assert "this would settle it: python -m src.run +study=optimizer_comparison" in deep.stdout


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("dimensoin=3",), "error: trait = dimensoin: must be one of"),
        (("problem=rosenbrok",), "(did you mean rosenbrock?)"),
        (("problem.function=mine.g", "problem.highest=5"), "error: problem.highest=5: no such key"),
        (("problem=bowl,sines",), "error: problem=bowl,sines: one problem at a time"),
    ],
)
def test_a_wrong_word_is_one_line_and_writes_nothing(with_results, words, message):
    before = {path: path.read_bytes() for path in with_results.folder.rglob("*") if path.is_file()}
    shown = advise(with_results, *words)
    assert (shown.returncode, shown.stdout) == (2, "")
    assert message in shown.stderr
    assert shown.stderr.count("\n") == 1
    assert {path: path.read_bytes() for path in with_results.folder.rglob("*") if path.is_file()} == before


def test_without_results_the_command_that_makes_them_is_named(laboratory):
    shown = advise(laboratory, "dimension=3", "discrete=yes")
    assert (shown.returncode, shown.stdout) == (2, "")
    assert "python -m src.run +study=gradient_free_bits makes some" in shown.stderr
    assert shown.stderr.count("\n") == 1
    assert list(laboratory.folder.iterdir()) == []
