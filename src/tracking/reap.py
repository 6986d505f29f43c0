"""End what killed processes left: kill -9 and SIGTERM leave an MLflow run RUNNING for ever."""

from src.tracking.process import gone, host
from src.tracking.store import Store


def reap(store: Store) -> list[str]:
    """End as KILLED the runs that are RUNNING for processes of this host which are gone; their ids.

    Runs of other hosts, and runs that this project did not start (without the tags), are left alone.
    """
    client, ended = store.client, []
    condition = f"attributes.status = 'RUNNING' and tags.host = '{host()}'"
    with store.speaking():
        experiments = [found.experiment_id for found in client.search_experiments()]
        for run in client.search_runs(experiments, condition, max_results=10_000):
            if gone(run.data.tags):
                client.set_terminated(run.info.run_id, "KILLED")
                ended.append(str(run.info.run_id))
    return ended
