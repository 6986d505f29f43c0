"""evosax (Lange 2022) with JAX: all seeds in one compiled call. Needs the peers: ``make peers``.

evosax knows no box, so points are moved to its nearest face before they are evaluated; a population that evosax
keeps is told as it was moved.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from evosax.algorithms.distribution_based.cma_es import CMA_ES
from evosax.algorithms.population_based.differential_evolution import DifferentialEvolution
from evosax.algorithms.population_based.pso import PSO
from evosax.algorithms.population_based.simple_ga import SimpleGA
from numpy.typing import NDArray

from benchmarks.searches.formulas import FORMULAS, landscape

jax.config.update("jax_enable_x64", True)
ALGORITHMS: Mapping[str, type] = {
    "SimpleGA": SimpleGA,
    "DE": DifferentialEvolution,
    "PSO": PSO,
    "CMA_ES": CMA_ES,
}


def batched(
    algorithm: str, name: str, dimension: int, population: int, evaluations: int
) -> Callable[[Sequence[int]], NDArray[np.float64]]:
    """A function of seeds (S,) that returns each seed's best error, shape (S,), with evosax's defaults.

    CMA-ES starts with a standard deviation of 0.3 of the box's edges at a uniform point of it.
    """
    problem = landscape(name, dimension)
    lower, upper = (jnp.asarray(edge.numpy()) for edge in problem.box())
    formula = FORMULAS[name]
    strategy: Any = ALGORITHMS[algorithm](population, jnp.zeros(dimension))
    parameters = strategy.default_params
    keeps = algorithm != "CMA_ES"
    if not keeps:
        parameters = parameters.replace(std_init=jnp.asarray(0.3 * (upper - lower)[0]))

    def value(points: Any) -> Any:
        return formula(jnp, jnp.clip(points, lower, upper))

    def one_seed(key: Any) -> Any:
        key, first = jax.random.split(key)
        if keeps:
            points = jax.random.uniform(first, (population, dimension), minval=lower, maxval=upper)
            state = strategy.init(first, points, value(points), parameters)
        else:
            start = jax.random.uniform(first, (dimension,), minval=lower, maxval=upper)
            state = strategy.init(first, start, parameters)

        def generation(state: Any, key: Any) -> Any:
            asking, telling = jax.random.split(key)
            points, state = strategy.ask(asking, state, parameters)
            kept = jnp.clip(points, lower, upper) if keeps else points
            state, _ = strategy.tell(telling, kept, value(points), state, parameters)
            return state, None

        count = evaluations // population - keeps
        state, _ = jax.lax.scan(generation, state, jax.random.split(key, count))
        return state.best_fitness

    compiled = jax.jit(jax.vmap(one_seed))

    def run(seeds: Sequence[int]) -> NDArray[np.float64]:
        keys = jax.vmap(jax.random.key)(jnp.asarray(seeds))
        return np.asarray(compiled(keys))

    return run
