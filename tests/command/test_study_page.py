"""The page of a study from planted tables: which meaning it shows, and when a sentence of a template fails it."""

import sys
from dataclasses import dataclass, field
from types import MappingProxyType

import pandas as pd
import pytest

from src.command.study_page import PageError, study_page, templates
from src.core.checks import FieldError
from src.core.result import Result
from src.protocol.claims import Claim, verdicts_table
from src.protocol.ledger import cards_table, rule_digest
from src.protocol.summary import HEADLINE
from src.statistics.intervals import Estimate
from src.tracking.limits import TAG_LENGTH, cut_at_paragraph

TARGET = "src.studies.schedules.study.Schedules"
RULE = {
    "statement": "A is better than B.",
    "estimand": "share of seeds",
    "smallest_effect": 0.5,
    "direction": "above",
}
MEANING = MappingProxyType({"supported": "Use A.", "refuted": "Use B.", "mixed": "Look.", "inconclusive": "Wait."})
SUPPORTS, REFUTES, UNDECIDED = Estimate(0.8, 0.7, 0.9), Estimate(0.2, 0.1, 0.3), Estimate(0.5, 0.1, 0.9)


@dataclass(frozen=True)
class Planted:
    """What a page reads of a study."""

    claims: dict = field(default_factory=dict)
    name: str = "planted"
    question: str = "Is A better?"
    how_to_read: str = "Compare A with B.\n"


def gathered(claims, settled, missing=None, profile="full", blocked=""):
    """Tables of a sweep in which each claim has an estimate per setting."""
    rows = [
        claims[name].settle(name, estimate, f"setting {place}", blocked)
        for name, estimates in settled.items()
        for place, estimate in enumerate(estimates)
    ]
    headline = [("steps_to_target", 12.3456, 10.0, 14.0, "steps", "A on bowl"), ("loss", 0.5, None, None, "1", "B")]
    tables = {"headline": pd.DataFrame(headline, columns=list(HEADLINE))}
    if claims:
        tables["verdicts"] = verdicts_table(rows).assign(given="what was chosen on 4 tuning seeds", half_seeds="")
        tables["claims"] = cards_table(claims, 0)
    return Result(tables=tables, metrics={}, missing=missing or {}, about={"profile": profile})


def page(settled, claims=None, **options):
    claims = {"C1": Claim(**RULE, meaning=MEANING)} if claims is None else claims
    return study_page(Planted(claims), gathered(claims, settled, **options), TARGET)


@pytest.mark.parametrize(
    ("estimates", "said", "meaning"),
    [
        ([SUPPORTS], "Supported: A is better than B. Effect 0.8 [0.7, 0.9]", "Use A."),
        ([REFUTES], "Refuted: A is better than B. Effect 0.2 [0.1, 0.3]", "Use B."),
        ([SUPPORTS, REFUTES], "It depends: A is better than B.", "Look."),
        ([UNDECIDED], "Undecided: A is better than B. Effect 0.5 [0.1, 0.9]", "Wait."),
    ],
)
def test_a_claim_is_explained_by_the_text_of_its_verdict_alone(estimates, said, meaning):
    text = page({"C1": estimates})
    assert f"- **C1** {said}" in text
    assert [one for one in MEANING.values() if one in text] == [meaning]


def test_a_page_holds_question_numbers_and_how_to_read():
    text = page({"C1": [SUPPORTS]})
    assert text.startswith("# planted\n\n**Is A better?**\n\n## What was found\n")
    assert "Measured: share of seeds.\n" in text
    assert "The verdicts take as certain what was chosen on 4 tuning seeds.\n" in text
    assert "- `steps_to_target` is 12.3 [10, 14] steps (A on bowl).\n- `loss` is 0.5 (B).\n" in text
    assert text.endswith("## How to read\n\nCompare A with B.\n")
    assert "nan" not in text
    assert "\n\n\n" not in text


def test_a_study_without_claims_says_so():
    text = page({}, claims={})
    assert "The study makes no claim." in text
    assert "`steps_to_target`" in text


def test_a_claim_without_runs_and_other_parts_are_left_out_with_the_reason():
    claims = {"C1": Claim(**RULE, meaning=MEANING), "C2": Claim(**RULE)}
    text = page({"C1": [SUPPORTS]}, claims, missing={"C2": "needs adam on bowl", "law": "one batch size"})
    assert "- **C2** No verdict: A is better than B. Reason: needs adam on bowl.\n" in text
    assert text.endswith("- C2: needs adam on bowl\n- law: one batch size\n")
    alone = page({}, {"C1": Claim(**RULE, meaning=MEANING)}, missing={"C1": "needs adam"})
    assert "- **C1** No verdict: A is better than B. Reason: needs adam." in alone


