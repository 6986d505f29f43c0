"""The textbook's scoring (row R62), as it stands and with its fault; the ranking has no part of it."""

from advice_tables import comparison, traits

from src.advice.advice import advise
from src.advice.needs import Limits, Needs
from src.advice.textbook import EXAMPLES, METHODS, textbook_ranking, textbook_score


def test_both_examples_have_the_textbooks_totals():
    deep, hyper = (textbook_ranking(EXAMPLES[name][1]) for name in ("deep_learning", "hyperparameters"))
    assert deep == {"Adam": 3, "gradient descent": 2, "evolutionary": 2, "Bayesian": 0}
    assert hyper == {"Bayesian": 4, "gradient descent": 2, "evolutionary": 2, "Adam": 1}
    assert next(iter(deep)) == "Adam"
    assert next(iter(hyper)) == "Bayesian"


def test_a_capability_that_is_not_needed_costs_a_point():
    plain = {"gradients": True, "constraints": False, "parallel": False, "memory": False}
    method = dict(plain)
    assert textbook_score(plain, method) == 4
    for capability in ("constraints", "parallel", "memory"):
        assert textbook_score(plain, method | {capability: True}) == 3  # it can do more, and is thought worse of


def test_the_measured_ranking_takes_nothing_from_a_capability():
    measured = [comparison(name, ["able", "plain"]) for name in ("one", "other", "third")]
    limits = Limits(kind="box", gradients=True, memory=False, box=False)
    plain = Needs(gradients=False, domain="box", numbers=1, at_once=1)
    able = Needs(gradients=False, domain="box", numbers=100, at_once=100)  # parallel, which nobody asked for
    first = [advise(traits(), limits, measured, {"able": one, "plain": plain}) for one in (plain, able)]
    assert first[0].rankings == first[1].rankings
    assert first[0].rankings[0].ranked[0].method == "able"
    assert len(METHODS) == 4
