"""Finished run directories in MLflow. The only package that imports mlflow, and only when it logs something.

A sweep calls ``check`` and ``Store.prepare`` once, before its workers start; then ``log_run`` for each finished run
directory, in any process, as often as it likes; and ``reap`` to end what killed processes left behind.
"""

from src.tracking.checks import StoreDown, StoreError, check
from src.tracking.log_run import log_run, retire
from src.tracking.reap import reap
from src.tracking.store import Store, default_uri

__all__ = ["Store", "StoreDown", "StoreError", "check", "default_uri", "log_run", "reap", "retire"]
