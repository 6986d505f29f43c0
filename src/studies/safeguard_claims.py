"""The verdicts on claims C16 to C19: effects paired by seeds; taken together, problems count alike."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from src.core.checks import refuse
from src.statistics.effects import log_ratios, paired_log_ratio
from src.statistics.intervals import Array, Estimate, bootstrap, mean
from src.statistics.strata import stratified_mean
from src.studies.claims import Claim
from src.studies.safeguard_runs import ALL, seed_means
from src.studies.study import Measured

ABLATION = ("part", "compared", "problem", "difference", "low", "high")
Row = dict[str, object]
Cells = Mapping[tuple[str, str], Measured]  # by problem and method


@dataclass(frozen=True, kw_only=True)
class Roles:
    """Names of the methods that the claims speak of.

    Attributes:
        baseline: plain descent.
        singles: each part alone.
        chain: all parts, in the textbook's order.
        without: by part, the chain that lacks it.
        noise_last, noise_first: chains of all parts with noise after, and before, preconditioning.
        clip, noise, variance, precondition: parts alone; ``variance`` is noise whose variance is annealed.
    """

    baseline: str
    singles: Sequence[str]
    chain: str
    without: Mapping[str, str]
    noise_last: Sequence[str]
    noise_first: Sequence[str]
    clip: str
    noise: str
    variance: str
    precondition: str

    def __post_init__(self) -> None:
        if isinstance(self.singles, str) or not self.singles:
            raise refuse(self, "singles", self.singles, "a list of at least one method")


def verdict_rows(cells: Sequence[Measured], roles: Roles, claims: Mapping[str, Claim], saddle: str) -> Iterator[Row]:
    """Every claim that ``claims`` has a rule for, on every problem and over all of them."""
    by: Cells = {(cell.about["problem"], cell.about["optimizer"]): cell for cell in cells}
    problems = list(dict.fromkeys(problem for problem, _ in by))
    found = [
        *_more_robust(by, roles, problems),
        *_orders(by, roles, problems),
        *_explosions(by, roles, problems),
        *_clipping(by, roles, problems),
        *_leaving(by, roles, saddle),
        *_theory(by, roles, saddle),
        *_costs(by, roles, [problem for problem in problems if problem != saddle]),
        *_scales(by, roles, problems),
    ]
    for name, estimate, settings, blocked in found:
        if name in claims:
            yield claims[name].settle(name, estimate, settings, blocked)


def ablation_table(cells: Sequence[Measured], roles: Roles) -> pd.DataFrame:
    """Robustness of the chain less that of the chain without a part; columns ``ABLATION``."""
    by: Cells = {(cell.about["problem"], cell.about["optimizer"]): cell for cell in cells}
    problems = list(dict.fromkeys(problem for problem, _ in by))
    rows = []
    for part, other in roles.without.items():
        gaps = _gaps(by, problems, [roles.chain], [other])
        for problem, gap in gaps.items():
            rows.append((part, other, problem, *bootstrap(gap, mean)))
        if len(gaps) > 1:
            rows.append((part, other, ALL, *stratified_mean(list(gaps.values()))))
    return pd.DataFrame(rows, columns=list(ABLATION))


Settled = tuple[str, Estimate, str, str]


def _gaps(
    by: Cells, problems: Sequence[str], these: Sequence[str], those: Sequence[str], column: str = "success"
) -> dict[str, Array]:
    """By problem, each seed's share of the grid with ``these`` methods (their mean) less that with ``those``."""
    found = {}
    for problem in problems:
        if all((problem, name) in by for name in (*these, *those)):
            left, right = (
                np.mean([seed_means(by[problem, name].tables["summary"], column) for name in names], axis=0)
                for names in (these, those)
            )
            found[problem] = left - right
    return found


def _each_and_all(name: str, gaps: Mapping[str, Array], settings: str) -> Iterator[Settled]:
    for problem, gap in gaps.items():
        yield name, bootstrap(gap, mean), f"{settings}; {problem}, {len(gap)} seeds", ""
    if len(gaps) > 1:
        yield name, stratified_mean(list(gaps.values())), f"{settings}; {ALL}", ""


def _more_robust(by: Cells, roles: Roles, problems: Sequence[str]) -> Iterator[Settled]:
    """The chain against the best part alone; picking the best by the same runs can only favour that part."""
    wanted = [problem for problem in problems if all((problem, one) in by for one in (roles.chain, *roles.singles))]
    for group in [[problem] for problem in wanted] + ([wanted] if len(wanted) > 1 else []):
        gaps = {one: _gaps(by, group, [roles.chain], [one]) for one in roles.singles}
        best = min(roles.singles, key=lambda one: float(np.mean([gap.mean() for gap in gaps[one].values()])))
        where = group[0] if len(group) == 1 else ALL
        yield "C19", stratified_mean(list(gaps[best].values())), f"{roles.chain} less {best}; {where}", ""


