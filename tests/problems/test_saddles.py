"""The strict saddle, the box that ends a landscape, and wrong labels."""

import pytest
import torch

from src.core.checks import FieldError
from src.core.status import Status
from src.core.streams import seeds
from src.engine.descend import DescentLoop
from src.monitor.stopping import Patience
from src.optimizers.gd import GradientDescent
from src.problems.confined import Confined
from src.problems.data import Digits
from src.problems.mislabelled import Mislabelled
from src.problems.quadratic import Quadratic
from src.problems.strict_saddle import StrictSaddle
from src.schedules.constant import Constant

BOX = {"lower": [-2.0, -2.0], "upper": [2.0, 2.0], "start": None, "steps": 50, "tolerance": 0.01}
RULE = Patience(metric="tuning_metric", patience=9, min_delta=0.0, freeze=False, gradient_tolerance=0.0)
DIGITS = Digits(split=[0.1, 0.1, 0.8], split_seed=0)


def descend(problem, start, rate, steps=50):
    loop = DescentLoop(
        problem=problem, optimizer=GradientDescent(), schedule=Constant(), stopping=RULE, steps=steps,
        evaluate_every=steps,
    )  # fmt: skip
    rates = torch.tensor([rate], dtype=torch.float64)
    return loop.run(torch.tensor([start], dtype=torch.float64), rates, seeds(1))


def test_descent_from_the_stable_manifold_ends_at_the_saddle_and_from_beside_it_at_a_minimum():
    saddle = StrictSaddle(**BOX)
    assert descend(saddle, [1.0, 0.0], 0.1, 300).theta.abs().max() < 1e-12
    assert descend(saddle, [1.0, 1e-6], 0.1, 300).theta[0].tolist() == pytest.approx([0, 2**0.5], abs=1e-9)


def test_leaving_the_box_is_divergence_and_staying_changes_nothing():
    bowl = Quadratic(**BOX, curvatures=[1.0, 1.0])
    confined = Confined(landscape=bowl, goal=0.5)
    inside, plain = descend(confined, [1.0, 1.0], 0.1), descend(bowl, [1.0, 1.0], 0.1)
    assert inside.theta.equal(plain.theta)
    out = descend(confined, [1.0, 1.0], 1.8)  # each step multiplies by 1 - 3.6
    assert (out.status.item(), out.taken.item()) == (Status.DIVERGED, 1)
    assert (confined.target, confined.minimum.value, confined.dimension) == (0.5, 0.0, 2)


def test_a_goal_below_the_minimum_is_refused():
    with pytest.raises(FieldError, match=r"Confined.goal = -1.0: must be a finite number above 0"):
        Confined(landscape=Quadratic(**BOX, curvatures=[1.0, 1.0]), goal=-1.0)
    with pytest.raises(FieldError, match=r"Confined\.landscape"):
        Confined(landscape="bowl", goal=1.0)


def test_a_share_of_the_training_labels_is_wrong_and_no_other():
    right, wrong = DIGITS.load(), Mislabelled(data=DIGITS, share=0.25, label_seed=0).load()
    differ = right.train.targets != wrong.train.targets
    assert int(differ.sum()) == round(0.25 * len(differ))
    assert wrong.train.targets.min() >= 0
    assert wrong.train.targets.max() <= 9
    assert wrong.train.inputs.equal(right.train.inputs)
    assert wrong.test.targets.equal(right.test.targets)
    assert Mislabelled(data=DIGITS, share=0.0, label_seed=0).load().train.targets.equal(right.train.targets)
    with pytest.raises(FieldError, match=r"Mislabelled\.share = 2"):
        Mislabelled(data=DIGITS, share=2, label_seed=0)
