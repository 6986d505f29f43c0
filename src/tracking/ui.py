"""Show the store in a browser: ``python -m src.tracking.ui [PORT]``."""

import os
import sys
from pathlib import Path

from src.tracking.checks import SQLITE, StoreError, shown
from src.tracking.store import UI, Store, default_uri


def links(store: Store) -> list[str]:
    """One line for each study: its name and the address of its charts."""
    client = store.client
    with store.speaking():
        names = [found.name for found in client.search_experiments() if found.name != "Default"]
    return [f"  {name:<32} {store.link(name)}" for name in sorted(names)]


def command(uri: str, port: int) -> list[str]:
    """The command that serves a sqlite store on this machine alone; one worker is enough for one reader."""
    address = ["--host", "127.0.0.1", "--port", str(port)]
    options = ["--workers", "1", "--uvicorn-opts", "--log-level warning"]
    return [sys.executable, "-m", "mlflow", "server", "--backend-store-uri", uri, *address, *options]


def main(arguments: list[str]) -> None:
    """Print the studies' links, then become the server (a store on a server needs none)."""
    port = int(arguments[0]) if arguments else 5000
    store = Store(default_uri(Path.cwd()))
    local = store.uri.startswith(SQLITE)
    address = f"http://127.0.0.1:{port}"
    try:
        lines = [line.replace(UI, address) if local else line for line in links(store)]
    except StoreError as error:
        sys.exit(str(error))
    ending = f"serving {address}, until Ctrl+C" if local else f"served by {shown(store.uri)}"
    sys.stdout.write("\n".join([*(lines or ["  nothing has been run yet"]), ending, ""]))
    sys.stdout.flush()
    if local:
        os.environ.setdefault("PYTHONWARNINGS", "ignore")  # the server's own deprecations
        os.environ["MLFLOW_SERVER_ENABLE_JOB_EXECUTION"] = "false"  # 0.5 GB of memory instead of 3
        os.execv(sys.executable, command(store.uri, port))


if __name__ == "__main__":
    main(sys.argv[1:])
