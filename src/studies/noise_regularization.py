"""Does gradient noise regularize? Networks that over-fit, with and without it (claim C31)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from src.optimizers.noise import Noise
from src.statistics.effects import differences, log_ratios
from src.statistics.intervals import Array, Estimate, bootstrap, mean
from src.statistics.strata import stratified_mean
from src.studies.claims import Claim, verdicts_table
from src.studies.comparison import Comparison, about_sweep, labelled
from src.studies.study import Cell, Measured, Tables

EFFECTS = (
    "problem",
    "scale",  # of the noise
    "best_rate",
    "valid_score",  # median over the tuning seeds at the tuned rate: what the scale is chosen by
    "chosen",  # the best scale above 0
    "train_loss",  # medians over the test seeds
    "test_loss",
    "test_accuracy",
    "points",  # accuracy less that without noise, mean over pairs of seeds, in percentage points
    "points_low",
    "points_high",
    "decades",  # log10 of the test loss over that without noise, mean over pairs
    "decades_low",
    "decades_high",
)


@dataclass(frozen=True, kw_only=True)
class NoiseRegularization(Comparison):
    """Tunes the rate anew at every scale of the noise, and the scale itself, and judges on the test part.

    Attributes:
        claims: ``C31`` (test accuracy with the chosen noise less that without, in points) and ``C31.loss`` (log10 of
            the test losses' ratio), a verdict for each problem and one for all, which count alike.
    """

    claims: Mapping[str, Claim] = field(default_factory=dict)

    def measure(self, cell: Cell) -> Measured:
        """As in a comparison; the scale of the noise is put down."""
        measured = super().measure(cell)
        scale = cell.optimizer.scale if isinstance(cell.optimizer, Noise) else 0.0
        return replace(measured, about=measured.about | {"scale": float(scale)})

    def gather(self, cells: Sequence[Measured]) -> Measured:
        """Effects of every scale, with intervals, and the verdicts on the chosen ones."""
        effects = pd.concat([_effects(group) for group in _by_problem(cells)], ignore_index=True)
        tables: Tables = {name: labelled(cells, name) for name in ("summary", "curves", "rates")}
        tables |= {"effects_of_noise": effects, "verdicts": verdicts_table(list(self._verdicts(cells, effects)))}
        best = effects[effects["chosen"]]
        metrics = dict(zip("points." + best["problem"], best["points"].tolist(), strict=True))
        finite = {name: value for name, value in metrics.items() if np.isfinite(value)}
        return Measured(tables=tables, metrics=finite, about=about_sweep(self.name, cells))

    def answer(self, gathered: Measured) -> Tables:
        """The verdicts, and the effect of every scale."""
        verdicts = gathered.tables["verdicts"].drop(columns=["says", "reason"])
        return {self.question: verdicts, "By the noise's scale:": gathered.tables["effects_of_noise"]}

    def _verdicts(self, cells: Sequence[Measured], effects: pd.DataFrame) -> Iterator[dict[str, object]]:
        gaps: dict[str, list[Array]] = {"C31": [], "C31.loss": []}
        blocked: list[str] = []
        for group in _by_problem(cells):
            problem = group[0].about["problem"]
            chosen = effects.loc[(effects["problem"] == problem) & effects["chosen"], "scale"]
            own = next((cell for cell in group if cell.about["scale"] in set(chosen)), None)
            without = next((cell for cell in group if cell.about["scale"] == 0), None)
            if own is None or without is None:
                continue
            edges = [str(one.about["optimizer"]) for one in (own, without) if one.about["rate_at_edge"]]
            blocked += [f"the tuned rate lies on the edge of what was tried: {', '.join(edges)}"] if edges else []
            settings = f"noise of scale {own.about['scale']:g}; {problem}, {own.about['seeds']} seeds"
            for name, values in zip(gaps, _gaps(own, without), strict=True):
                gaps[name].append(values)
                if name in self.claims:
                    yield self.claims[name].settle(name, bootstrap(values, mean), settings, "; ".join(blocked[-1:]))
        for name, every in gaps.items():
            if name in self.claims and len(every) > 1:
                yield self.claims[name].settle(name, stratified_mean(every), "all problems", "; ".join(blocked))


def _by_problem(cells: Sequence[Measured]) -> list[list[Measured]]:
    groups: dict[str, list[Measured]] = {}
    for cell in cells:
        groups.setdefault(str(cell.about["problem"]), []).append(cell)
    return [sorted(group, key=lambda cell: float(cell.about["scale"])) for group in groups.values()]


def _effects(group: Sequence[Measured]) -> pd.DataFrame:
    """One problem's rows, by scale; columns ``EFFECTS``."""
    without = next((cell for cell in group if cell.about["scale"] == 0), None)
    rows = []
    for cell in group:
        test = _test(cell)
        unknown = Estimate(np.nan, np.nan, np.nan)
        points, decades = (
            (unknown, unknown) if without is None else (bootstrap(gap, mean) for gap in _gaps(cell, without))
        )
        medians = [float(test[name].median()) for name in ("final_loss", "final_test_loss", "final_test_accuracy")]
        score = cell.tables["rates"].loc[cell.tables["rates"]["chosen"].astype(bool), "median"].min()
        about = cell.about
        rows.append((about["problem"], about["scale"], about["best_rate"], score, False, *medians, *points, *decades))
    table = pd.DataFrame(rows, columns=list(EFFECTS))
    noisy = table[table["scale"] > 0]
    if not noisy.empty:
        table.loc[noisy["valid_score"].idxmin(), "chosen"] = True
    return table


def _gaps(cell: Measured, without: Measured) -> tuple[Array, Array]:
    """Differences in test accuracy, in points, and in log10 of test loss, one a seed, (S,)."""
    own, base = _test(cell), _test(without)
    points = 100 * differences(
        own["final_test_accuracy"].to_numpy(float), base["final_test_accuracy"].to_numpy(float)
    )
    return points, log_ratios(own["final_test_loss"].to_numpy(float), base["final_test_loss"].to_numpy(float))


def _test(cell: Measured) -> pd.DataFrame:
    summary = cell.tables["summary"]
    return summary[summary["split"] == "test"].sort_values("seed")
