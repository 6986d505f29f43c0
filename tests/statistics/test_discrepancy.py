"""Discrepancy and holes of designs whose cover is known."""

import numpy as np
import pytest

from src.statistics.discrepancy import centred_discrepancy, largest_hole


def test_one_point_in_the_middle():
    """In one dimension, from Hickernell's formula: 13/12 - 2 + 1."""
    assert centred_discrepancy(np.array([[0.5]])) == pytest.approx(np.sqrt(1 / 12))
    assert largest_hole(np.array([[0.5, 0.5]])) == pytest.approx(np.sqrt(0.5))
    assert largest_hole(np.array([[0.0, 0.0]])) == pytest.approx(np.sqrt(2))


def test_uniform_points_have_the_discrepancy_that_is_expected_of_them():
    draw = np.random.default_rng(0)
    squares = [centred_discrepancy(draw.random((25, 2))) ** 2 for _ in range(600)]
    expected = ((5 / 4) ** 2 - (13 / 12) ** 2) / 25
    assert np.mean(squares) == pytest.approx(expected, abs=4 * np.std(squares) / np.sqrt(600))


def test_a_grid_of_midpoints_covers_better_than_random_points():
    axis = (np.arange(5) + 0.5) / 5
    grid = np.stack(np.meshgrid(axis, axis), -1).reshape(-1, 2)
    assert centred_discrepancy(grid) < 0.09  # random points: 0.125
    assert largest_hole(grid) == pytest.approx(np.sqrt(2) / 10, abs=0.01)


@pytest.mark.parametrize("wrong", [[[1.5, 0.0]], [[np.nan, 0.0]], np.empty((0, 2)), [0.5]])
def test_points_lie_in_the_unit_cube(wrong):
    with pytest.raises(ValueError, match="between 0 and 1"):
        centred_discrepancy(np.asarray(wrong))
    with pytest.raises(ValueError, match="between 0 and 1"):
        largest_hole(np.asarray(wrong))


def test_holes_are_looked_for_in_the_plane():
    with pytest.raises(ValueError, match="two dimensions"):
        largest_hole(np.full((3, 4), 0.5))
