"""Generations that are kept for drawing are those of the first row, evenly thinned."""

import torch

from src.core.streams import seeds
from src.engine.search import SNAPSHOTS, SearchLoop
from src.problems.quadratic import Quadratic
from src.search.random_search import RandomSearch
from src.tables.population_table import MOST, population_table

PLANE = {"lower": [-1.0, -1.0], "upper": [1.0, 1.0], "start": None, "steps": 9, "tolerance": 1e-4}


def traced(population, budget, snapshots=True, curvatures=(1.0, 2.0)):
    edges = [-1.0] * len(curvatures), [1.0] * len(curvatures)
    problem = Quadratic(curvatures=list(curvatures), **PLANE | {"lower": edges[0], "upper": edges[1]})
    lower, upper = problem.box()
    method = RandomSearch(population=population)
    loop = SearchLoop(problem=problem, method=method, lower=lower, upper=upper, budget=budget, snapshots=snapshots)
    return loop.run(torch.zeros(2, len(curvatures), dtype=torch.float64), seeds(2))


def test_the_first_rows_points_and_values_are_kept():
    table = population_table(traced(5, 15))
    assert table["generation"].tolist() == [0] * 5 + [1] * 5 + [2] * 5
    assert table["evaluations"].unique().tolist() == [5, 10, 15]
    assert (table["value"] - table["x"] ** 2 - 2 * table["y"] ** 2).abs().max() < 1e-12


def test_many_points_and_generations_are_thinned():
    table = population_table(traced(400, 400 * 200))
    assert table["generation"].nunique() <= SNAPSHOTS
    assert table.groupby("generation").size().unique().tolist() == [MOST]
    assert table["evaluations"].max() == 400 * 200


def test_what_was_not_kept_or_is_no_plane_gives_an_empty_table():
    for trace in (traced(5, 15, snapshots=False), traced(5, 15, curvatures=(1.0, 2.0, 3.0))):
        table = population_table(trace)
        assert table.empty
        assert "evaluations" in table
