"""Ranking of methods by comparisons on near problems, each weighted by its nearness, and how sure the ranking is.

A method's score on one problem is the share of pairs of runs, its own and that of another method under the same seed,
which it wins (ties counted half). The scores are averaged over problems by weight. Uncertainty is that of the choice
of problems and of the seeds: both are drawn again (bootstrap; problems by name, so that one problem in several
numbers of coordinates is drawn or left out as a whole).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from src.advice.comparisons import Comparison, methods_of
from src.statistics.intervals import Array, percentile_interval

RESAMPLES = 1000
ENOUGH = 0.5  # share of the weight on which a method must have been measured


@dataclass(frozen=True)
class Ranked:
    """A method's place.

    Attributes:
        method: name of the method.
        score: share of pairs of runs won, from 0 to 1, averaged over near problems by nearness.
        low: lower end of its 95 % interval.
        high: upper end.
        first: share of the bootstrap rankings in which the method is first, ties shared.
        problems: number of near problems on which it was measured.
    """

    method: str
    score: float
    low: float
    high: float
    first: float
    problems: int


@dataclass(frozen=True)
class Ranking:
    """Methods that were compared with each other, the best first.

    Attributes:
        ranked: the methods.
        comparisons: what they were compared by, the nearest first.
        weights: weight of each comparison.
        left_out: methods that were measured on too little of that, each with the reason.
    """

    ranked: tuple[Ranked, ...]
    comparisons: tuple[Comparison, ...]
    weights: tuple[float, ...]
    left_out: Mapping[str, str]


def rank(near: Sequence[tuple[Comparison, float]], methods: Sequence[str], budget: float = np.inf) -> list[Ranking]:
    """Rankings of ``methods``, one for each group that was compared with each other; the group of most weight first.

    Args:
        near: comparisons with their weights, above 0.
        methods: names of the methods that can be used.
        budget: evaluations that can be spent.
    """
    wanted = [name for name in methods_of([one for one, _ in near]) if name in set(methods)]
    found = [_ranking(group, within, budget) for group, within in _groups(near, wanted)]
    return sorted(found, key=lambda one: -sum(one.weights))


def _groups(
    near: Sequence[tuple[Comparison, float]], methods: Sequence[str]
) -> list[tuple[list[tuple[Comparison, float]], list[str]]]:
    """Comparisons and methods that hang together: two that share a method are in one group."""
    groups: list[tuple[list[tuple[Comparison, float]], set[str]]] = []
    for one, weight in near:
        own = set(one.methods) & set(methods)
        if len(own) < 2:
            continue
        touched = [group for group in groups if group[1] & own]
        merged = (
            [each for group in touched for each in group[0]],
            set().union(own, *(group[1] for group in touched)),
        )
        groups = [group for group in groups if group not in touched]
        groups.append(([*merged[0], (one, weight)], merged[1]))
    return [(group, [name for name in methods if name in within]) for group, within in groups]


def _ranking(near: Sequence[tuple[Comparison, float]], methods: list[str], budget: float) -> Ranking:
    total = sum(weight for _, weight in near)
    share = {name: sum(weight for one, weight in near if name in one.methods) / total for name in methods}
    left_out = {
        name: f"measured on {share[name]:.0%} of the near problems, by weight"
        for name in methods
        if share[name] < ENOUGH
    }
    kept = [name for name in methods if name not in left_out]
    won = [one.won(kept, budget) for one, _ in near]
    weights = np.array([weight for _, weight in near])
    problems = [one.problem for one, _ in near]
    scores = _average(np.stack([win_shares(each) for each in won]), weights)
    drawn = _resampled(won, weights, problems)
    best = drawn == np.nanmax(drawn, axis=1, keepdims=True)
    first = (best / best.sum(axis=1, keepdims=True)).mean(axis=0)
    ranked = []
    for place, name in enumerate(kept):
        own = drawn[:, place][~np.isnan(drawn[:, place])]
        low, high = (float(end) for end in percentile_interval(own)) if own.size else (np.nan, np.nan)
        measured = len({one.label for one, _ in near if name in one.methods})
        ranked.append(Ranked(name, float(scores[place]), low, high, float(first[place]), measured))
    ranked.sort(key=lambda one: (-one.score, one.method))
    order = np.argsort(-weights, kind="stable")
    return Ranking(
        ranked=tuple(ranked),
        comparisons=tuple(near[place][0] for place in order),
        weights=tuple(float(weights[place]) for place in order),
        left_out=left_out,
    )


def win_shares(won: Array, counts: Array | None = None) -> Array:
    """Each method's mean share of wins over the others, (S, M, M) -> (M,), or with ``counts`` (B, S) -> (B, M).

    A pair's share is its mean over the seeds that both methods have; ``counts`` says how often each seed is drawn.
    """
    times = np.ones((1, len(won))) if counts is None else counts
    there = ~np.isnan(won)
    sums = np.tensordot(times, np.where(there, won, 0.0), axes=1)
    runs = np.tensordot(times, there.astype(np.float64), axes=1)
    shares = np.divide(sums, runs, out=np.full_like(sums, np.nan), where=runs > 0)
    others = (~np.isnan(shares)).sum(axis=-1)
    means = np.divide(np.nansum(shares, axis=-1), others, out=np.full(others.shape, np.nan), where=others > 0)
    return np.asarray(means[0] if counts is None else means)


def _average(scores: Array, weights: Array) -> Array:
    """Weighted mean over comparisons, (C, ..., M) and (C, ...) -> (..., M), of those that have the method."""
    there = ~np.isnan(scores)
    spread = weights.reshape(*weights.shape, *[1] * (scores.ndim - weights.ndim))
    total = (there * spread).sum(axis=0)
    sums = (np.where(there, scores, 0.0) * spread).sum(axis=0)
    return np.asarray(np.divide(sums, total, out=np.full(total.shape, np.nan), where=total > 0))


def _resampled(won: Sequence[Array], weights: Array, problems: Sequence[str]) -> Array:
    """Scores of bootstrap samples, shape (B, M): problems drawn again by name, and the seeds of each comparison."""
    random = np.random.default_rng(0)
    names = list(dict.fromkeys(problems))
    drawn = random.multinomial(len(names), np.full(len(names), 1 / len(names)), size=RESAMPLES)
    times = np.stack([drawn[:, names.index(name)] for name in problems])
    scores = []
    for each in won:
        seeds = len(each)
        counts = random.multinomial(seeds, np.full(seeds, 1 / seeds), size=RESAMPLES)
        scores.append(win_shares(each, counts.astype(np.float64)))
    return _average(np.stack(scores), weights[:, None] * times)
