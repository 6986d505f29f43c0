"""Floor 4: finished run directories -> MLflow. The only package that imports mlflow, and only when it speaks to it.

A sweep calls ``check`` and ``Store.prepare`` once, before its workers start; then ``tell`` for each finished run
directory, in any process, as often as it likes; and ``reap`` to end what killed processes left behind.
"""

from src.tracking.checks import StoreDown, StoreError, check
from src.tracking.reap import reap
from src.tracking.store import Store, default_uri
from src.tracking.tell import tell, told

__all__ = ["Store", "StoreDown", "StoreError", "check", "default_uri", "reap", "tell", "told"]
