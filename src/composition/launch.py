"""A plan's jobs run: what is done already is found at once in this process, and Hydra's launcher does the others."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

from src.command.job_states import JobStates
from src.command.run_job import Job, is_done
from src.composition.parts import Parts
from src.composition.plan import Plan

LAUNCHER = ("hydra/launcher", "hydra.launcher")  # beginnings of overrides that choose how processes are started
IN_THIS_PROCESS = "hydra/launcher=basic"


def make_job(
    number: int, parts: Parts, figures: Sequence[str], *, force: bool, runs: Path, revision: Mapping[str, str]
) -> Job:
    """The job of these parts, ready to be worked on; its fields are described there."""
    return Job(
        number=number,
        cell=parts.cell,
        study=parts.study,
        config=parts.settings,
        figures=list(figures),
        force=force,
        runs=runs,
        revision=revision,
    )


def run_jobs(
    plan: Plan, states: JobStates, hydra: Callable[[list[str]], object], runs: Path, revision: Mapping[str, str]
) -> Exception | None:
    """Run all jobs, whatever becomes of the processes; the last error, if any. Each job's state says how it ended.

    A process that is killed, as one out of memory is, takes the pool with it. The rest is done by a new pool, and
    each job that may have been in that process once more, alone.

    Args:
        plan: the sweep.
        states: of its jobs.
        hydra: runs Hydra on a command line.
        runs: folder of the finished runs.
        revision: tags of the source's state.
    """
    done = [job for job in jobs_to_find(plan, runs, revision) if is_done(job)]
    for job in done:
        states.write(job.entry("reused"))
    due = len(plan.jobs) - len(done)
    if not due:
        return None
    words = [*(["--multirun"] if plan.multirun else []), *plan.words]
    few = due == 1 or not plan.in_parallel
    if plan.multirun and few and not any(word.startswith(LAUNCHER) for word in words):
        words.append(IN_THIS_PROCESS)  # to start processes takes longer

    def launched() -> Exception | None:
        try:
            hydra(words)
        except Exception as error:  # the states say which job failed
            if isinstance(error, BrokenProcessPool):
                states.blame_running()
            return error
        return None

    settled = -1
    while isinstance(trouble := launched(), BrokenProcessPool) and settled < (now := states.settled()):
        settled = now
    for entry in states.entries():
        if entry.state == "killed":
            states.restrict(entry.job)
            trouble = launched() or trouble
    return trouble


def jobs_to_find(plan: Plan, runs: Path, revision: Mapping[str, str]) -> list[Job]:
    """The plan's jobs as far as they may be done already."""
    return [
        make_job(number, parts, plan.figures, force=False, runs=runs, revision=revision)
        for number, parts in enumerate(plan.to_find)
    ]
