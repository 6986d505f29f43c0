"""A plan's jobs run: what is done already is found at once in this process, and Hydra's launcher does the others.

Few jobs are run in this process, from the parts that were built to check them: processes would take longer to start
than such jobs to run, and Hydra to compose them once more.
"""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

import torch

from src.command.job_states import JobStates
from src.command.run_job import Job, is_done, run_job
from src.composition.parts import Parts
from src.composition.plan import Plan

OF_HYDRA = ("hydra/", "hydra.")  # beginnings of overrides that choose how Hydra runs the jobs


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
    jobs = built_jobs(plan, runs, revision)
    done = {job.number for job in jobs if not plan.force and is_done(job)}
    due = [job for job in jobs if job.number not in done]
    for job in jobs:
        if job.number in done:
            states.write(job.entry("reused"))
    if jobs and not due:
        return None
    if due and (len(due) == 1 or not plan.in_parallel) and not any(word.startswith(OF_HYDRA) for word in plan.words):
        return _run_here(due, states)
    words = [*(["--multirun"] if plan.multirun else []), *plan.words]

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


def built_jobs(plan: Plan, runs: Path, revision: Mapping[str, str]) -> list[Job]:
    """The plan's jobs, ready to be worked on; none where they are too many to build them all."""
    return [
        make_job(number, parts, plan.figures, force=plan.force, runs=runs, revision=revision)
        for number, parts in enumerate(plan.parts)
    ]


def _run_here(jobs: Sequence[Job], states: JobStates) -> Exception | None:
    """Run each of ``jobs`` in this process, also after one has failed; the last error, if any."""
    torch.set_num_threads(1)  # as everywhere: two would only slow small tensors, and may round otherwise
    trouble = None
    for job in jobs:
        try:
            run_job(job, states)
        except Exception as error:  # its state says so
            trouble = error
    return trouble
