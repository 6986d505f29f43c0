"""Known values away from the minimum, and the results of descent, as the rows state them."""

import math

import pytest
import torch

from src.core.checks import FieldError
from src.problems.ackley import Ackley
from src.problems.eggholder import Eggholder
from src.problems.five_wells import CENTRES, FiveWells
from src.problems.quadratic import Quadratic
from src.problems.rastrigin import Rastrigin
from src.problems.relu_valley import ReluValley
from src.problems.ripple import Ripple
from src.problems.rosenbrock import Rosenbrock
from src.problems.sines import Sines, WavyParabola
from src.problems.uneven_saddle import UnevenSaddle


def box(half, dimension=2, **changes):
    fields = {
        "lower": [-half] * dimension,
        "upper": [half] * dimension,
        "start": None,
        "steps": 10,
        "tolerance": 1e-4,
    }
    return fields | changes


def at(problem, *point):
    return problem.value(torch.tensor(point, dtype=torch.float64)).item()


def descend(problem, start, rate, steps, beta=0.0):
    """Heavy-ball path (steps + 1, D); plain gradient descent where beta is 0."""
    theta = torch.tensor(start, dtype=torch.float64)
    velocity = torch.zeros_like(theta)
    path = [theta]
    for _ in range(steps):
        velocity = beta * velocity + problem.gradient(theta)[1]
        theta = theta - rate * velocity
        path.append(theta)
    return torch.stack(path)


def sign_changes(series):
    signs = series[series != 0].sign()
    return int((signs[1:] != signs[:-1]).sum())


def test_r2_the_chord_lies_above_the_convex_half_only():
    x = torch.linspace(-3, 3, 601, dtype=torch.float64).unsqueeze(-1)
    for problem, above in [
        (Quadratic(curvatures=[1.0], **box(4.0, 1)), True),
        (WavyParabola(**box(4.0, 1)), False),
    ]:
        value = problem.value(x)
        chord = torch.lerp(value[0], value[-1], (x[:, 0] + 3) / 6)
        assert bool((value <= chord + 1e-12).all()) is above


def test_r4_half_lands_in_one_step_and_too_long_a_step_diverges():
    problem = Quadratic(curvatures=[1.0], **box(2.0, 1))
    assert descend(problem, [1.8], 0.5, 1)[-1].item() == 0
    assert descend(problem, [1.8], 0.1, 10)[-1].item() == pytest.approx(1.8 * 0.8**10)
    assert descend(problem, [1.8], 1.2, 20)[-1].abs().item() == pytest.approx(1.8 * 1.4**20)


def test_r5_descent_beats_momentum_when_the_rate_hits_the_stiff_direction():
    problem = Quadratic(curvatures=[10.0, 1.0], **box(2.0))
    plain = descend(problem, [-1.5, 1.5], 0.05, 40)
    heavy = descend(problem, [-1.5, 1.5], 0.05, 40, beta=0.9)
    assert problem.value(plain[-1]).item() == pytest.approx(4.92e-4, rel=2e-3)
    assert problem.value(heavy[-1]).item() == pytest.approx(0.386, rel=2e-3)
    assert sign_changes(plain[:, 0]) == 0
    # The row's 15 counts the exact zero of its first step, between a minus and a plus, as two changes.
    assert sign_changes(heavy[:, 0]) == 14


def test_r6_the_start_and_the_ends_of_descent():
    problem = Rosenbrock(dimension=2, b=10.0, **box(3.0))
    start = (-1.5, 2.5)
    assert at(problem, *start) == 6.875
    assert problem.value(descend(problem, start, 2e-4, 200)[-1]).item() == pytest.approx(6.469, abs=5e-4)
    assert problem.value(descend(problem, start, 2e-4, 200, beta=0.9)[-1]).item() == pytest.approx(5.594, abs=5e-4)


def test_r8_the_ends_of_descent():
    problem = Quadratic(curvatures=[1.0, 10.0], **box(2.0))
    assert problem.value(descend(problem, [1.0, 1.0], 0.05, 100)[-1]).item() == pytest.approx(7.06e-10, rel=2e-3)
    heavy = descend(problem, [1.0, 1.0], 0.05, 100, beta=0.9)
    assert problem.value(heavy[-1]).item() == pytest.approx(3.22e-5, rel=2e-3)


