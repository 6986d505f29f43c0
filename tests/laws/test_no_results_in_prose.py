"""No text of a yaml states what a run found: the next run may make it false, and the study's page states it.

``how_to_read`` may hold a number that is one of the study's own settings, and those listed here with the reason.
``meaning`` holds none. Neither says how large something is: percentages, counts out of others, multiples, shares.
"""

import re
from pathlib import Path

import pytest
import yaml

from src.protocol.claims import EXPLAINED
from src.protocol.ledger import Overall
from src.protocol.prose import comparisons, numbers

CONF = Path(__file__).resolve().parents[2] / "conf"
STUDIES = [CONF / "config.yaml", *sorted((CONF / "study").glob("*.yaml"))]
every_study = pytest.mark.parametrize("path", STUDIES, ids=lambda path: path.stem)
NOT_SETTINGS = ("how_to_read", "question", "statement", "estimand", "changed", "seen_roots", "meaning")
ALLOWED = {
    ("batch_noise", "1.455"): "exact, by row R30",
    ("batch_noise", "5.82"): "exact, by row R30: that of half the squared error, for the whole",
    ("optimizer_comparison", "95 %"): "the level of every interval",
    ("optimizer_comparison", "95"): "the level of every interval",
}
# Words with which a finding was told before the page told it.
TOLD = re.compile(r"\bagainst the usual|\bagainst C\d|\bhere they\b|\bas \w+ found|\bwins\b|\bsucceeds in\b", re.I)


def read(path):
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def settings(value):
    """Numbers among the values of a yaml, also within words such as a grid's."""
    if isinstance(value, dict):
        return set().union(*(settings(each) for key, each in value.items() if key not in NOT_SETTINGS))
    if isinstance(value, list):
        return set().union(*map(settings, value))
    if isinstance(value, bool) or value is None:
        return set()
    if isinstance(value, str):
        return {float(number) for number in re.findall(r"(?<![\w.])\d+(?:\.\d+)?(?:e-?\d+)?(?!\w)", value)}
    return {float(value)}


def meanings(path):
    claims = read(path)["study"].get("claims") or {}
    return {
        f"{name} {verdict}": text
        for name, claim in claims.items()
        for verdict, text in claim.get("meaning", {}).items()
    }


@every_study
def test_how_to_read_holds_the_studys_own_settings_alone(path):
    content = read(path)
    text, own = content["study"]["how_to_read"], settings(content)
    assert [one for one in comparisons(text) if (path.stem, one) not in ALLOWED] == []
    assert [one for one in numbers(text) if float(one) not in own and (path.stem, one) not in ALLOWED] == []
    assert not TOLD.search(text)


@every_study
def test_a_meaning_holds_no_number_and_is_one_or_two_sentences(path):
    for where, text in meanings(path).items():
        assert comparisons(text) + numbers(text) == [], where
        assert text.endswith("."), where
        assert len(text.replace("et al. ", "").split(". ")) <= 2, where


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md"])
def test_a_document_does_not_say_how_large_an_effect_is(name):
    text = re.sub(r"```.*?```", "", (CONF.parent / name).read_text(encoding="utf-8"), flags=re.DOTALL)
    assert set(comparisons(text)) <= {"95 %"}  # the level of every interval


def test_each_allowed_number_is_still_there():
    texts = {path.stem: read(path)["study"]["how_to_read"] for path in STUDIES}
    assert [(study, number) for study, number in ALLOWED if number not in texts[study]] == []


def test_every_verdict_but_a_blocked_one_may_be_explained():
    assert set(EXPLAINED) == set(Overall) - {Overall.BLOCKED}


def test_findings_that_once_stood_in_a_yaml_are_refused():
    for text in (
        "The chain succeeds in 25 % of the pairs.",
        "The difference is below half a percentage point.",
        "It overstates B_crit about twofold.",
        "The larger batch takes 16 times fewer steps.",
        "The best rates are mostly several times the default ones.",
        "Of these, 4 of 5 are best untuned.",
    ):
        assert comparisons(text), text
    for text in (
        "Adam at 0.001 has 83 here.",
        "The exponent moves to about -0.506.",
        "It stays 4 to 10 points behind.",
    ):
        assert numbers(text), text
    for text in (
        "Schmidt et al. 2021 found it (row R30).",
        "Polyak (1964) has 1/sqrt(B) on MNIST-1D.",
        "`seeds=4`, 3-SAT",
    ):
        assert numbers(text) + comparisons(text) == [], text
