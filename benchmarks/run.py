"""All benchmarks, each compared with its peer: ``python -m benchmarks.run [NAME ...] [--full] [--csv]``."""

import argparse
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import torch

from benchmarks import advice, races, search_evaluations, startup, tracking
from benchmarks.measurement import Measurement
from benchmarks.searches import bbob, defaults, quality, speed
from benchmarks.searches.contests import Contest, line
from src.command.environment import set_up

RESULTS = Path("results") / "benchmarks.csv"
CONTESTS = Path("results") / "search_contests.csv"
REPEATS = 3
EPOCH = 34  # steps over which networks are compared: later, rounding in float32 has grown
SEEDS = 30  # runs of each search method; a third of them unless all are asked for

# A line of text names a peer that is not installed, and the command that installs it, or is a finding by itself.
Outcome = Measurement | Contest | str


def _rosenbrock(full: bool) -> Measurement:
    race = races.rosenbrock()
    return race.measured(390 if full else 20, REPEATS, race.disagreement(race.sample(20)))


def _network(full: bool, *, by_module: bool = False, watched: bool = False) -> Measurement:
    race = races.perceptron(by_module=by_module, watched=watched)
    short = races.perceptron(seeds=3, steps=EPOCH, by_module=by_module)
    return race.measured(210 if full else 4, REPEATS, short.disagreement(short.sample(8)))


def _tracking(full: bool) -> Measurement:
    return tracking.share(() if full else ("optimizer=adam",))


def _usage(full: bool) -> Measurement:
    return startup.usage(20 if full else 5)


def _imports(full: bool) -> Measurement:
    return startup.imports(10 if full else REPEATS)


def _cma_es(full: bool) -> Measurement:
    return search_evaluations.compared() if full else search_evaluations.compared((2, 5), 11)


def _search(full: bool) -> Iterator[Outcome]:
    return quality.contests(SEEDS if full else SEEDS // 3)


def _search_defaults(full: bool) -> Iterator[Outcome]:
    return defaults.contests() if full else defaults.contests((2,))


def _bbob(full: bool) -> Iterator[Outcome]:
    return bbob.contests(SEEDS if full else SEEDS // 3)


def _search_speed(full: bool) -> Iterator[Outcome]:
    return speed.races(SEEDS, SEEDS if full else 3, REPEATS)


def _advice(full: bool) -> Iterator[Outcome]:
    return advice.lines(Path())


BENCHMARKS: dict[str, Callable[[bool], Measurement | Iterable[Outcome]]] = {
    "rosenbrock": _rosenbrock,
    "mlp": _network,
    "watched": partial(_network, watched=True),
    "module": partial(_network, by_module=True),
    "cma_es": _cma_es,
    "tracking": _tracking,
    "usage": _usage,
    "imports": _imports,
    "search": _search,
    "search_defaults": _search_defaults,
    "search_speed": _search_speed,
    "bbob": _bbob,
    "advice": _advice,
}


def machine() -> str:
    """Versions and load of this machine, in one line."""
    return (
        f"torch {torch.__version__}, numpy {np.__version__}, 1 thread of {os.cpu_count()} cores, "
        f"load average {os.getloadavg()[0]:.1f}"
    )


def table(measurements: Sequence[Measurement]) -> pd.DataFrame:
    """One row per benchmark."""
    rows = [asdict(measurement) | {"met": measurement.met} for measurement in measurements]
    frame = pd.DataFrame(rows).rename(columns={"ours": "ours_seconds", "peers": "peer_seconds"})
    return frame[[*(column for column in frame if column != "note"), "note"]]


def contest_table(contests: Sequence[Contest]) -> pd.DataFrame:
    """One row per contest, with separate columns for the intervals."""
    rows = []
    for contest in contests:
        row = asdict(contest) | {"verdict": contest.verdict}
        for name in ("decades", "sooner"):
            row |= dict(zip((name, f"{name}_low", f"{name}_high"), row[name], strict=True))
        rows.append(row)
    return pd.DataFrame(rows)


def lines(outcome: Outcome) -> str:
    """Printed lines of an outcome."""
    if isinstance(outcome, str):
        return outcome
    if isinstance(outcome, Contest):
        return line(outcome)
    goal = (
        f"goal {'at most' if outcome.at_most else 'at least'} {outcome.goal:g}: {'met' if outcome.met else 'MISSED'}"
    )
    return (
        f"{outcome.benchmark}\n  against {outcome.peer}\n"
        f"  {outcome.ours:.3g} s against {outcome.peers:.3g} s, ratio {outcome.ratio:.3g} ({goal})\n  {outcome.note}"
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the named benchmarks, or all; print each as it ends."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.run", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"one or more of {', '.join(BENCHMARKS)}; all")
    parser.add_argument("--full", action="store_true", help="run all of the peer's replicates (many minutes)")
    parser.add_argument("--csv", action="store_true", help=f"write {RESULTS}")
    asked = parser.parse_args(arguments)
    if unknown := [name for name in asked.names if name not in BENCHMARKS]:
        parser.error(f"there is no benchmark {unknown[0]!r}; choose from {', '.join(BENCHMARKS)}")
    torch.set_num_threads(1)
    print(machine(), flush=True)
    outcomes: list[Outcome] = []
    for name in asked.names or BENCHMARKS:
        result = BENCHMARKS[name](asked.full)
        for outcome in [result] if isinstance(result, Measurement) else result:
            outcomes.append(outcome)
            print(lines(outcome), flush=True)
    if asked.csv:
        _write(outcomes)
    return 0


def _write(outcomes: Sequence[Outcome]) -> None:
    RESULTS.parent.mkdir(exist_ok=True)
    if measurements := [outcome for outcome in outcomes if isinstance(outcome, Measurement)]:
        table(measurements).assign(machine=machine()).to_csv(RESULTS, index=False)
    if contests := [outcome for outcome in outcomes if isinstance(outcome, Contest)]:
        contest_table(contests).assign(machine=machine()).to_csv(CONTESTS, index=False)


if __name__ == "__main__":
    # Ours and the peer under the settings of a study's processes, some of which are read only when a process starts.
    before = dict(os.environ)
    set_up()
    if dict(os.environ) != before:
        os.execv(sys.executable, [sys.executable, "-m", "benchmarks.run", *sys.argv[1:]])
    sys.exit(main())
