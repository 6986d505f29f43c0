"""A run's tags and its line, from summaries written out by hand."""

import pandas as pd

from src.core.result import Result
from src.monitor.run_diagnosis import counts_in_words, diagnosis_line, diagnosis_tags

ROWS = [
    ("tuning", 0, 0.1, 2, "diverging", ""),
    ("test", 0, 0.1, 2, "diverging", "x"),
    ("test", 1, 0.1, 2, "diverging", "x"),
    ("test", 0, 0.01, 2, "slow", "first"),
    ("test", 1, 0.01, 2, "healthy", "second"),
    ("test", 2, 0.01, 2, "healthy", "third"),
    ("test", 0, 0.01, 4, "over-fitting", "deep"),
]


def measured(**changed):
    columns = ["split", "seed", "learning_rate", "depth", "diagnosis", "evidence"]
    about = {"best_learning_rate": 0.01, "depth": 2}
    return Result(tables={"summary": pd.DataFrame(ROWS, columns=columns)}, metrics={}, about=about, **changed)


def test_the_replicates_that_a_run_speaks_of_decide():
    assert diagnosis_tags(measured()) == {"diagnosis": "healthy", "diagnosis_share": "0.67"}
    line = diagnosis_line(measured())
    assert line.startswith("Diagnosis: **healthy** (2 of 3 replicates; the others: slow 1). Likely cause: nothing in")
    assert line.endswith("Evidence (seed 1): second.")


def test_without_a_chosen_rate_all_test_replicates_count():
    of = measured()
    whole = Result(tables=of.tables, metrics={}, about={})
    assert diagnosis_tags(whole) == {"diagnosis": "diverging", "diagnosis_share": "0.33"}


def test_what_does_not_train_says_so():
    assert diagnosis_tags(Result(tables={}, metrics={})) == {"diagnosis": "not trained"}
    own = Result(tables={}, metrics={}, tags={"diagnosis": "no gradients"})
    assert diagnosis_tags(own) == {"diagnosis": "no gradients"}
    assert diagnosis_line(own) == "Diagnosis: no gradients."


def test_counts_of_a_sweep():
    assert counts_in_words(pd.Series(["slow", "healthy", "healthy"])) == "2 healthy, 1 slow"
