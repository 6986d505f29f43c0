"""Starting points: each row is its seed's alone, and each design covers the box as it should."""

import numpy as np
import pytest
import torch
from scipy.stats import kstest, qmc

from src.core.checks import FieldError
from src.core.streams import Seed, seeds
from src.problems.basins import Basins
from src.problems.linear_regression import LinearRegression
from src.problems.rastrigin import Rastrigin
from src.starts.given import Given
from src.starts.grid import Grid
from src.starts.latin_hypercube import LatinHypercube
from src.starts.normal import Normal
from src.starts.sobol import Sobol
from src.starts.uniform import Uniform

LOWER, UPPER = [-1.0, 10.0, -300.0], [3.0, 11.0, -100.0]
BOX = Rastrigin(dimension=3, lower=LOWER, upper=UPPER, start=[1.0, 10.5, -200.0], steps=10, tolerance=1e-4)
PLANE = Basins(lower=[-2.0, -2.0], upper=[2.0, 2.0], start=None, steps=10, tolerance=1e-4)
BOXLESS = LinearRegression(
    size=20, coefficients=[3.0, 2.0], noise=0.1, data_seed=0, start=[0.5, 0.0], steps=10, tolerance=1e-4
)
STARTS = {
    "given": Given(),
    "normal": Normal(scale=1.0, centre=0.0),
    "uniform": Uniform(lower=None, upper=None),
    "grid": Grid(per_side=5),
    "latin_hypercube": LatinHypercube(points=25),
    "sobol": Sobol(points=32),
}
DESIGNS = {name: STARTS[name] for name in ("latin_hypercube", "sobol")}


def unit(problem, points):
    lower, upper = problem.box()
    return ((points - lower) / (upper - lower)).numpy()


@pytest.mark.parametrize("name", STARTS)
def test_a_row_depends_on_its_seed_alone(name):
    start = STARTS[name]
    together = start.draw(BOX, seeds(70))
    assert together.shape == (70, 3)
    assert together.dtype == torch.float64
    shuffled = [Seed(number) for number in (61, 3, 26, 3)]
    assert start.draw(BOX, shuffled).equal(together[[61, 3, 26, 3]])
    assert start.draw(BOX, [Seed(33)]).equal(together[33:34])
    assert start.draw(BOX, []).shape == (0, 3)


@pytest.mark.parametrize("name", ["normal", "uniform", "latin_hypercube", "sobol"])
def test_splits_roots_and_numbers_draw_apart(name):
    start = STARTS[name]
    drawn = start.draw(BOX, [Seed(0), Seed(1), Seed(40), Seed(0, "tuning"), Seed(0, root_seed=1)])
    assert len({tuple(row) for row in drawn.tolist()}) == 5


@pytest.mark.parametrize("name", ["uniform", "grid", "latin_hypercube", "sobol"])
def test_points_stay_in_the_box_and_fill_it(name):
    share = unit(BOX, STARTS[name].draw(BOX, seeds(128)))
    assert share.min() >= 0
    assert share.max() <= 1
    assert (share.min(0) < 0.05).all()
    assert (share.max(0) > 0.95).all()


def test_given_repeats_the_problems_own_start():
    assert STARTS["given"].draw(BOX, seeds(3)).tolist() == [[1.0, 10.5, -200.0]] * 3
    assert STARTS["given"].draw(BOXLESS, seeds(2)).tolist() == [[0.5, 0.0]] * 2
    with pytest.raises(FieldError, match=r"Given\.problem = 'Basins'.*start"):
        STARTS["given"].draw(PLANE, seeds(3))


def test_normal_has_its_centre_and_scale():
    drawn = Normal(scale=5.0, centre=2.0).draw(PLANE, seeds(2000)).numpy()
    assert kstest(((drawn - 2) / 5).ravel(), "norm").pvalue > 0.01
    standard = Normal(scale=1.0, centre=0.0).draw(PLANE, seeds(2000)).numpy()
    np.testing.assert_allclose(drawn, 2 + 5 * standard, rtol=1e-14)


def test_uniform_takes_its_own_edges_over_the_boxs():
    drawn = Uniform(lower=-0.5, upper=1.5).draw(BOXLESS, seeds(2000)).numpy()
    assert kstest((drawn.ravel() + 0.5) / 2, "uniform").pvalue > 0.01
    assert drawn.min() >= -0.5
    assert drawn.max() < 1.5
    own = Uniform(lower=None, upper=None).draw(BOX, seeds(2000))
    assert kstest(unit(BOX, own).ravel(), "uniform").pvalue > 0.01


def test_grid_covers_corners_once_and_then_begins_again():
    drawn = Grid(per_side=5).draw(PLANE, seeds(27))
    first = {tuple(row) for row in drawn[:25].tolist()}
    assert first == {(float(x), float(y)) for x in range(-2, 3) for y in range(-2, 3)}
    assert drawn[25:].equal(drawn[:2])
    assert drawn[:2].tolist() == [[-2, -2], [-2, -1]]
    corners = Grid(per_side=2).draw(BOX, seeds(8))
    assert {tuple(row) for row in corners.tolist()} == {
        (x, y, z) for x in (-1, 3) for y in (10, 11) for z in (-300, -100)
    }


def test_a_latin_hypercube_has_one_point_in_each_slice_of_each_dimension():
    share = unit(BOX, LatinHypercube(points=25).draw(BOX, seeds(75)))
    for design in share.reshape(3, 25, 3):
        slices = np.floor(design * 25).astype(int)
        assert (np.sort(slices, axis=0) == np.arange(25)[:, None]).all()
    assert not np.array_equal(share[:25], share[25:50])


def test_a_sobol_design_has_one_point_in_each_cell_of_each_elementary_partition():
    share = unit(PLANE, Sobol(points=32).draw(PLANE, seeds(64)))
    for design in share.reshape(2, 32, 2):
        for across in (1, 2, 4, 8, 16, 32):
            cells = np.floor(design * [across, 32 // across]).astype(int)
            assert len({tuple(cell) for cell in cells}) == 32


def test_designs_cover_more_evenly_than_uniform_points():
    def discrepancy(start):
        return np.median(
            [
                qmc.discrepancy(block, method="L2-star")
                for block in unit(PLANE, start.draw(PLANE, seeds(32 * 20))).reshape(20, 32, 2)
            ]
        )

    uniform = discrepancy(STARTS["uniform"])
    assert discrepancy(LatinHypercube(points=32)) < 0.7 * uniform
    assert discrepancy(Sobol(points=32)) < 0.5 * uniform


@pytest.mark.parametrize("name", ["uniform", "grid", "latin_hypercube", "sobol"])
def test_a_problem_without_a_box_is_refused(name):
    with pytest.raises(FieldError, match=r"\.problem = 'LinearRegression': must be a problem with a box"):
        STARTS[name].draw(BOXLESS, seeds(3))


@pytest.mark.parametrize(
    ("make", "field"),
    [
        (lambda: Normal(scale=0.0, centre=0.0), "scale"),
        (lambda: Normal(scale=1.0, centre=float("nan")), "centre"),
        (lambda: Uniform(lower=1.0, upper=1.0), "upper"),
        (lambda: Uniform(lower=None, upper=1.0), "upper"),
        (lambda: Uniform(lower=0.0, upper=None), "upper"),
        (lambda: Grid(per_side=1), "per_side"),
        (lambda: LatinHypercube(points=0), "points"),
        (lambda: Sobol(points=25), "points"),
    ],
)
def test_a_bad_field_is_named(make, field):
    with pytest.raises(FieldError, match=rf"\.{field} = "):
        make()
