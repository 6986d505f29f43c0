"""The rules of a study's claims as its yaml has them, and the verdicts that planted tables must give."""

from pathlib import Path

import yaml

from src.protocol.claims import Claim

STUDIES = Path(__file__).resolve().parents[2] / "conf" / "study"


def claims_of(study: str) -> dict[str, Claim]:
    """The claims of ``study`` by name."""
    rules = yaml.safe_load((STUDIES / f"{study}.yaml").read_text(encoding="utf-8"))["study"]["claims"]
    return {
        name: Claim(**{key: value for key, value in rule.items() if key != "_target_"})
        for name, rule in rules.items()
    }