def test_formulas_at_points_worked_out_by_hand():
    assert at(Sines(**box(4.0)), math.pi / 2, 0) == pytest.approx(1 + 0.1 * math.pi**2 / 4, abs=1e-14)
    assert at(Rastrigin(dimension=3, **box(5.0, 3)), 0.5, 1, 0) == pytest.approx(0.25 + 20 + 1, abs=1e-12)
    ackley = Ackley(dimension=2, a=20.0, b=0.2, c=2 * math.pi, **box(4.0))
    assert at(ackley, 1, 1) == pytest.approx(20 * (1 - math.exp(-0.2)), abs=1e-12)
    assert at(Eggholder(**box(512.0)), 200, 200) == pytest.approx(-54.05, abs=5e-3)
    assert at(UnevenSaddle(**box(5.0)), 3, 0) == pytest.approx(0.09, abs=1e-15)


def test_r10_and_r11_gradients_are_finite_where_autograd_has_none():
    ackley = Ackley(dimension=2, a=20.0, b=0.2, c=2 * math.pi, **box(4.0))
    crease = torch.tensor([[47.0, 0.0], [100.0, 53.0], [-94.0, 0.0]], dtype=torch.float64)
    assert ackley.gradient(torch.zeros(1, 2, dtype=torch.float64))[1].tolist() == [[0, 0]]
    assert Eggholder(**box(512.0)).gradient(crease)[1].isfinite().all()


def test_r12_the_centre_is_the_deepest_well_by_a_hair():
    values = FiveWells(**box(4.0)).value(torch.tensor(CENTRES, dtype=torch.float64))
    assert values.argmin() == 0
    assert (values[1:] - values[0]).tolist() == pytest.approx([3 * math.exp(-24)] * 4, rel=1e-4)


def test_r14_the_slope_at_the_bottom_of_the_bowl_is_the_ripples():
    problem = Ripple(**box(2.0))
    gradient = problem.gradient(torch.zeros(2, dtype=torch.float64))[1]
    assert gradient.tolist() == [10, 0]
    # Outside the burst only the bowl is left: each step of rate 0.1 shrinks (-2, 2) by 0.98.
    assert descend(problem, [-2.0, 2.0], 0.1, 20)[-1].tolist() == pytest.approx(
        [-2 * 0.98**20, 2 * 0.98**20], rel=1e-2
    )


def test_r15_the_saddle_is_unbounded_and_has_its_minimum_in_its_own_box_only():
    problem = UnevenSaddle(**box(5.0))
    far = [at(problem, -5, 20 * math.pi * turns) for turns in (1, 10, 100)]
    assert far == pytest.approx([0.25 - 100 * (20 * math.pi * k) ** 2 * math.sin(0.5) for k in (1, 10, 100)])
    assert far[2] < -1e9
    assert UnevenSaddle(**box(6.0)).minimum is None
    assert UnevenSaddle(**box(6.0)).target is None
    assert Eggholder(**box(500.0)).minimum is None


def test_r16_only_the_product_matters_and_zero_is_no_minimum():
    problem = ReluValley(**box(2.0))
    assert problem.product == pytest.approx(0.0789, abs=5e-5)
    assert at(problem, 0, 0) == pytest.approx(0.43964, abs=5e-6)
    assert at(problem, 0, 1.3) == at(problem, 0, 0)
    values = [at(problem, sign * w1, sign * 0.3 / w1) for w1 in (0.2, 0.9, 2) for sign in (1, -1)]
    assert values == pytest.approx([values[0]] * 6, rel=1e-13)


@pytest.mark.parametrize(
    ("make", "field"),
    [
        (lambda: Quadratic(curvatures=[], **box(2.0, 0)), "curvatures"),
        (lambda: Quadratic(curvatures=[1.0, 0.0], **box(2.0)), "curvatures"),
        (lambda: Quadratic(curvatures=3.0, **box(2.0)), "curvatures"),
        (lambda: Quadratic(curvatures=[1.0], **box(2.0)), "lower"),
        (lambda: Ackley(dimension=2, a=-1.0, b=0.2, c=6.0, **box(4.0)), "a"),
        (lambda: Rastrigin(dimension=0, **box(5.0, 0)), "dimension"),
        (lambda: Rastrigin(dimension=3, **box(5.0, 2)), "lower"),
        (lambda: Sines(**box(4.0, upper=[4.0, -4.0])), "upper"),
        (lambda: Sines(**box(4.0, start=[1.0])), "start"),
        (lambda: Sines(**box(4.0, steps=0)), "steps"),
        (lambda: Sines(**box(4.0, tolerance=0)), "tolerance"),
    ],
)
def test_a_bad_field_is_named(make, field):
    with pytest.raises(FieldError, match=rf"\.{field} = "):
        make()
