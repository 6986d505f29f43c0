import subprocess
import sys

import psutil

from src.tracking import Store, reap
from src.tracking.process import here

STUDY = "optimizer_comparison"


def start(store: Store, tags: dict[str, str]) -> str:
    experiment = store.experiment(STUDY).experiment_id
    return store.client.create_run(experiment, tags=tags).info.run_id


def test_only_runs_of_gone_processes_are_ended(store: Store) -> None:
    with subprocess.Popen([sys.executable, "-c", "pass"]) as process:
        process.wait()
    gone = start(store, here() | {"pid": str(process.pid)})
    reused = start(store, here() | {"pid.created": f"{psutil.Process().create_time() - 3600}"})
    kept = {
        "alive": start(store, here()),
        "another host's": start(store, here() | {"pid": str(process.pid), "host": "elsewhere"}),
        "a stranger's": start(store, {}),
    }
    assert sorted(reap(store)) == sorted([gone, reused])
    assert store.client.get_run(gone).info.status == "KILLED"
    assert {name: store.client.get_run(run).info.status for name, run in kept.items()} == dict.fromkeys(
        kept, "RUNNING"
    )
    assert reap(store) == []
