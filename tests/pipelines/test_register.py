"""The register of rules: every rule has a date, and what is registered is never changed."""

from pathlib import Path

import pytest
import yaml

from pipelines.register import COLUMNS, RULES, main, registered, rules_in

ROOT = Path(__file__).resolve().parents[2]


def test_every_rule_is_registered():
    known = registered(ROOT / RULES)
    lacking = [rule for rule in rules_in(ROOT / "conf") if rule not in known]
    assert not lacking, "run python -m pipelines.register"


@pytest.fixture
def claim(tmp_path, monkeypatch):
    """Writes the yaml of a study with one claim."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "docs").mkdir()
    (tmp_path / "conf" / "study").mkdir(parents=True)

    def write(**changes):
        rule = {"_target_": "src.protocol.claims.Claim", "statement": "A is better.", "estimand": "share of pairs"}
        rule |= {"smallest_effect": 0.5, "direction": "above"} | changes
        text = yaml.safe_dump({"study": {"name": "s", "claims": {"C1": rule}}})
        (tmp_path / "conf" / "study" / "s.yaml").write_text(text)
        (tmp_path / "conf" / "study" / "silent.yaml").write_text("study: {name: silent}\n")

    return write


def test_a_changed_rule_gets_a_row_and_the_earlier_one_keeps_its_date(claim, capsys):
    claim()
    assert main() == 0
    first = RULES.read_text()
    assert first.splitlines()[0] == ",".join(COLUMNS)
    RULES.write_text(first[: first.rindex(",")] + ",2020-01-01\n")
    main()
    assert list(registered(RULES).values()) == ["2020-01-01"]
    claim(smallest_effect=0.6)
    main()
    assert "2 rules, 1 of them new" in capsys.readouterr().out
    claim(meaning={"supported": "Use A."})  # no part of the rule
    main()
    known = registered(RULES)
    assert len(known) == 2
    assert next(iter(known.values())) == "2020-01-01"
    assert all(rule in known for rule in rules_in(Path("conf")))
