"""The ledger in MLflow: one run per claim, once, and the newest row alone."""

import pytest

from src.command.log_claims import EXPERIMENT, log_claims
from src.protocol.claims import Claim, verdicts_table
from src.protocol.ledger import cards_table, ledger_table, with_discovery_rate
from src.statistics.intervals import Estimate
from src.tracking.store import Store

CLAIM = Claim(statement="A is better.", estimand="share of seeds", smallest_effect=0.5, direction="above")
REFERENCES = {"C8": ("N", "A is better"), "C33": ("T", "D is better")}


def ledger(estimate):
    cards = cards_table({"C8": CLAIM}, 0).assign(study="s", profile="full")
    verdicts = verdicts_table([CLAIM.settle("C8", estimate, "p")]).assign(study="s", profile="full")
    return ledger_table(cards, with_discovery_rate(verdicts), REFERENCES, {})


@pytest.fixture
def store(tmp_path):
    return Store(f"sqlite:///{tmp_path / 'mlflow.db'}")


def found(store):
    runs = store.client.search_runs([store.experiment(EXPERIMENT).experiment_id])
    return {run.data.tags["claim"]: run for run in runs}


def test_each_claim_is_a_run_that_can_be_searched(store, tmp_path):
    log_claims(ledger(Estimate(0.8, 0.7, 0.9)), tmp_path / "runs", store)
    runs = found(store)
    assert set(runs) == {"C8", "C33"}
    tags, metrics = runs["C8"].data.tags, runs["C8"].data.metrics
    assert (tags["verdict"], tags["standing"], tags["settled_by"], tags["asserted_by"]) == (
        "supported", "registered", "s", "N",
    )  # fmt: skip
    assert (metrics["estimate"], metrics["low"], metrics["high"], metrics["settings"]) == (0.8, 0.7, 0.9, 1)
    assert tags["mlflow.note.content"].startswith("Supported: A is better. Effect 0.8 [0.7, 0.9]")
    assert runs["C8"].data.params["smallest_effect"] == "0.5"
    assert (runs["C33"].data.tags["verdict"], runs["C33"].info.status) == ("blocked", "FINISHED")


def test_a_changed_row_takes_the_place_of_the_earlier_one_and_an_unchanged_one_stays(store, tmp_path):
    for estimate in (Estimate(0.8, 0.7, 0.9), Estimate(0.8, 0.7, 0.9), Estimate(0.2, 0.1, 0.3)):
        earlier = found(store) if store.experiment(EXPERIMENT) else {}
        log_claims(ledger(estimate), tmp_path / "runs", store)
    runs = found(store)
    assert {claim: run.data.tags["verdict"] for claim, run in runs.items()} == {"C8": "refuted", "C33": "blocked"}
    assert runs["C33"].info.run_id == earlier["C33"].info.run_id
