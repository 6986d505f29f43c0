"""One thread a process, as the command runs: two would only slow small tensors, and may round otherwise."""

from src.command.environment import set_up

set_up()  # before numerical libraries load

import torch  # noqa: E402 (it is one of them)

torch.set_num_threads(1)

import pytest  # noqa: E402 (with what follows)

from src.tracking.store import Store  # noqa: E402 (it loads numerical libraries)


def pytest_collection_modifyitems(items):
    """The whole pipeline first, then other files that run commands: none of the long ones is left to the end."""
    commands = {item.path for item in items if item.get_closest_marker("command")}
    items.sort(key=lambda item: (item.path.name != "test_whole_pipeline.py", item.path not in commands))


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory):
    """A file mlflow.db with MLflow's schema, which takes seconds to make; copy it into a test's folder."""
    path = tmp_path_factory.mktemp("database") / "mlflow.db"
    assert Store(f"sqlite:///{path}").client
    return path


# Planted tables of runs and sweeps, which the tests of figures in several folders share.
from figure_fixtures import (  # noqa: E402, F401 (fixtures, which pytest finds by their names here)
    learning_curves,
    run_about,
    run_tables,
    small_study_tables,
    study_about,
    study_tables,
)