def _orders(by: Cells, roles: Roles, problems: Sequence[str]) -> Iterator[Settled]:
    gaps = _gaps(by, problems, roles.noise_last, roles.noise_first)
    yield from _each_and_all("C19.order", gaps, "noise after less noise before preconditioning")


def _explosions(by: Cells, roles: Roles, problems: Sequence[str]) -> Iterator[Settled]:
    gaps = _gaps(by, problems, [roles.baseline], [roles.clip], "exploded")
    yield from _each_and_all("C16.explosion", gaps, f"{roles.baseline} less {roles.clip}")


def _clipping(by: Cells, roles: Roles, problems: Sequence[str]) -> Iterator[Settled]:
    for problem in problems:
        cell = by.get((problem, roles.clip))
        if cell is None or "activity" not in cell.tables:
            continue
        turned = cell.tables["turning"]["turned"].to_numpy(float)
        yield "C16.direction", bootstrap(turned, mean), f"{len(turned)} gradients; {problem}", ""
        late = cell.tables["activity"]["late"].to_numpy(float)
        settings = f"{len(late)} seeds at the tuned rate; {problem}"
        yield "C16.late", bootstrap(late, mean), settings, _edge(cell)


def _leaving(by: Cells, roles: Roles, saddle: str) -> Iterator[Settled]:
    cells = {name: by[saddle, name] for name in (roles.noise, roles.variance) if (saddle, name) in by}
    if roles.noise in cells:
        gaps = _gaps(by, [saddle], [roles.noise], [roles.baseline])
        yield from _each_and_all("C17.leaves", gaps, f"{roles.noise} less {roles.baseline}")
    if len(cells) == 2:
        sd, variance = (cells[name].tables["escapes"].set_index(["rate", "seed"])["left"] for name in cells)
        both = pd.concat([variance, sd], axis=1, keys=["variance", "sd"]).dropna()
        # One number a seed, over the rates at which both leave: replicates of a seed share its noise.
        ratios = pd.Series(log_ratios(both["variance"], both["sd"]), index=both.index)
        per_seed = ratios.groupby("seed").mean().to_numpy(float)
        settings = f"{roles.variance} over {roles.noise}, {both.index.unique('rate').size} rates; {saddle}"
        yield "C17.sooner", bootstrap(per_seed, mean), settings, ""


def _theory(by: Cells, roles: Roles, saddle: str) -> Iterator[Settled]:
    """Measured times to leave over theory's, at the rates at which every seed leaves."""
    for name in (roles.noise, roles.variance):
        cell = by.get((saddle, name))
        if cell is None:
            continue
        times = cell.tables["escape_times"]
        known = times[(times["left_share"] == 1) & times["theory"].notna()].set_index("rate")["theory"]
        escapes = cell.tables["escapes"]
        escapes = escapes[escapes["rate"].isin(known.index)]
        if escapes.empty:
            continue
        ratios = pd.Series(log_ratios(escapes["left"], escapes["rate"].map(known)), index=escapes["seed"])
        value, low, high = bootstrap(ratios.groupby(level=0).mean().to_numpy(float))
        nearest = 0.0 if low <= 0 <= high else min(abs(low), abs(high))
        departure = Estimate(abs(value), nearest, max(abs(low), abs(high)))
        yield "C17.theory", departure, f"{name}, {len(known)} rates; {saddle}", ""


def _costs(by: Cells, roles: Roles, problems: Sequence[str]) -> Iterator[Settled]:
    for name in (roles.noise, roles.variance):
        for problem in problems:
            pair = [by.get((problem, each)) for each in (name, roles.baseline)]
            cells = [cell for cell in pair if cell is not None]
            if len(cells) < 2:
                continue
            if (cells[0].about["minimum"] or 0) < 0:
                continue  # ratios are for values above 0
            finals = [_final(cell) for cell in cells]
            blocked = "; ".join(filter(None, (_edge(cell) for cell in cells)))
            settings = f"{name} over {roles.baseline}, each at its tuned rate; {problem}, {finals[0].size} seeds"
            yield "C17.cost", paired_log_ratio(*finals), settings, blocked


def _scales(by: Cells, roles: Roles, problems: Sequence[str]) -> Iterator[Settled]:
    cells = [by[problem, roles.precondition] for problem in problems if (problem, roles.precondition) in by]
    for cell in cells[:1]:  # it is the method's, whatever the problem
        gap = cell.tables["scale_gap"]["after"].to_numpy(float)
        yield "C18.scale", bootstrap(np.abs(gap), mean), "first step on row R64's matrix, 4 decades before", ""


def _final(cell: Measured) -> Array:
    """Final losses of the test seeds at the tuned rate, by seed; inf where diverged."""
    summary = cell.tables["summary"]
    own = (summary["split"] == "test") & np.isclose(summary["rate"], cell.about["best_rate"], rtol=1e-9)
    return summary[own].sort_values("seed")["final_loss"].to_numpy(dtype=np.float64)


def _edge(cell: Measured) -> str:
    edge = f"the tuned rate of {cell.about['optimizer']} lies on the edge of what was tried"
    return edge if cell.about["rate_at_edge"] else ""
