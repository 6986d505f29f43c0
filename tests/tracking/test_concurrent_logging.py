import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from stored import logged

from src.tracking import Store

STUDY = "optimizer_comparison"
LOG = """
import json, sys
from pathlib import Path
from src.tracking import Store, log_run
uri, sweep, *directories = sys.argv[1:]
store = Store(uri)
store.prepare("optimizer_comparison", "note")
print(json.dumps([log_run(store, Path(directory), sweep) for directory in directories]))
"""


@pytest.mark.slow
def test_four_processes_on_a_fresh_file_lose_nothing_and_say_nothing(
    tmp_path: Path, make_run: Callable[..., Path]
) -> None:
    store = Store(f"sqlite:///{tmp_path / 'mlflow.db'}")
    own = [[str(make_run(f"{process}{n}")) for n in range(3)] for process in range(4)]
    shared = str(make_run("ff"))
    started = [
        subprocess.Popen(
            [sys.executable, "-c", LOG, store.uri, f"s{process}", shared, *directories],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for process, directories in enumerate(own)
    ]
    ended = [process.communicate(timeout=120) for process in started]
    assert [(process.returncode, stderr) for process, (_, stderr) in zip(started, ended, strict=True)] == [
        (0, "")
    ] * 4
    assert len({json.loads(stdout)[0] for stdout, _ in ended}) == 1
    runs = list(store.client.search_runs([store.experiment(STUDY).experiment_id]))
    names = {f"{process}{n}" for process in range(4) for n in range(3)} | {"ff"}
    assert logged(store, STUDY) == names
    assert len(runs) == len(names)
    both = next(run for run in runs if run.data.tags["identity"] == "ff")
    assert all(both.data.tags[f"sweep.s{process}"] == "true" for process in range(4))
    counts = {len(store.client.get_metric_history(run.info.run_id, "median/loss")) for run in runs}
    assert len(counts) == 1
    assert counts.pop() > 60
