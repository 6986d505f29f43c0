"""Keys that have no part in a search: refused, so that nobody waits for a setting that changes nothing."""

from collections.abc import Sequence

from src.composition.parts import Parts
from src.composition.refusals import Refused

OF_A_DESCENT = ("optimizer", "schedule", "learning_rate", "evaluate_every", "device")


def check_used(jobs: Sequence[Sequence[str]], first: Parts) -> None:
    """Raise Refused where a sweep of searches sets what has no part in its runs.

    Args:
        jobs: overrides of each job.
        first: the first job, built; all jobs are of one study.
    """
    if first.study.descends:
        return
    own_budget = first.study.budget(first.cell.problem) == first.cell.problem.steps
    for word in dict.fromkeys(word for job in jobs for word in job):
        key = word.partition("=")[0].lstrip("+")
        if key.partition(".")[0] in OF_A_DESCENT:
            raise Refused(f"{word}: has no part in a search; leave out this word, or the search")
        if key == "problem.steps" and not own_budget:
            raise Refused(f"{word}: has no part in a search, whose budget is steps=EVALUATIONS")
