"""Claims settled again on another root seed: how the command is refused, and how the ledger takes the verdicts up."""

import pandas as pd
import pytest

from pipelines.claims import with_other_root
from pipelines.other_root import WORDS, main, own_seeds


@pytest.mark.parametrize(
    "words",
    [
        ["study=warmup"],
        ["study=warmup", "root_seed=x", "seeds=3", "profile=tiny"],
        ["study=warmup", "root_seed=1", "seeds=-3", "profile=tiny"],
        ["study=warmup", "root_seed=1", "seeds=3", "profile=tiny", "steps=3"],
    ],
)
def test_other_words_are_refused_in_one_line(words, capsys):
    assert main(words) == 2
    [line] = capsys.readouterr().err.splitlines()
    assert all(f"{name}=" in line for name in WORDS)


@pytest.fixture
def conf(tmp_path, monkeypatch):
    (tmp_path / "conf" / "study").mkdir(parents=True)
    (tmp_path / "conf" / "config.yaml").write_text("seeds: 30\n")
    for name, text in {
        "few": "seeds: 7\nstudy: {claims: {C1: {}}}",
        "default": "study: {claims: {C1: {}}}",
        "silent": "study: {name: silent}",
    }.items():
        (tmp_path / "conf" / "study" / f"{name}.yaml").write_text(text)
    monkeypatch.chdir(tmp_path)
    return tmp_path / "conf"


def test_seeds_are_those_that_the_study_asks_for_and_none_without_claims(conf):
    assert [own_seeds(conf, name) for name in ("few", "default", "silent")] == [7, 30, 0]


@pytest.mark.parametrize(("study", "seeds"), [("silent", "10"), ("few", "0")])
def test_nothing_is_run_without_claims_or_seeds(conf, study, seeds):
    assert main([f"study={study}", "root_seed=1000", f"seeds={seeds}", "profile=tiny"]) == 0
    assert [path.name for path in conf.parent.iterdir()] == ["conf"]


def test_a_verdict_is_that_of_the_same_claim_in_the_same_setting_of_the_same_study():
    columns = ["study", "claim", "settings", "verdict"]
    verdicts = pd.DataFrame(
        [("a", "C1", "bowl, 30 seeds"), ("b", "C1", "bowl"), ("a", "C1", "sines, 30 seeds"), ("b", "C2", "")],
        columns=columns[:3],
        index=[3, 5, 7, 9],
    )
    other = pd.DataFrame(
        [
            ("a", "C1", "bowl, 10 seeds", "inconclusive"),
            ("a", "C1", "sines, 10 seeds", "refuted"),
            ("b", "C1", "bowl", "supported"),
            ("b", "C2", "one", "blocked"),  # the claim has come to more rows
            ("b", "C2", "two", "blocked"),
        ],
        columns=columns,
    )
    joined = with_other_root(verdicts, other)
    assert joined["other_root"].to_dict() == {3: "inconclusive", 5: "supported", 7: "refuted", 9: ""}
    assert with_other_root(verdicts, other.iloc[:0])["other_root"].eq("").all()
