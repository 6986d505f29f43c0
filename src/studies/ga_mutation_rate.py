"""Is there a best mutation rate for bits, and is it where theory says?"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from src.core.checks import refuse
from src.engine.search import Searcher
from src.problems.bit_string import BitString
from src.problems.leading_ones import LeadingOnes
from src.problems.one_max import OneMax
from src.search.one_plus_one import OnePlusOne
from src.statistics.bit_flips import EXACT, best_flips, fitted_optimum
from src.statistics.intervals import Array, Estimate, percentile_interval, resamples
from src.studies.claims import Claim, check_kinds, verdicts_table
from src.studies.quantiles import quantiles
from src.studies.searched import checkpoints, end_values, hits, row_settings, search
from src.studies.study import Cell, Measured, Study, Tables

KINDS = ("theory", "optimum", "interior")
THEORY = {OneMax: "onemax", LeadingOnes: "leading_ones"}


@dataclass(frozen=True, kw_only=True)
class GaMutationRate(Study):
    """The (1+1) evolutionary algorithm at many mutation rates on one problem of bits that has an exact theory.

    Attributes:
        name: the study's name, as in ``+study=NAME``.
        question: what is asked, in one sentence.
        reading: how to read the answer.
        flips: expected numbers of flipped bits tried, c in a rate of c / n; at least five, rising, above 0.
        claims: by name; the last part of the name is one of ``KINDS``.
    """

    name: str
    question: str
    reading: str
    flips: tuple[float, ...]
    claims: dict[str, Claim]

    descends = False
    searches = True

    def __post_init__(self) -> None:
        rising = all(low < high for low, high in zip(self.flips, self.flips[1:], strict=False))
        if len(self.flips) < 5 or not rising or not self.flips[0] > 0:
            raise refuse(self, "flips", self.flips, "at least five numbers above 0, rising")
        check_kinds(self, self.claims, KINDS)

    def measure(self, cell: Cell) -> Measured:
        """Search at every rate until the last bit is right."""
        problem, method = cell.problem, cell.search
        if not isinstance(problem, OneMax | LeadingOnes):
            raise refuse(self, "problem", cell.names["problem"], "onemax or leading_ones, whose theory is known")
        if not isinstance(method, OnePlusOne):
            raise refuse(self, "search", cell.names.get("search"), "one_plus_one, whose theory is known")
        lower, upper = problem.box()
        searcher = Searcher(
            problem=problem, method=method, lower=lower, upper=upper, budget=cell.steps, target=problem.target
        )
        settings, _ = row_settings({"flips": np.array(self.flips)})
        best = search(searcher, cell, "test", cell.seeds, settings).best.numpy()
        times = hits(best, problem.target or 0.0).reshape(cell.seeds, -1)
        at = checkpoints(cell.steps)
        own = int(np.abs(np.array(self.flips) - method.flips).argmin())
        low, middle, high = quantiles(best.reshape(cell.seeds, len(self.flips), -1)[:, own, at - 1].T)
        metrics, missing = end_values(best[own :: len(self.flips), -1], times[:, own], problem.target)
        tables: Tables = {
            "times": self._times(times),
            "curves": pd.DataFrame({"metric": "loss", "step": at, "q25": low, "median": middle, "q75": high}),
        }
        tables["flips"] = self._against_theory(times, THEORY[type(problem)], problem)
        about: dict[str, Any] = {
            **cell.names,
            "study": self.name,
            "seeds": cell.seeds,
            "steps": cell.steps,
            "theory": THEORY[type(problem)],
            "bits": problem.dimension,
            "minimum": 0.0,
            "target": problem.target,
        }
        return Measured(tables=tables, metrics=metrics, missing=missing, about=about)

    def _times(self, times: Array) -> pd.DataFrame:
        """One row a seed and rate: evaluations until solved, NaN where the budget ended first; from (S, L)."""
        count, levels = times.shape
        seed = np.repeat(np.arange(count), levels)
        return pd.DataFrame({"seed": seed, "flips": np.tile(self.flips, count), "time": times.ravel()})

    def _against_theory(self, times: Array, theory: str, problem: BitString) -> pd.DataFrame:
        """One row a rate: mean evaluations with a 95 % interval over seeds, and what theory expects."""
        means = times[resamples(len(times))].mean(axis=1)  # NaN where a seed never ended: no mean is known then
        low, high = percentile_interval(means.T)
        expected = [EXACT[theory](problem.dimension, flips / problem.dimension) for flips in self.flips]
        table = pd.DataFrame({"flips": self.flips, "mean": times.mean(axis=0), "low": low, "high": high})
        return table.assign(expected=expected, solved=np.isfinite(times).mean(axis=0))

    def gather(self, cells: Sequence[Measured]) -> Measured:
        """All problems and sizes; the best rate measured and expected; the claims."""
        flips = [cell.tables["flips"].assign(**_named(cell)) for cell in cells]
        optima = pd.DataFrame([_named(cell) | self._optimum(cell) for cell in cells])
        tables: Tables = {"flips": pd.concat(flips, ignore_index=True), "optima": optima}
        rows = [row for cell in cells for row in self._verdicts(cell)]
        tables["verdicts"] = verdicts_table(rows)
        first = cells[0].about
        about = {"study": self.name, "profile": first["profile"], "seeds": first["seeds"]}
        return Measured(tables=tables, metrics={}, about=about)

    def _optimum(self, cell: Measured) -> dict[str, float]:
        """The best rate by a fit, with its interval over seeds, and by theory."""
        times = _matrix(cell)
        known = np.isfinite(times).all()
        value = float(fitted_optimum(np.array(self.flips), times.mean(axis=0))) if known else np.nan
        low, high = percentile_interval(self._resampled_optima(times))
        expected = best_flips(cell.about["theory"], cell.about["bits"])
        return {"optimum": value, "low": float(low), "high": float(high), "expected": expected}

    def _resampled_optima(self, times: Array) -> Array:
        if not np.isfinite(times).all():
            return np.full(2, np.nan)
        return fitted_optimum(np.array(self.flips), times[resamples(len(times))].mean(axis=1))

    def _verdicts(self, cell: Measured) -> list[dict[str, object]]:
        times = _matrix(cell)
        blocked = "" if np.isfinite(times).all() else "some searches did not end within their budget"
        expected = cell.tables["flips"]["expected"].to_numpy(dtype=float)
        drawn = times[resamples(len(times))].mean(axis=1)
        mean = times.mean(axis=0)
        off = 100 * np.abs(np.exp(np.log(np.vstack([mean, drawn]) / expected).mean(axis=1)) - 1)
        ratio = np.log10(np.concatenate([[self._optimum(cell)["optimum"]], self._resampled_optima(times)]))
        ratio = np.abs(ratio - np.log10(best_flips(cell.about["theory"], cell.about["bits"])))
        ends = np.log10(np.vstack([mean, drawn]))
        inside = 1 + int(ends[0, 1:-1].argmin())
        gain = ends[:, inside] - ends[:, [0, -1]].min(axis=1)
        found = {"theory": off, "optimum": ratio, "interior": gain}
        words = f"{cell.about['problem']}, {cell.about['bits']} bits, {cell.about['seeds']} seeds"
        rows = []
        for name, claim in self.claims.items():
            every = found[name.rpartition(".")[2]]
            low, high = percentile_interval(every[1:])
            rows.append(claim.settle(name, Estimate(float(every[0]), float(low), float(high)), words, blocked))
        return rows

    def answer(self, gathered: Measured) -> Tables:
        """The best rates, and the verdicts."""
        verdicts = gathered.tables["verdicts"][["claim", "settings", "estimate", "low", "high", "verdict"]]
        return {self.question: gathered.tables["optima"], "Verdicts": verdicts}


def _named(cell: Measured) -> dict[str, Any]:
    return {"problem": cell.about["theory"], "bits": cell.about["bits"]}


def _matrix(cell: Measured) -> Array:
    """Times (S, L) of a cell, a row a seed."""
    found = cell.tables["times"].pivot_table(index="seed", columns="flips", values="time", dropna=False)
    return found.to_numpy(dtype=float)
