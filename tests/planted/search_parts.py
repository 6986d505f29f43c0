"""Small parts that tests of studies of search share."""

from src.monitor.stopping import Patience
from src.problems.data import Digits
from src.problems.mlp import Mlp
from src.problems.quadratic import Quadratic
from src.protocol.study import Cell
from src.protocol.tuning.grid import Tuning
from src.schedules.constant import Constant
from src.starts.normal import Normal

CONSTANT = Constant()
PATIENCE = Patience(metric="tuning_metric", patience=100, min_delta=0, freeze=False, gradient_tolerance=0)


def logistic():
    """Logistic regression of the digits."""
    return Mlp(
        data=Digits(split=[0.6, 0.2, 0.2], split_seed=0), loss="cross_entropy", widths=[64, 10], activation="relu",
        batch_size=32, epochs=1, precision="float32", target_loss=None,
    )  # fmt: skip


def bowl():
    """A quadratic in the plane."""
    return Quadratic(curvatures=[1.0, 4.0], lower=[-1.0, -1.0], upper=[1.0, 1.0], start=None, steps=9, tolerance=1e-4)


def cell(problem, optimizer, search, **changes):
    """A cell of a study that searches."""
    fields = {
        "problem": problem, "optimizer": optimizer, "search": search, "schedule": CONSTANT, "stopping": PATIENCE,
        "start": Normal(scale=0.1, centre=0.0), "learning_rate": None, "seeds": 3, "steps": 6, "root_seed": 0,
        "tuning": Tuning(lowest=1e-3, highest=0.1, rates=3, seeds=2, widenings=0, widen_by=1), "device": "cpu",
        "evaluate_every": None,
        "names": {"problem": "problem", "search": "method", "method": "method", "profile": "full"},
    }  # fmt: skip
    return Cell(**fields | changes)
