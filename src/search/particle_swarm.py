"""Particle swarm optimization (Kennedy and Eberhart 1995), with the constriction of Clerc and Kennedy 2002."""

from dataclasses import dataclass, replace

import torch
from torch import Tensor

from src.core.checks import check_choice, check_count, check_number
from src.core.draws import Draws
from src.core.search import Search, Setup
from src.search.box import clipped, filled
from src.search.selection import taken

BOUNCE = 0.5  # share of its speed that a particle keeps at a face of the box (Clerc 2012, SPSO 2011)


@dataclass(frozen=True)
class Swarm:
    """Places and velocities (R, N, D), each particle's best place, its value (R, N), and each row's settings."""

    setup: Setup
    places: Tensor
    velocities: Tensor
    best: Tensor
    values: Tensor
    inertia: Tensor
    cognitive: Tensor
    social: Tensor


@dataclass(frozen=True, kw_only=True)
class ParticleSwarm(Search):
    """Particles are drawn to the best place that they have visited, and to the best place of their neighbours.

    A particle that would leave the box stops at the box's face, and turns with half its speed.

    Attributes:
        population: number of particles N, at least 2.
        inertia: share of the velocity that is kept, from 0 to below 1.
        cognitive: factor on the pull of the particle's own best place, at least 0.
        social: factor on the pull of the neighbours' best place, at least 0.
        neighbours: ``all`` (the whole swarm) or ``ring`` (the particle, the particle before and the particle after).
    """

    population: int
    inertia: float
    cognitive: float
    social: float
    neighbours: str

    def __post_init__(self) -> None:
        check_count(self, "population", at_least=2)
        check_number(self, "inertia", at_least=0, below=1)
        check_number(self, "cognitive", at_least=0)
        check_number(self, "social", at_least=0)
        check_choice(self, "neighbours", ("all", "ring"))

    def init(self, setup: Setup) -> Swarm:
        """State without particles."""
        nowhere = setup.start[:, None, :].expand(-1, 0, -1)
        return Swarm(
            setup=setup,
            places=nowhere,
            velocities=nowhere,
            best=nowhere,
            values=setup.start.new_empty(setup.rows, 0),
            inertia=setup.per_row(self, "inertia"),
            cognitive=setup.per_row(self, "cognitive"),
            social=setup.per_row(self, "social"),
        )

    def ask(self, state: Swarm, draws: Draws) -> tuple[Tensor, Swarm]:
        """Places of the particles, shape (R, N, D): first uniform in the box, then one step on."""
        setup = state.setup
        shape = (self.population, setup.dimension)
        if state.places.shape[1] == 0:
            places = filled(setup, draws.uniform("first", *shape))
            # Towards a uniform point of the box, so that no particle starts by leaving the box.
            velocities = filled(setup, draws.uniform("velocities", *shape)) - places
            return places, replace(state, places=places, velocities=velocities)
        # "own" and "shared" name streams: another name would change the numbers.
        velocities = (
            state.inertia * state.velocities
            + state.cognitive * draws.uniform("own", *shape) * (state.best - state.places)
            + state.social * draws.uniform("shared", *shape) * (self._leaders(state) - state.places)
        )
        free = state.places + velocities
        places = clipped(free, setup)
        velocities = torch.where(places == free, velocities, -BOUNCE * velocities)
        return places, replace(state, places=places, velocities=velocities)

    def _leaders(self, state: Swarm) -> Tensor:
        """Best place of each particle's neighbours, shape (R, N, D) or (R, 1, D)."""
        if self.neighbours == "all":
            return taken(state.best, state.values.argmin(dim=1, keepdim=True))
        around = torch.stack([state.values.roll(1, dims=1), state.values, state.values.roll(-1, dims=1)], dim=2)
        index = torch.arange(self.population) + around.argmin(dim=2) - 1
        return taken(state.best, index % self.population)

    def tell(self, state: Swarm, points: Tensor, values: Tensor, gradients: Tensor | None, draws: Draws) -> Swarm:
        """Keep each particle's new place when it is better than the best place so far."""
        if state.best.shape[1] == 0:
            return replace(state, best=points, values=values)
        better = values < state.values
        return replace(
            state, best=points.where(better[..., None], state.best), values=values.where(better, state.values)
        )
