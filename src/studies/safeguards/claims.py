"""The verdicts on claims C16 to C19: effects paired by seeds; taken together, problems count alike."""

from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np
import pandas as pd

from src.core.result import Result
from src.protocol.claims import Claim, RunsMissing, settle_each
from src.statistics.departure import departure
from src.statistics.effects import log_ratios, paired_log_ratio
from src.statistics.intervals import Array, Estimate, bootstrap, mean
from src.statistics.strata import stratified_mean
from src.studies.safeguards.ablation import Cells, by_problem_and_method, share_gaps
from src.studies.safeguards.compared_methods import ComparedMethods
from src.studies.safeguards.runs import ALL

Basis = tuple[Estimate, str, str]  # the estimate, the settings in words, and the reason why no verdict may be given


def verdicts(
    cells: Sequence[Result], roles: ComparedMethods, claims: Mapping[str, Claim], saddle: str
) -> tuple[pd.DataFrame, dict[str, str]]:
    """The ``verdicts`` table, on every problem and over all of them, and the runs that other claims lack."""
    found, problems = by_problem_and_method(cells)

    def settle(name: str, claim: Claim) -> list[dict[str, object]]:
        estimates, needed = ESTIMATES[name]
        rows = [claim.settle(name, *basis) for basis in estimates(found, roles, problems, saddle)]
        if not rows:
            names = {key: value if isinstance(value, str) else ", ".join(value) for key, value in vars(roles).items()}
            raise RunsMissing(needed.format(saddle=saddle, **names))
        return rows

    return settle_each(claims, settle)


def _each_and_all(gaps: Mapping[str, Array], settings: str) -> Iterator[Basis]:
    for problem, gap in gaps.items():
        yield bootstrap(gap, mean), f"{settings}; {problem}, {len(gap)} seeds", ""
    if len(gaps) > 1:
        yield stratified_mean(list(gaps.values())), f"{settings}; {ALL}", ""


def _more_robust(cells: Cells, roles: ComparedMethods, problems: Sequence[str], _: str) -> Iterator[Basis]:
    """The chain against the best part alone; picking the best by the same runs can only favour that part."""
    wanted = [
        problem for problem in problems if all((problem, one) in cells for one in (roles.chain, *roles.singles))
    ]
    for group in [[problem] for problem in wanted] + ([wanted] if len(wanted) > 1 else []):
        gaps = {one: share_gaps(cells, group, [roles.chain], [one]) for one in roles.singles}
        best = min(roles.singles, key=lambda one: float(np.mean([gap.mean() for gap in gaps[one].values()])))
        where = group[0] if len(group) == 1 else ALL
        yield stratified_mean(list(gaps[best].values())), f"{roles.chain} less {best}; {where}", ""


def _order(cells: Cells, roles: ComparedMethods, problems: Sequence[str], _: str) -> Iterator[Basis]:
    gaps = share_gaps(cells, problems, roles.noise_last, roles.noise_first)
    yield from _each_and_all(gaps, "noise after less noise before preconditioning")


def _explosion(cells: Cells, roles: ComparedMethods, problems: Sequence[str], _: str) -> Iterator[Basis]:
    gaps = share_gaps(cells, problems, [roles.baseline], [roles.clip], "exploded")
    yield from _each_and_all(gaps, f"{roles.baseline} less {roles.clip}")


def _clipping(cells: Cells, roles: ComparedMethods, problems: Sequence[str]) -> Iterator[tuple[str, Result]]:
    for problem in problems:
        cell = cells.get((problem, roles.clip))
        if cell is not None and "activity" in cell.tables:
            yield problem, cell


def _direction(cells: Cells, roles: ComparedMethods, problems: Sequence[str], _: str) -> Iterator[Basis]:
    for problem, cell in _clipping(cells, roles, problems):
        turned = cell.tables["turning"]["one_minus_cosine"].to_numpy(float)
        yield bootstrap(turned, mean), f"{len(turned)} gradients; {problem}", ""


def _late(cells: Cells, roles: ComparedMethods, problems: Sequence[str], _: str) -> Iterator[Basis]:
    for problem, cell in _clipping(cells, roles, problems):
        late = cell.tables["activity"]["late"].to_numpy(float)
        yield bootstrap(late, mean), f"{len(late)} seeds at the tuned rate; {problem}", _edge(cell)


def _leaves(cells: Cells, roles: ComparedMethods, _: Sequence[str], saddle: str) -> Iterator[Basis]:
    gaps = share_gaps(cells, [saddle], [roles.noise], [roles.baseline])
    yield from _each_and_all(gaps, f"{roles.noise} less {roles.baseline}")


