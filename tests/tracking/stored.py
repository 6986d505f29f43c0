"""What a store holds, for the tests."""

from src.tracking import Store


def logged(store: Store, study: str) -> set[str]:
    """Identities of the study's runs that the store has as FINISHED."""
    found = store.experiment(study)
    assert found is not None
    runs = store.client.search_runs([found.experiment_id], "attributes.status = 'FINISHED'")
    return {run.data.tags["identity"] for run in runs}