def test_a_blocked_claim_says_why():
    assert "Reason: the rate is at the grid's edge." in page(
        {"C1": [SUPPORTS]}, blocked="the rate is at the grid's edge"
    )


def test_an_effect_that_is_unknown_is_called_so():
    assert "Effect unknown; the claim expects more than 0.5." in page({"C1": [Estimate(*[float("nan")] * 3)]})


def test_a_page_of_another_profile_says_what_it_is():
    assert "QUICK PROFILE: few seeds, short runs." in page({"C1": [SUPPORTS]}, profile="quick")
    assert "PROFILE" not in page({"C1": [SUPPORTS]})


def test_a_meaning_is_neither_part_of_the_rule_nor_of_the_card():
    plain, told = Claim(**RULE), Claim(**RULE, meaning=MEANING)
    assert rule_digest(plain) == rule_digest(told)
    pd.testing.assert_frame_equal(cards_table({"C1": plain}, 0), cards_table({"C1": told}, 0))


@pytest.mark.parametrize(
    ("meaning", "said"),
    [
        (
            {"blocked": "Wait."},
            "Claim.meaning = 'blocked': must be by verdict: supported, refuted, mixed, inconclusive",
        ),
        ({"refuted": "B is better by 3 points."}, "Claim.meaning.refuted = '3': must be without numbers"),
        ({"refuted": "B wins in 20 % of the pairs."}, "Claim.meaning.refuted = '20 %'"),
        ({"supported": "A is twice as fast."}, "Claim.meaning.supported = 'twice as'"),
    ],
)
def test_a_meaning_that_states_a_result_is_refused(meaning, said):
    with pytest.raises(FieldError) as refusal:
        Claim(**RULE, meaning=meaning)
    assert str(refusal.value).startswith(said)


@pytest.fixture
def own(tmp_path, monkeypatch):
    """Writes the template of a study in a folder of its own, and renders it for verdicts of C1."""
    folder = tmp_path / "own_study_of_a_page"
    folder.mkdir()
    (folder / "__init__.py").touch()
    monkeypatch.syspath_prepend(tmp_path)

    def rendered(template, *estimates):
        (folder / "page.md.j2").write_text(template, encoding="utf-8")
        claims = {"C1": Claim(**RULE, meaning=MEANING)}
        target = f"{folder.name}.study.Own"
        return study_page(Planted(claims), gathered(claims, {"C1": estimates}), target)

    yield rendered
    sys.modules.pop(folder.name, None)


def test_a_studys_own_template_asks_for_verdicts_and_may_extend_the_shared_one(own):
    template = "{{ verdict('C1') }}, {{ effect('C1') }}: {{ meaning('C1') }}{{ holds('C1', 'refuted', 'mixed') }}\n"
    assert own(template, REFUTES) == "refuted, 0.2 [0.1, 0.3]: Use B.\n"
    extended = "{% extends 'page.md.j2' %}{% block found %}{{ sentence('C1') }}\n{% endblock %}"
    text = own(extended, SUPPORTS)
    assert "Supported: A is better than B." in text
    assert "## What was found" not in text
    assert "## How to read" in text


@pytest.mark.parametrize(
    ("template", "said"),
    [
        (
            "{{ holds('C1', 'refuted') }}B is better.",
            "C1 is supported, not refuted; change the sentence that says refuted",
        ),
        ("{{ holds('C1', 'wrong') }}", "wrong must be a verdict: supported, refuted, mixed, inconclusive, blocked"),
        ("{{ verdict('C9') }}", "C9 must be one of the study's claims, C1"),
        ("{{ question }}", "'question' is undefined"),
        ("\n{% if %}", "Expected an expression"),
    ],
)
def test_a_template_whose_sentence_does_not_hold_fails_in_one_line(own, template, said):
    with pytest.raises(PageError) as failure:
        own(template, SUPPORTS)
    assert str(failure.value).startswith("study planted: own_study_of_a_page/page.md.j2")
    assert said in str(failure.value)
    assert "\n" not in str(failure.value)


def test_a_study_without_a_template_of_its_own_has_the_shared_one():
    assert [path.name for path in templates(TARGET)] == ["page.md.j2"]
    assert templates("Study") == templates("nowhere.study.Study") == templates(TARGET)


def test_a_long_page_is_cut_at_a_paragraph_for_mlflow():
    ending = "The page goes on in the artifact page.md."
    long = "# s\n\n" + "".join(f"- claim {place}\n" for place in range(2000))
    cut = cut_at_paragraph(long, TAG_LENGTH, ending)
    assert len(cut) <= TAG_LENGTH
    kept, _, end = cut.rpartition("\n\n")
    assert end == ending
    assert long.startswith(kept + "\n- claim ")
    assert cut_at_paragraph("short", TAG_LENGTH, ending) == "short"
