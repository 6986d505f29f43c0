"""Loop of descent: known paths, the ends of rows, recorded series."""

from dataclasses import dataclass

import pytest
import torch

from src.core.problem import Problem
from src.core.schedule import Schedule
from src.core.status import Status
from src.core.streams import OrderStream, seeds
from src.engine import descend, series_buffer
from src.engine.descend import DescentLoop
from src.monitor.rule import NEVER
from src.monitor.stopping import Patience
from src.optimizers.adam import Adam
from src.optimizers.gd import GradientDescent
from src.optimizers.momentum import Momentum
from src.problems.linear_regression import LinearRegression
from src.problems.quadratic import Quadratic
from src.problems.rosenbrock import Rosenbrock
from src.schedules.constant import Constant

RULE = {"metric": "loss", "patience": 3, "min_delta": 1e-4, "freeze": False, "gradient_tolerance": 1e-12}
PARABOLA = Quadratic(curvatures=[1.0], lower=[-2.0], upper=[2.0], start=[1.0], steps=20, tolerance=1e-3)
ROSENBROCK = Rosenbrock(
    dimension=2, b=10.0, lower=[-2.0, -1.0], upper=[2.0, 3.0], start=[-1.5, 2.5], steps=200, tolerance=1e-4
)


@dataclass(frozen=True, kw_only=True)
class Evaluated(Problem):
    """x^2 in one dimension, told again by ``evaluate`` as the training loss."""

    precision: str = "float64"
    dimension = 1

    @property
    def dtype(self):
        return getattr(torch, self.precision)

    def value(self, theta, batch=None):
        return theta.square().sum(-1)

    def evaluate(self, theta):
        return {"train_loss": self.value(theta)}


@dataclass(frozen=True)
class Halving(Schedule):
    """1, 1/2, 1/4, …"""

    def factor(self, step):
        return 0.5**step


def run(problem, start, rates, *, optimizer=None, steps=20, every=1, paths=0, schedule=None, device="cpu", **rule):
    points = torch.tensor(start, dtype=problem.dtype).reshape(len(start), -1)
    loop = DescentLoop(
        problem=problem,
        optimizer=optimizer or GradientDescent(),
        schedule=schedule or Constant(),
        stopping=Patience(**RULE | rule),
        steps=steps,
        evaluate_every=every,
        device=torch.device(device),
        paths=paths,
    )
    return loop.run(points, torch.tensor(rates, dtype=problem.dtype), seeds(len(start)))


def labels(descent):
    return [Status(code).label for code in descent.status.tolist()]


@pytest.mark.parametrize(
    ("optimizer", "learning_rate", "end"),
    [
        (GradientDescent(), 2e-4, 6.469),
        (Momentum(beta=0.9), 2e-4, 5.594),
        (Adam(beta1=0.9, beta2=0.999, eps=1e-8), 0.01, 3.3187),
    ],
)
def test_row_r6(optimizer, learning_rate, end):
    descent = run(ROSENBROCK, [[-1.5, 2.5]], [learning_rate], optimizer=optimizer, steps=200)
    loss = descent.series["loss"].values[:, 0]
    assert loss[0].item() == 6.875
    assert loss[-1].item() == pytest.approx(end, abs=5e-4 if end != 3.3187 else 5e-5)
    assert ROSENBROCK.value(descent.theta).item() == loss[-1].item()
    assert descent.taken.tolist() == [200]


def test_rows_are_seeds_by_rates():
    """Row s * L + l is seed s at rate l: on x^2, theta_t = (1 - 2 rate)^t theta_0."""
    descent = run(PARABOLA, [1.0, -2.0], [0.1, 0.25, 0.6], steps=3)
    expected = [start * (1 - 2 * rate) ** 3 for start in (1.0, -2.0) for rate in (0.1, 0.25, 0.6)]
    assert descent.theta.ravel().tolist() == pytest.approx(expected, rel=1e-14)


def test_the_series_are_what_they_are_said_to_be():
    descent = run(PARABOLA, [1.0], [0.25], steps=4, paths=1)
    theta = [0.5**step for step in range(5)]
    assert descent.path.ravel().tolist() == theta
    steps = {name: series.steps.tolist() for name, series in descent.series.items()}
    assert [steps.pop(name) for name in ("loss", "grad_norm", "param_norm")] == [[0, 1, 2, 3, 4]] * 3
    assert steps == {"update_ratio": [0, 1, 2, 3]}
    values = {name: series.values.ravel().tolist() for name, series in descent.series.items()}
    assert values["loss"] == [x * x for x in theta]
    assert values["grad_norm"] == [2 * x for x in theta]
    assert values["param_norm"] == theta
    assert values["update_ratio"] == [0.5] * 4


