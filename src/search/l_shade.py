"""L-SHADE (Tanabe and Fukunaga 2014, CEC): differential evolution that learns F and CR while it shrinks."""

import math
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from src.core.checks import check_count, check_number
from src.core.draws import Draws
from src.core.search import Search, Setup
from src.search.box import filled
from src.search.selection import others, taken

SMALLEST_POPULATION = 4  # at the end of the budget
PER_COORDINATE = 18  # points of the first generation
SPREAD = 0.1  # standard deviation of CR, and scale of the Cauchy distribution of F
TERMINAL = -1.0  # remembered CR that stays: CR is then 0


@dataclass(frozen=True)
class LShadeState:
    """Generation of each row, what its settings have learnt, and parents that were replaced.

    Attributes:
        setup: the setup that the search started from.
        points: points of the generation, shape (R, N, D).
        values: values of the points, shape (R, N).
        weights: F of each trial that was asked, shape (R, N).
        crossovers: CR of each trial that was asked, shape (R, N).
        remembered_weights: H remembered means of F, shape (R, H).
        remembered_crossovers: H remembered means of CR, shape (R, H); ``TERMINAL`` where CR stays 0.
        position: index of the mean that is replaced next, shape (R,).
        archive: parents that were replaced by better trials, those of a row first, shape (R, A, D).
        archived: number of points in the row's archive, shape (R,).
        spent: evaluations so far, the same for all rows.
    """

    setup: Setup
    points: Tensor
    values: Tensor
    weights: Tensor
    crossovers: Tensor
    remembered_weights: Tensor
    remembered_crossovers: Tensor
    position: Tensor
    archive: Tensor
    archived: Tensor
    spent: int


