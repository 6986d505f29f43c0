"""Each claim in a yaml is a sentence that can be read alone, with the quantity that decides on it."""

from pathlib import Path

import pytest
import yaml

STUDIES = sorted((Path(__file__).resolve().parents[2] / "conf" / "study").glob("*.yaml"))
CLAIMS = {
    f"{path.stem}: {name}": claim
    for path in STUDIES
    for name, claim in (yaml.safe_load(path.read_text(encoding="utf-8"))["study"].get("claims") or {}).items()
}
# A sentence that begins so leans on the sentence before it.
LEANING = (
    "...",
    "…",
    "And ",
    "Or ",
    "Nor ",
    "It ",
    "They ",
    "This ",
    "These ",
    "That ",
    "Those ",
    "With diminishing",
)
# A quantity names its unit, or is a count, a share, an exponent or a number without one.
UNITS = (
    "in percentage points", "in decades", "in %", "in degrees", "in nats", "(no unit)", "per step",
    "share of", "number of", "exponent of", "distinct units", "relative change",
)  # fmt: skip


def test_no_claim_is_lost():
    assert len(CLAIMS) == 107


@pytest.mark.parametrize("name", CLAIMS)
def test_a_statement_is_a_whole_sentence(name):
    statement = CLAIMS[name]["statement"]
    assert statement[0].isupper()
    assert statement.endswith(".")
    assert not statement.startswith(LEANING)
    assert len(statement.split()) > 2
    assert ";" not in statement  # the estimand stands in its own field


@pytest.mark.parametrize("name", CLAIMS)
def test_an_estimand_names_its_unit(name):
    estimand = CLAIMS[name]["estimand"]
    assert any(unit in estimand for unit in UNITS), estimand
    assert "log10" not in estimand or "in decades" in estimand
    assert not estimand.endswith(".")


@pytest.mark.parametrize("name", CLAIMS)
def test_a_claim_has_these_fields_alone(name):
    fields = [field for field in CLAIMS[name] if field != "meaning"]
    if "fewest_seeds" in fields:  # Wilson's interval of a share holds for any number of runs; a count needs none
        assert CLAIMS[name]["estimand"].startswith(("share of", "number of", "largest number of", "numbers in"))
        fields.remove("fewest_seeds")
    if "changed" in fields:  # with the root seeds of the results that were looked at, and ends as "... changed" does
        assert fields[-2:] == ["changed", "seen_roots"]
        assert CLAIMS[name]["changed"].endswith((" was", " were"))
        fields = fields[:-2]
    assert fields == ["_target_", "statement", "estimand", "smallest_effect", "direction"]
