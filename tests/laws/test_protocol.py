"""The values that make the protocol are changed on purpose only: here and in the yaml.

``protocol.yaml`` holds them as the rows of docs/reference.md and the studies' designs have them: seeds, learning
rates of the tuning, stopping rules (R60), what the profiles cap, the textbook's settings (a preset bears its row's
name), and of each study the grid, the seeds, the budget and the rules of its claims. A new yaml need not be there.
"""

from pathlib import Path

import pytest
import yaml

from src.run import CONF

EXPECTED = yaml.safe_load(Path(__file__).with_name("protocol.yaml").read_text(encoding="utf-8"))
SETTINGS = ("learning_rate", "seeds", "steps", "evaluate_every", "root_seed", "device")


def read(group, name):
    return yaml.safe_load((CONF / group / f"{name}.yaml").read_text(encoding="utf-8"))


def of_a_part(content):
    return {key: value for key, value in content.items() if key not in ("_target_", "label")}


def of_a_study(content):
    grid = {
        key: ", ".join(part.strip() for part in str(values).split(","))
        for key, values in content["hydra"]["sweeper"]["params"].items()
    }
    kept = {key: content[key] for key in (*SETTINGS, "tuning") if key in content}
    claims = content["study"].get("claims", {})
    rules = {name: f"{claim['direction']} {claim['smallest_effect']}" for name, claim in claims.items()}
    return {"grid": grid} | kept | ({"claims": rules} if rules else {})


def test_what_every_study_starts_from():
    content = yaml.safe_load((CONF / "config.yaml").read_text(encoding="utf-8"))
    assert {key: content[key] for key in SETTINGS} == EXPECTED["config"]


@pytest.mark.parametrize("group", ["tuning", "stopping", "profile", "preset"])
def test_the_parts_of_the_protocol(group):
    assert {name: of_a_part(read(group, name)) for name in EXPECTED[group]} == EXPECTED[group]


@pytest.mark.parametrize("study", EXPECTED["study"])
def test_a_studys_design(study):
    assert of_a_study(read("study", study)) == EXPECTED["study"][study]