@dataclass(frozen=True, kw_only=True)
class LShade(Search):
    """Moves each point towards one of the best and by a difference, with F and CR drawn around what has paid off.

    A coordinate that would leave the box goes halfway from the parent to the face. The population shrinks linearly
    with the evaluations, from the first to 4 points at the end of the budget; the worst points go.

    Attributes:
        population: points of the first generation, at least 4; None for 18 D.
        memory: number H of remembered means of F and of CR.
        best_share: share of the generation, at least 2 points, that counts as its best; above 0, at most 1.
        archive: size of the archive in multiples of the population, at least 0.
    """

    population: int | None
    memory: int
    best_share: float
    archive: float

    def __post_init__(self) -> None:
        if self.population is not None:
            check_count(self, "population", at_least=SMALLEST_POPULATION)
        check_count(self, "memory")
        check_number(self, "best_share", above=0, at_most=1)
        check_number(self, "archive", at_least=0)

    def init(self, setup: Setup) -> LShadeState:
        """State without points, with all means at 0.5."""
        nothing = setup.start[:, None, :].expand(-1, 0, -1)
        zero = torch.zeros(setup.rows, dtype=torch.int64)
        half = setup.start.new_full((setup.rows, self.memory), 0.5)
        none = setup.start.new_empty(setup.rows, 0)
        return LShadeState(setup, nothing, none, none, none, half, half, zero, nothing, zero, spent=0)

    def _first_count(self, setup: Setup) -> int:
        return self.population or max(SMALLEST_POPULATION, PER_COORDINATE * setup.dimension)

    def _count(self, setup: Setup, spent: int) -> int:
        """Size of the generation after ``spent`` evaluations (equation 10)."""
        first = self._first_count(setup)
        return round(first + (SMALLEST_POPULATION - first) * min(1.0, spent / setup.budget))

    def ask(self, state: LShadeState, draws: Draws) -> tuple[Tensor, LShadeState]:
        """A first generation that fills the box; later, one trial per parent: shape (R, N, D)."""
        setup, first = state.setup, self._first_count(state.setup)
        count, dimension = state.points.shape[1:]
        if count == 0:
            return filled(setup, draws.uniform("first", first, dimension)), state
        # Numbers for the largest generation are drawn, since a stream has one shape.
        one, two, three = draws.uniform("settings", first, 3)[:, :count].to(state.points.dtype).unbind(2)
        normal = draws.normal("crossovers", first)[:, :count].to(state.points.dtype)
        index = (one * self.memory).long()
        weights = cauchy_above_zero(state.remembered_weights.gather(1, index), two).clamp_max(1)
        centre = state.remembered_crossovers.gather(1, index)
        crossovers = (centre + SPREAD * normal).clamp(0, 1).where(centre != TERMINAL, 0.0)
        mutants = self._mutants(state, weights[..., None], three, draws.uniform("chosen", first, 2)[:, :count])
        crossed = draws.uniform("crossed", first, dimension)[:, :count] < crossovers[..., None]
        sure = (draws.uniform("sure", first, 1)[:, :count] * dimension).long()
        crossed = crossed.scatter(2, sure, torch.ones_like(sure, dtype=torch.bool))
        trials = torch.where(crossed, halfway(mutants, state.points, setup), state.points)
        return trials, replace(state, weights=weights, crossovers=crossovers)

    def _mutants(self, state: LShadeState, weights: Tensor, leader: Tensor, uniform: Tensor) -> Tensor:
        """``current-to-pbest/1`` with the archive (Zhang and Sanderson 2009), shape (R, N, D)."""
        count = state.points.shape[1]
        leaders = max(2, round(self.best_share * count))
        ranked = state.values.argsort(dim=1, stable=True)
        best = taken(state.points, ranked.gather(1, (leader * leaders).long()))
        first = others(uniform[..., :1])[..., 0]
        # Any point of the generation or the archive, but neither the parent nor the first.
        second = (uniform[..., 1] * (count - 2 + state.archived[:, None])).long()
        parents = torch.arange(count).expand_as(first)
        for used in (first.minimum(parents), first.maximum(parents)):
            second = second + (second >= used)
        everything = torch.cat([state.points, state.archive], dim=1)
        difference = taken(state.points, first) - taken(everything, second)
        return state.points + weights * (best - state.points) + weights * difference

    def tell(
        self, state: LShadeState, points: Tensor, values: Tensor, gradients: Tensor | None, draws: Draws
    ) -> LShadeState:
        """Replace parents by trials that are no worse, learn from the better ones, and shrink the population."""
        spent = state.spent + points.shape[1]
        if state.points.shape[1] == 0:
            return self._shrunk(replace(state, points=points, values=values, spent=spent))
        better, kept = values < state.values, values <= state.values
        state = self._archived(self._remembered(state, values, better), better, draws)
        return self._shrunk(
            replace(
                state,
                points=points.where(kept[..., None], state.points),
                values=values.where(kept, state.values),
                spent=spent,
            )
        )

    def _remembered(self, state: LShadeState, values: Tensor, better: Tensor) -> LShadeState:
        """Replace one remembered mean of F and CR by the means of the trials that were better (algorithm 1)."""
        gain = (state.values - values).where(better, 0.0)
        unbounded = gain.isinf()
        gain = torch.where(unbounded.any(dim=1, keepdim=True), unbounded.to(gain.dtype), gain)
        learnt = better.any(dim=1)
        weight = lehmer(state.weights, gain)
        crossover = lehmer(state.crossovers, gain)
        place = state.position[:, None]
        old_weight = state.remembered_weights.gather(1, place)[:, 0]
        old_crossover = state.remembered_crossovers.gather(1, place)[:, 0]
        stays = (old_crossover == TERMINAL) | (state.crossovers.where(better, 0.0).amax(dim=1) == 0)
        new_weight = weight.where(learnt, old_weight)
        new_crossover = torch.where(stays, TERMINAL, crossover).where(learnt, old_crossover)
        return replace(
            state,
            remembered_weights=state.remembered_weights.scatter(1, place, new_weight[:, None]),
            remembered_crossovers=state.remembered_crossovers.scatter(1, place, new_crossover[:, None]),
            position=(state.position + learnt) % self.memory,
        )

    def _archived(self, state: LShadeState, better: Tensor, draws: Draws) -> LShadeState:
        """Put the parents of better trials into the archive; random ones go where there are too many."""
        first = self._first_count(state.setup)
        size = round(self.archive * state.points.shape[1])
        held = torch.arange(state.archive.shape[1]) < state.archived[:, None]
        valid = torch.cat([held, better], dim=1)
        uniform = draws.uniform("archive", round(self.archive * first) + first)[:, : valid.shape[1]]
        order = uniform.where(valid, 2.0).argsort(dim=1)[:, :size]
        return replace(
            state,
            archive=taken(torch.cat([state.archive, state.points], dim=1), order),
            archived=valid.sum(dim=1).clamp_max(size),
        )

    def _shrunk(self, state: LShadeState) -> LShadeState:
        """Keep the best points, as many as the budget's rest is given, and as large a share of the archive."""
        count = self._count(state.setup, state.spent)
        order = state.values.argsort(dim=1, stable=True)[:, :count]
        size = round(self.archive * count)
        return replace(
            state,
            points=taken(state.points, order),
            values=state.values.gather(1, order),
            archive=state.archive[:, :size],
            archived=state.archived.clamp_max(size),
        )


def cauchy_above_zero(centre: Tensor, uniform: Tensor) -> Tensor:
    """Cauchy numbers around ``centre`` given that they are above 0, by inversion of ``uniform`` on [0, 1)."""
    below = 0.5 - (centre / SPREAD).atan() / math.pi
    return centre + SPREAD * (math.pi * (below + (1 - below) * uniform - 0.5)).tan()


def lehmer(numbers: Tensor, weights: Tensor) -> Tensor:
    """Weighted Lehmer mean, sum of w x^2 over sum of w x, along the last axis; NaN where the sum is 0."""
    return (weights * numbers.square()).sum(dim=-1) / (weights * numbers).sum(dim=-1)


def halfway(points: Tensor, parents: Tensor, setup: Setup) -> Tensor:
    """Points (R, N, D), each coordinate outside of the box replaced by the middle of its parent's and the face."""
    low = torch.where(points < setup.lower, (setup.lower + parents) / 2, points)
    return torch.where(points > setup.upper, (setup.upper + parents) / 2, low)