def test_the_schedule_scales_the_rate():
    """Each step keeps 1 - 2 * 0.25 / 2^t of theta: 1/2 · 3/4 · 7/8."""
    assert run(PARABOLA, [1.0], [0.25], steps=3, schedule=Halving()).theta.item() == 0.328125


def test_every_way_to_end():
    """On x^2: rate 0.5 lands on 0, 0.01 crawls, 1e-9 brings no improvement, 100 explodes."""
    descent = run(PARABOLA, [1.0], [0.5, 0.01, 1e-9, 100.0], freeze=True, patience=5)
    assert labels(descent) == ["converged", "out_of_budget", "stopped_early", "diverged"]
    assert descent.taken.tolist() == [1, 20, 5, 2]
    assert descent.stopped_step.tolist() == [NEVER, NEVER, 5, NEVER]
    assert descent.theta[0].item() == 0
    assert descent.theta[3].item() == pytest.approx(199**2)


def test_a_stop_that_is_only_noted_lets_the_row_run_on():
    descent = run(PARABOLA, [1.0], [0.01, 1e-9], patience=5)
    assert labels(descent) == ["out_of_budget"] * 2
    assert descent.taken.tolist() == [20, 20]
    assert descent.stopped_step.tolist() == [NEVER, 5]


def test_a_frozen_row_stays_where_it_ended():
    descent = run(PARABOLA, [1.0], [0.01, 1e-9, 100.0, 0.5], freeze=True, patience=5, paths=4)
    for row, taken in enumerate(descent.taken.tolist()):
        path = descent.path[:, row, 0]
        assert (path[taken:] == path[taken]).all()
        assert path[taken] == descent.theta[row, 0]
        assert (path[1 : taken + 1] != path[:taken]).all()
        for name in ("loss", "grad_norm", "param_norm"):
            values = descent.series[name].values[:, row]
            assert (values[taken:] == values[taken]).all()
        assert (descent.series["update_ratio"].values[taken:, row] == 0).all()


@pytest.mark.parametrize(
    ("start", "learning_rate", "taken"),
    [
        (float("nan"), 0.1, 0),
        (float("inf"), 0.1, 0),
        (1e200, 0.1, 0),  # the loss overflows
        (1.0, 1e200, 1),  # it does after one step
        (1.0, 1e3, 2),  # 1999^2 is below the ceiling of 2e8, 1999^4 above
    ],
)
def test_what_counts_as_diverged(start, learning_rate, taken):
    descent = run(PARABOLA, [start], [learning_rate])
    assert labels(descent) == ["diverged"]
    assert descent.taken.tolist() == [taken]


def test_a_row_that_diverged_is_not_moved_by_an_infinite_gradient():
    """At 1e308 the gradient overflows: infinity times a zero for "frozen" would be NaN."""
    descent = run(PARABOLA, [1e308, 1.0], [0.1])
    assert labels(descent) == ["diverged", "out_of_budget"]
    assert descent.series["grad_norm"].values[:, 0].tolist() == [float("inf")] * 21
    assert descent.theta[0].item() == 1e308


def test_the_ceiling_is_relative_to_the_initial_loss():
    """A loss that rises by 1e8 times 1 + |initial loss| has diverged; 100 may rise a hundred times as far as 0."""
    rate = -0.5 * 10001  # one step takes x to 10002 x
    descent = run(PARABOLA, [1.0, 10.0, 0.99], [rate], steps=1)
    assert descent.series["loss"].values[-1].tolist() == pytest.approx([1.0004e8, 1.0004e10, 0.98049e8], rel=1e-5)
    assert labels(descent) == ["out_of_budget"] * 3
    assert labels(run(PARABOLA, [1.0, 10.0], [1.5 * rate], steps=1)) == ["diverged"] * 2
    assert labels(run(PARABOLA, [1.0, 10.0], [1.3 * rate], steps=1)) == ["out_of_budget", "diverged"]


