"""The register of rules, ``docs/rules.csv``: since when the rule of each claim stands as it is.

``python -m pipelines.register`` adds a row with today's date for each rule in ``conf/study`` that has none. Rows are
added and never changed, so that the register shows which rule stood before which run. A rule is known by its digest,
which changes with the statement, the estimand, the smallest effect, its side and the fewest seeds.
"""

import csv
import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

import yaml

from src.protocol.claims import Claim
from src.protocol.ledger import rule_digest

RULES = Path("docs") / "rules.csv"
COLUMNS = ("study", "claim", "rule", "date")


def rules_in(conf: Path) -> Iterator[tuple[str, str, str]]:
    """Study, claim and digest of each rule in the yamls of ``conf/study``, sorted by study."""
    for path in sorted((conf / "study").glob("*.yaml")):
        study = yaml.safe_load(path.read_text(encoding="utf-8"))["study"]
        for name, settings in (study.get("claims") or {}).items():
            rule = {key: value for key, value in settings.items() if key != "_target_"}
            yield path.stem, name, rule_digest(Claim(**rule))


def registered(path: Path) -> dict[tuple[str, str, str], str]:
    """Date of each rule in the register, by study, claim and digest; empty where there is no register."""
    if not path.is_file():
        return {}
    with path.open(encoding="utf-8", newline="") as file:
        return {(row["study"], row["claim"], row["rule"]): row["date"] for row in csv.DictReader(file)}


def with_new(known: Mapping[tuple[str, str, str], str], conf: Path, today: str) -> dict[tuple[str, str, str], str]:
    """``known`` and a row dated ``today`` for each rule of ``conf`` that it lacks."""
    return {**known, **{rule: today for rule in rules_in(conf) if rule not in known}}


def main() -> int:
    """Bring the register up to date."""
    known = registered(RULES)
    every = with_new(known, Path("conf"), datetime.now(tz=UTC).date().isoformat())
    with RULES.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows([*rule, date] for rule, date in every.items())
    print(f"{RULES}: {len(every)} rules, {len(every) - len(known)} of them new")
    return 0


if __name__ == "__main__":
    sys.exit(main())
