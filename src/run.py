"""The command: ``python -m src.run +study=NAME`` composes a study's grid with Hydra and runs it.

Exit codes: 0 all is well; 1 a run failed (the others are done), or the disk did; 2 the command or a config is wrong,
and nothing was written; 130 interrupted (Ctrl+C) or terminated.
"""

import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from src.command.environment import set_up
from src.command.help_text import overview

# Everything heavy is imported where it is used: --help must not wait for it.
if TYPE_CHECKING:
    from omegaconf import DictConfig

    from src.command.job_states import Entry
    from src.composition.plan import Plan
    from src.protocol.study import Study
    from src.tracking.store import Store

ROOT = Path(__file__).resolve().parents[1]
CONF = ROOT / "conf"
RUNS = "runs"
RESULTS = "results"
MULTIRUN = ("-m", "--multirun")
# Options of Hydra's that only show something.
INFORMATION = ("-c", "--cfg", "-i", "--info", "--hydra-help", "--version", "-sc", "--shell-completion")
VARIED = "LABORATORY_VARIED"  # the keys whose values differ between the sweep's jobs, for the processes that run them
PARENT = "LABORATORY_PARENT"  # the process that started them
SWEEPS = "sweeps"  # folder within RESULTS of sweeps that are not a study's own grid

set_up()
# Hydra would otherwise print a failure and exit by itself; here main() decides on both.
os.environ["HYDRA_FULL_ERROR"] = "1"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command with ``arguments`` (the process's own by default); its exit code."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    if {"-h", "--help"} & set(words):
        print(overview(CONF))
        return 0
    overrides = [word for word in words if word not in MULTIRUN]
    options = [word for word in overrides if word.startswith("-")]

    from src.composition.plan import make_plan
    from src.composition.refusals import Refused, one_line, refusing
    from src.composition.until import is_of_looks
    from src.protocol.summary import StudyError
    from src.runs.identity import one_state_of_sources

    try:
        if options and options[0].partition("=")[0] in INFORMATION:
            with refusing():
                return _hydra(words)
        if options:
            raise Refused(f"{options[0]}: no such option; try --help")

        multirun = len(overrides) < len(words)

        def block(first_seed: int) -> "Plan":
            own = [word for word in overrides if not is_of_looks(word)]
            return make_plan(CONF, [*own, f"first_seed={first_seed}"], asked_for_multirun=multirun)

        plan = make_plan(CONF, overrides, asked_for_multirun=multirun)
        with one_state_of_sources():
            return _sweep(plan, block)
    except Refused as refusal:
        print(f"error: {refusal}", file=sys.stderr)
        return 2
    except (OSError, StudyError) as error:  # a full disk, a folder that has gone; a study at fault
        print(
            f"error: {one_line(error)}; what is finished is kept, and the same command does the rest",
            file=sys.stderr,
        )
        return 1
    except KeyboardInterrupt:
        print("interrupted: what is finished is kept, and the same command does the rest", file=sys.stderr)
        return 130


def job(config: "DictConfig") -> None:
    """One job of the sweep, in whichever process Hydra's launcher runs it."""
    import torch
    from hydra.core.hydra_config import HydraConfig
    from hydra.types import RunMode

    from src.command.interruption import end_with
    from src.command.job_states import Entry, JobStates
    from src.command.run_job import run_job
    from src.composition.grid import variant
    from src.composition.launch import make_job
    from src.composition.parts import build
    from src.composition.refusals import one_line
    from src.runs.identity import remember_sources
    from src.runs.revision import revision_tags

    remember_sources()
    torch.set_num_threads(1)
    end_with(int(os.environ[PARENT]))
    hydra = HydraConfig.get()
    number = hydra.job.num if hydra.mode == RunMode.MULTIRUN else 0  # a single run has no number
    keys = os.environ[VARIED].split()
    states = JobStates.of_environment()
    if not states.is_due(number):
        return
    try:
        parts = build(config, hydra.runtime.choices, variant(hydra.overrides.task, keys))
    except Exception as error:  # values that are each allowed, but not together
        name = " ".join(hydra.overrides.task)
        states.write(Entry(job=number, name=name, state="failed", error=one_line(error)))
        raise
    runs = Path(hydra.runtime.cwd) / RUNS
    force, revision = bool(config.force), revision_tags(ROOT)
    run_job(make_job(number, parts, config.figures, force=force, runs=runs, revision=revision), states)


def _sweep(plan: "Plan", block: "Callable[[int], Plan]") -> int:
    """Run the plan's jobs, then gather and log the sweep, and print its answer; the exit code.

    Args:
        plan: the sweep.
        block: the same sweep on the seeds from a number on, for test seeds that are added until claims are decided.
    """
    from src.command.gather_sweep import gather_sweep
    from src.command.report import decisions, report
    from src.composition.decide import decide
    from src.runs.directories import remove_leftovers
    from src.runs.identity import sweep_identity
    from src.runs.revision import revision_tags

    here, name = Path.cwd(), plan.study.name
    store = _store(here, plan.study)
    sweep = sweep_identity(name, plan.jobs)
    remove_leftovers(here / RUNS)
    revision = revision_tags(ROOT)
    ran = Ran()
    outcome = None
    if plan.until is None:
        _run(plan, ran, store, sweep, revision)
    else:
        outcome = decide(plan, block, lambda part: _run(part, ran, store, sweep, revision), here / RUNS)
    if not ran.done or (plan.until and not outcome):
        which = (
            f"{ran.failed} runs failed, so that no claim is decided" if ran.done else f"all {ran.failed} runs failed"
        )
        print(f"error: {which}", file=sys.stderr)
        return 1
    whole = plan.is_whole and not plan.until
    results = Path(RESULTS, name) if whole else Path(RESULTS, SWEEPS, name, sweep)
    gathered, not_logged = gather_sweep(
        plan.study,
        ran.done,
        settings=plan.study_settings,
        runs=here / RUNS,
        results=here / results,
        figures=plan.sweep_figures,
        sweep=sweep,
        store=store,
        tags={"study": name, "profile": plan.profile, **revision},
        outcome=outcome,
    )
    for line in _undrawn(plan, [here / RUNS / entry.identity for entry in ran.done], here / results):
        print(line, file=sys.stderr)
    reused = sum(entry.state == "reused" for entry in ran.done)
    ended = f"{name}: {len(ran.done) - reused} runs done, {reused} were done before, {ran.failed} failed"
    link = None if store is None or not_logged else _link(store, name)
    print(report(plan.study, gathered, results, link, ended=ended))
    if plan.until and outcome:
        print("\n" + decisions(outcome, plan.until.looks, plan.until.most))
    for why in dict.fromkeys(why for why in (not_logged, *ran.reasons) if why):
        print(f"not logged to MLflow: {why}; run the same command to log it", file=sys.stderr)
    return 1 if ran.failed else 0


@dataclass
class Ran:
    """What became of the jobs that were run.

    Attributes:
        done: the finished ones, block by block, by their number in each.
        failed: number of those that failed.
        reasons: why some are not logged.
    """

    done: "list[Entry]" = field(default_factory=list)
    failed: int = 0
    reasons: list[str] = field(default_factory=list)


def _run(plan: "Plan", ran: Ran, store: "Store | None", sweep: str, revision: Mapping[str, str]) -> "list[Entry]":
    """Run the plan's jobs and log them; the finished ones, which are added to ``ran``."""
    from src.command.job_states import JobStates
    from src.command.log_runs import RunLog
    from src.command.progress import Progress
    from src.composition.grid import varied
    from src.composition.launch import run_jobs
    from src.composition.refusals import one_line

    runs = Path.cwd() / RUNS
    os.environ |= {VARIED: " ".join(varied(plan.jobs)), PARENT: str(os.getpid())}
    states = JobStates.opened(runs / ".sweeps", sweep)
    try:
        logging = RunLog(states, store, runs, sweep, anew=plan.force)
        with logging, Progress(states, len(plan.jobs), plan.study.name):
            trouble = run_jobs(plan, states, _hydra, runs, revision)
        entries = states.entries()
    finally:
        states.close()
    done = sorted((one for one in entries if one.state in ("finished", "reused")), key=lambda one: one.job)
    if trouble and not any(entry.state == "failed" for entry in entries):
        print(f"failed: {one_line(trouble)}", file=sys.stderr)
    ran.done += done
    ran.failed += len(plan.jobs) - len(done)
    ran.reasons += logging.reasons
    return done


def _undrawn(plan: "Plan", runs: Sequence[Path], results: Path) -> Iterator[str]:
    """A line for each figure that the command asks for and that none of its runs could draw."""
    from src.command.draw_figures import FOLDER, undrawn
    from src.plotting.catalogue import find_figures

    target = plan.study_settings["_target_"]
    kinds = (
        ("figures", find_figures(plan.figures, "figures", "run", target), runs),
        ("sweep_figures", find_figures(plan.sweep_figures, "sweep_figures", "sweep", target), [results]),
    )
    for key, figures, folders in kinds:
        if key in plan.asked_for:
            for name in undrawn([folder / FOLDER for folder in folders], figures):
                yield f"{key} = {name}: not drawn, since these runs lack the tables that it shows"


def _link(store: "Store", study: str) -> str | None:
    """Address of the study's charts; None where the store does not say."""
    from src.tracking.checks import StoreError

    try:
        return store.bounded(lambda: store.link(study))
    except StoreError:
        return None


def _store(here: Path, study: "Study") -> "Store | None":
    """The tracking store, ready for the jobs; None, with a warning, when its server is down."""
    from src.composition.refusals import Refused
    from src.tracking.checks import StoreDown, StoreError
    from src.tracking.reap import reap
    from src.tracking.store import Store, default_uri

    if not os.access(here, os.W_OK | os.X_OK):
        raise Refused(f"the folder {here} cannot be written")
    for folder in (here / RUNS, here / RESULTS):
        if folder.exists() and not (folder.is_dir() and os.access(folder, os.W_OK | os.X_OK)):
            raise Refused(f"{folder} is not a folder that can be written")
    store = Store(default_uri(here))

    def prepare() -> None:
        store.prepare(study.name, f"{study.question}\n\n{study.how_to_read}")
        reap(store)

    try:
        store.bounded(prepare)
    except StoreDown as down:
        print(f"warning: {down}; the runs are kept, and the same command logs them later", file=sys.stderr)
        return None
    except StoreError as wrong:
        raise Refused(str(wrong)) from wrong
    return store


def _hydra(words: Sequence[str]) -> int:
    """Hand over to Hydra's own command line."""
    import hydra

    from src.composition.plan import CONFIG, HYDRA_VERSION

    sys.argv = [sys.argv[0], *words]
    hydra.main(config_path=str(CONF), config_name=CONFIG, version_base=HYDRA_VERSION)(job)()
    return 0


if __name__ == "__main__":
    # Under its own name, so that the launcher's processes find the job in this module and not in __main__.
    from src.command.interruption import interruptible
    from src.run import main as command

    with interruptible():  # a terminated sweep ends its workers too, which would otherwise go on
        sys.exit(command())