@pytest.mark.parametrize("tolerance", [0.0, 1e-3])
def test_convergence_is_a_gradient_at_or_below_the_tolerance(tolerance):
    below, above = tolerance / 2, tolerance / 2 + 1e-6  # the gradient of x^2 is 2x
    descent = run(PARABOLA, [below, above], [1e-9], steps=2, gradient_tolerance=tolerance)
    assert labels(descent) == ["converged", "out_of_budget"]
    assert descent.taken.tolist() == [0, 2]


def test_the_loop_ends_when_no_row_is_active(monkeypatch):
    calls = []
    update = GradientDescent.update
    monkeypatch.setattr(
        GradientDescent, "update", lambda *arguments: calls.append(arguments[4]) or update(*arguments)
    )
    descent = run(PARABOLA, [1.0, -2.0], [0.5], steps=1000)
    assert calls == [0]
    assert labels(descent) == ["converged"] * 2
    assert descent.series["loss"].values.shape == (1001, 2)
    assert descent.series["update_ratio"].values[:3].tolist() == [[1, 1], [0, 0], [0, 0]]


def test_series_of_a_loop_that_ended_early_hold_the_real_last_point():
    """The row ends at step 5, after the evaluation at 4: from 8 on the evaluations are those of theta_5."""
    descent = run(Evaluated(), [1.0], [0.45], steps=22, every=4, gradient_tolerance=3e-5, metric="grad_norm")
    assert (labels(descent), descent.taken.tolist()) == (["converged"], [5])
    evaluated = descent.series["train_loss"]
    assert evaluated.steps.tolist() == [0, 4, 8, 12, 16, 20, 22]
    expected = [0.1 ** (2 * step) for step in (0, 4, 5, 5, 5, 5, 5)]
    assert evaluated.values.ravel().tolist() == pytest.approx(expected, rel=1e-9)
    alone, accompanied = (
        evaluated.values[:, 0],
        run(Evaluated(), [1.0], [0.45, 1e-3], steps=22, every=4, gradient_tolerance=3e-5, metric="grad_norm"),
    )
    assert accompanied.series["train_loss"].values[:, 0].equal(alone)


@pytest.mark.parametrize(
    ("steps", "every", "evaluated"), [(6, 2, [0, 2, 4, 6]), (7, 3, [0, 3, 6, 7]), (2, 5, [0, 2])]
)
def test_evaluations_are_taken_every_so_often_and_at_the_end(steps, every, evaluated):
    descent = run(Evaluated(), [1.0], [0.25], steps=steps, every=every)
    assert descent.series["train_loss"].steps.tolist() == evaluated
    assert descent.series["train_loss"].values.ravel().tolist() == [0.25**step for step in evaluated]


@pytest.mark.parametrize("freeze", [False, True])
@pytest.mark.parametrize("metric", ["loss", "grad_norm", "param_norm", "update_ratio", "train_loss"])
def test_the_stop_is_that_of_the_rule_over_the_recorded_series(metric, freeze):
    """A plain-Python telling of the rule over what was recorded up to the row's end."""
    rates = [1e-4, 1e-3, 0.01, 0.05, 0.2, 0.45, 0.9, 0.999, 1.1]
    patience, min_delta = 3, 0.01
    descent = run(
        Evaluated(), [1.0, 3.0], rates, optimizer=Momentum(beta=0.3), steps=40, every=2, metric=metric,
        patience=patience, min_delta=min_delta, freeze=freeze, gradient_tolerance=1e-6,
    )  # fmt: skip
    series = descent.series[metric]
    for row, stopped in enumerate(descent.stopped_step.tolist()):
        best, waited, fired = float("inf"), 0, NEVER
        for step, value in zip(series.steps.tolist(), series.values[:, row].tolist(), strict=True):
            if descent.status[row] in (Status.CONVERGED, Status.DIVERGED) and step >= descent.taken[row]:
                break
            best, waited = (value, 0) if value < best - min_delta else (best, waited + 1)
            if waited >= patience:
                fired = step
                break
        assert stopped == fired
        assert (descent.status[row] == Status.STOPPED_EARLY) == (freeze and fired != NEVER)
        if freeze and fired != NEVER:
            assert descent.taken[row] == fired + (metric == "update_ratio")  # its step is taken when it is known
    assert len(set(descent.stopped_step.tolist())) > 2


