"""The stage that settles all claims in one place, from the studies' tables alone.

``results/verdicts.csv`` holds the verdict of each claim in each setting with p- and q-values, ``results/claims.csv``
one row per claim, and ``results/claims.json`` their counts for ``dvc metrics``. Claims of docs/reference.md that no
study settles are rows too: blocked, with the reason.
"""

import json
import re
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from pipelines.other_root import TABLE as OTHER_ROOT
from pipelines.overview import gathered
from pipelines.register import RULES, registered
from src.command.help_text import names
from src.command.log_claims import log_claims
from src.protocol.claims import VERDICTS
from src.protocol.ledger import CARDS, Overall, ledger_table, with_discovery_rate
from src.tracking.checks import StoreDown, StoreError
from src.tracking.store import Store, default_uri

REFERENCE = Path("docs") / "reference.md"
ROW = re.compile(r"^\| ([CR]\d+) \|(?: ([NT, ]+) \|)? (.+?) \|")


def reference_rows(text: str) -> dict[str, tuple[str, str]]:
    """Who asserts each row of the reference (N: the textbook, T: theory; empty: nobody), and its words."""
    found = (ROW.match(line) for line in text.splitlines())
    return {row[1]: (row[2] or "", row[3].strip()) for row in found if row}


def with_other_root(verdicts: pd.DataFrame, other: pd.DataFrame) -> pd.DataFrame:
    """``verdicts`` with a column other_root: the verdict that ``other`` has in the same setting; empty where none.

    The i-th row of a claim is of the same setting in both, whose words may name the number of seeds. Of a claim that
    has come to more or fewer rows none is known.

    Args:
        verdicts: of all studies, with a column study.
        other: verdicts on another root seed, columns study, claim and verdict.
    """
    found = dict.fromkeys(verdicts.index, "")
    elsewhere = {key: own["verdict"].tolist() for key, own in other.groupby(["study", "claim"])}
    for key, own in verdicts.groupby(["study", "claim"]):
        if len(elsewhere.get(key, ())) == len(own):
            found |= dict(zip(own.index, elsewhere[key], strict=True))
    return verdicts.assign(other_root=pd.Series(found, dtype=object))


def write_ledger(
    results: Path,
    studies: Sequence[str],
    references: Mapping[str, tuple[str, str]],
    rules: Mapping[tuple[str, str, str], str],
) -> pd.DataFrame:
    """Write the three files into ``results`` from ``results/<study>/{claims,verdicts}.csv``; the ledger.

    Verdicts on another root seed come from ``results/<study>/other_root.csv``, where it is there.
    """
    verdicts = gathered(results, studies, "verdicts", VERDICTS)
    cards = gathered(results, studies, "claims", CARDS)
    verdicts = with_other_root(verdicts, gathered(results, studies, OTHER_ROOT, ("claim", "verdict")))
    verdicts = with_discovery_rate(verdicts)
    ledger = ledger_table(cards, verdicts, references, rules)
    verdicts.to_csv(results / "verdicts.csv", index=False)
    ledger.to_csv(results / "claims.csv", index=False)
    counts = {str(kind): int((ledger["verdict"] == kind).sum()) for kind in Overall}
    held = {
        f"{kind}_fdr": int((ledger["verdict_fdr"] == kind).sum()) for kind in (Overall.SUPPORTED, Overall.REFUTED)
    }
    explored = {"explored": int((ledger["standing"] == "explored").sum())}
    (results / "claims.json").write_text(json.dumps(counts | held | explored, indent=1) + "\n", encoding="utf-8")
    return ledger


def main() -> int:
    """Write the ledger of all studies in ``conf/study``, and log it."""
    results = Path("results")
    studies = names(Path("conf"), "study")
    references = reference_rows(REFERENCE.read_text(encoding="utf-8"))
    ledger = write_ledger(results, studies, references, registered(RULES))
    try:
        log_claims(ledger, Path("runs"), Store(default_uri(Path.cwd())))
    except (StoreDown, StoreError) as error:
        print(f"not logged to MLflow: {error}; run python -m pipelines.claims to log the claims", file=sys.stderr)
    print(f"results/claims.csv: {len(ledger)} claims: {ledger['verdict'].value_counts().to_dict()}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
