"""The ledger of claims in MLflow: an experiment ``claims`` with one run per claim."""

import hashlib
import json
import math
import time
from collections.abc import Hashable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd

from src.protocol.ledger import sentence
from src.runs.directories import RECORD, write_json
from src.tracking.log_run import log_run, retire
from src.tracking.store import Store

EXPERIMENT = "claims"
NOTE = (
    "Is the textbook right? One run per claim: its verdict is a tag and the note is a sentence. Effect, interval and "
    "counts of settings are metrics; the rule is in the parameters. Search for `tags.verdict = 'refuted'`, say."
)
NUMBERS = (
    "estimate", "low", "high", "smallest_effect", "settings", "supported", "refuted", "inconclusive", "blocked",
)  # fmt: skip
TAGS = ("claim", "verdict", "verdict_fdr", "half_seeds", "other_root", "standing", "asserted_by", "profile")
RULE = ("statement", "estimand", "smallest_effect", "direction", "rule", "rule_date", "root_seed")


def log_claims(ledger: pd.DataFrame, runs: Path, store: Store) -> None:
    """Log each row of ``ledger`` once; a row that has changed takes the place of the claim's earlier run.

    Args:
        ledger: columns src.protocol.ledger.LEDGER.
        runs: folder of finished runs; the records are kept in its folder ``claims``.
        store: where to log.

    Raises:
        StoreError, StoreDown: the store refuses, or does not answer.
    """
    store.bounded(lambda: store.prepare(EXPERIMENT, NOTE))
    current = set[str]()
    for row in ledger.to_dict("records"):
        record = _record(row)
        current.add(record["identity"])
        directory = runs / EXPERIMENT / record["identity"]
        if not (directory / RECORD).is_file():
            directory.mkdir(parents=True, exist_ok=True)
            write_json(directory / RECORD, record)
        store.bounded(partial(log_run, store, directory, EXPERIMENT))
    store.bounded(lambda: retire(store, EXPERIMENT, EXPERIMENT, current))


def _record(row: Mapping[Hashable, Any]) -> dict[str, Any]:
    """The record of one claim's run; its identity is that of everything in the row."""
    told = {str(name): str(value) for name, value in row.items()}
    numbers = {name: float(row[name]) for name in NUMBERS if isinstance(row[name], int | float)}
    now = time.time()
    return {
        "identity": hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:16],
        "name": f"{row['claim']}: {row['verdict']}",
        "study": EXPERIMENT,
        "kind": "sweep",
        "status": "finished",
        "params": {name: told[name] for name in RULE if told[name] not in ("", "nan")},
        "tags": {name: told[name] for name in TAGS if told[name]} | {"settled_by": told["study"]},
        "metrics": {name: value for name, value in numbers.items() if math.isfinite(value)},
        "missing": {},
        "note": sentence(row),
        "traceback": None,
        "started": now,
        "ended": now,
    }