@pytest.mark.parametrize("precision", ["float32", "float64"])
def test_the_problems_type_is_kept(precision):
    descent = run(Evaluated(precision=precision), [1.0], [0.1], steps=5, paths=1)
    dtype = getattr(torch, precision)
    assert {
        descent.theta.dtype,
        descent.path.dtype,
        *(series.values.dtype for series in descent.series.values()),
    } == {dtype}
    assert descent.theta.item() == pytest.approx(0.8**5, rel=1e-6 if precision == "float32" else 1e-15)


def test_the_start_is_not_changed():
    start = torch.tensor([[1.0]], dtype=torch.float64)
    loop = DescentLoop(
        problem=PARABOLA, optimizer=GradientDescent(), schedule=Constant(), stopping=Patience(**RULE), steps=3,
        evaluate_every=1,
    )  # fmt: skip
    loop.run(start, torch.tensor([0.1], dtype=torch.float64), seeds(1))
    assert start.item() == 1
    assert start._version == 0


def test_rows_of_one_seed_share_the_order_of_the_data():
    """Batches of one sample: the loss at step 0 is that of a seed's own first sample, whatever the rate."""
    problem = LinearRegression(
        size=50, coefficients=[3.0, 2.0], noise=0.1, data_seed=0, start=[0.0, 0.0], steps=10, tolerance=1e-4
    )
    object.__setattr__(problem, "batch_size", 1)
    descent = run(problem, [[0.0, 0.0]] * 3, [1e-3, 1e-2], steps=2)
    first = descent.series["loss"].values[0].reshape(3, 2)
    assert first[:, 0].equal(first[:, 1])
    assert len(set(first[:, 0].tolist())) == 3


def test_a_mini_batch_without_gradient_is_no_sign_of_convergence():
    """The start fits the seed's first sample exactly, and the others not at all."""
    problem = LinearRegression(
        size=50, coefficients=[3.0, 2.0], noise=0.0, data_seed=0, batch_size=1, start=None, steps=2, tolerance=1e-4
    )
    first = problem.data[0][OrderStream(seeds(1), 50, 1).next()[0, 0]]
    start = [3.0 - first[1].item(), 2.0 + first[0].item()]
    descent = run(problem, [start], [0.01], steps=2)
    assert descent.series["grad_norm"].values[0, 0] < 1e-12
    assert descent.status.tolist() == [Status.OUT_OF_BUDGET]
    assert descent.series["param_norm"].values[2, 0] != descent.series["param_norm"].values[0, 0]


def test_chunks_hold_whole_seeds_that_fit_the_cache(monkeypatch):
    sizes = []
    gradient = Quadratic.gradient
    monkeypatch.setattr(
        Quadratic, "gradient", lambda self, theta, batch: sizes.append(len(theta)) or gradient(self, theta, batch)
    )
    monkeypatch.setattr(descend, "CHUNK_VALUES", 5)
    run(PARABOLA, [1.0, 1.1, 1.2, 1.3, 1.4], [0.1, 0.2], steps=0)
    assert sizes == [4, 4, 2]


def test_records_put_together_are_the_same_records(monkeypatch):
    whole = run(ROSENBROCK, [[-1.5, 2.5]], [1e-3, 10.0], steps=11)
    monkeypatch.setattr(series_buffer, "BLOCK_VALUES", 5)  # two steps of two rows
    pieces = run(ROSENBROCK, [[-1.5, 2.5]], [1e-3, 10.0], steps=11)
    assert whole.series.keys() == pieces.series.keys()
    for name, series in whole.series.items():
        torch.testing.assert_close(pieces.series[name].values, series.values, rtol=0, atol=0, equal_nan=True)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="this machine has no CUDA device")
def test_a_graphics_card_gives_the_same_path():
    rates = [1e-4, 1e-3, 10.0]
    adam = Adam(beta1=0.9, beta2=0.999, eps=1e-8)
    here = run(ROSENBROCK, [[-1.5, 2.5], [0.0, 0.0]], rates, optimizer=adam, steps=100, paths=2)
    there = run(ROSENBROCK, [[-1.5, 2.5], [0.0, 0.0]], rates, optimizer=adam, steps=100, paths=2, device="cuda")
    assert there.theta.device.type == "cpu"
    assert there.status.equal(here.status)
    torch.testing.assert_close(
        there.theta[here.status != Status.DIVERGED], here.theta[here.status != Status.DIVERGED]
    )