def _sooner(cells: Cells, roles: ComparedMethods, _: Sequence[str], saddle: str) -> Iterator[Basis]:
    pair = [cells[saddle, name] for name in (roles.noise, roles.variance) if (saddle, name) in cells]
    if len(pair) < 2:
        return
    sd, variance = (cell.tables["escapes"].set_index(["learning_rate", "seed"])["left"] for cell in pair)
    both = pd.concat([variance, sd], axis=1, keys=["variance", "sd"]).dropna()
    # One number per seed, over the rates at which both leave: replicates of a seed share its noise.
    ratios = pd.Series(log_ratios(both["variance"], both["sd"]), index=both.index)
    per_seed = ratios.groupby("seed").mean().to_numpy(float)
    settings = f"{roles.variance} over {roles.noise}, {both.index.unique('learning_rate').size} rates; {saddle}"
    yield bootstrap(per_seed, mean), settings, ""


def _theory(cells: Cells, roles: ComparedMethods, _: Sequence[str], saddle: str) -> Iterator[Basis]:
    """Times to leave over theory's, at the rates at which every seed leaves."""
    for name in (roles.noise, roles.variance):
        cell = cells.get((saddle, name))
        if cell is None:
            continue
        times = cell.tables["escape_times"]
        known = times[(times["left_share"] == 1) & times["theory"].notna()].set_index("learning_rate")["theory"]
        escapes = cell.tables["escapes"]
        escapes = escapes[escapes["learning_rate"].isin(known.index)]
        if escapes.empty:
            continue
        ratios = escapes.assign(ratio=escapes["left"] / escapes["learning_rate"].map(known))
        by_seed = ratios.pivot_table(index="seed", columns="learning_rate", values="ratio").to_numpy(float)
        estimate = Estimate(*(end / np.log(10) for end in departure(by_seed)))
        yield estimate, f"{name}, {len(known)} rates; {saddle}", ""


def _cost(cells: Cells, roles: ComparedMethods, problems: Sequence[str], saddle: str) -> Iterator[Basis]:
    for name in (roles.noise, roles.variance):
        for problem in problems:
            found = [cells.get((problem, each)) for each in (name, roles.baseline)]
            pair = [cell for cell in found if cell is not None]
            # The saddle is measured by the time to leave it, and ratios are for values above 0.
            if problem == saddle or len(pair) < 2 or (pair[0].about["minimum"] or 0) < 0:
                continue
            finals = [_final(cell) for cell in pair]
            blocked = "; ".join(filter(None, (_edge(cell) for cell in pair)))
            settings = f"{name} over {roles.baseline}, each at its tuned rate; {problem}, {finals[0].size} seeds"
            yield paired_log_ratio(*finals), settings, blocked


def _scale(cells: Cells, roles: ComparedMethods, problems: Sequence[str], _: str) -> Iterator[Basis]:
    own = [cells[problem, roles.precondition] for problem in problems if (problem, roles.precondition) in cells]
    for cell in own[:1]:  # the gap belongs to the method, whatever the problem
        gap = cell.tables["scale_gap"]["after"].to_numpy(float)
        yield bootstrap(np.abs(gap), mean), "first step on row R64's matrix, 4 decades before", ""


def _final(cell: Result) -> Array:
    """Final losses of the test seeds at the tuned rate, by seed; inf where diverged."""
    summary = cell.tables["summary"]
    own = (summary["split"] == "test") & np.isclose(
        summary["learning_rate"], cell.about["best_learning_rate"], rtol=1e-9
    )
    return summary[own].sort_values("seed")["final_loss"].to_numpy(dtype=np.float64)


def _edge(cell: Result) -> str:
    edge = f"the tuned rate of {cell.about['method']} lies on the edge of what was tried"
    return edge if cell.about["learning_rate_at_edge"] else ""


# The estimates of each claim, and the runs that they need.
ESTIMATES: dict[str, tuple[Callable[[Cells, ComparedMethods, Sequence[str], str], Iterator[Basis]], str]] = {
    "C16.explosion": (_explosion, "needs {baseline} and {clip} on one problem"),
    "C16.direction": (_direction, "needs {clip}"),
    "C16.late": (_late, "needs {clip}"),
    "C17.leaves": (_leaves, "needs {noise} and {baseline} on {saddle}"),
    "C17.cost": (_cost, "needs {noise} and {baseline} on a problem other than {saddle} with no minimum below 0"),
    "C17.sooner": (_sooner, "needs {noise} and {variance} on {saddle}"),
    "C17.theory": (_theory, "needs {noise} or {variance} on {saddle}, with a rate at which every seed leaves"),
    "C18.scale": (_scale, "needs {precondition}"),
    "C19": (_more_robust, "needs {chain} and {singles} on one problem"),
    "C19.order": (_order, "needs {noise_last} and {noise_first} on one problem"),
}
