"""The measured comparisons with the traits of their problems, which the probe finds and a file keeps."""

import hashlib
import json
import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from src.advice.comparisons import Comparison
from src.advice.probe import LINES, POINTS, Probe, kind_of, probe, seen_by_a_search
from src.advice.traits import KINDS, Traits, exactly
from src.core.problem import Problem
from src.problems.dimensions import in_dimensions
from src.problems.landscape import Landscape
from src.protocol.searched_problem import SearchedProblem
from src.runs.directories import write_json
from src.runs.identity import code_identity

FEWEST_LINES = 2  # by which ruggedness is still seen
# Builds what was measured: problem's name, study's name and condition -> the cell's problem, and what is searched.
Build = Callable[[Comparison], SearchedProblem]


def in_its_size(problem: Problem, comparison: Comparison) -> Problem:
    """The problem in the number of coordinates that the comparison was made in."""
    if comparison.dimension is None or not isinstance(problem, Landscape):
        return problem
    return in_dimensions(problem, comparison.dimension)


def with_traits(comparisons: Sequence[Comparison], build: Build, wanted: Traits, kept: Path) -> list[Comparison]:
    """The comparisons on problems of a kind that is wanted, with the traits of their problems.

    Args:
        comparisons: comparisons without traits.
        build: builds the problem of a comparison.
        wanted: traits asked for; a problem of another kind is not probed.
        kept: folder that keeps the traits of probed problems; it may be missing, or be one that cannot be written.
    """
    probed: dict[tuple[str, ...], Traits] = {}
    found = []
    for one in comparisons:
        searched = build(one)
        if not wanted.allows(kind_of(searched.problem)):
            continue
        key = (one.problem, str(one.dimension), one.condition, type(searched.problem).__name__)
        if key not in probed:
            probed[key] = _probed(searched, kept)
        budget = {"budget": exactly(math.log10(max(one.budget, 1)))}
        traits = replace(probed[key], numbers={**probed[key].numbers, **budget})
        minimum, tolerance = _known(searched.problem, one)
        found.append(replace(one, traits=traits, minimum=minimum, tolerance=tolerance))
    return found


def _known(problem: Problem, comparison: Comparison) -> tuple[float | None, float]:
    """The minimum and the tolerance of a problem that states both; as they are where the comparison has its own."""
    minimum, target = getattr(problem, "minimum", None), problem.target
    if comparison.minimum is not None or minimum is None or target is None:
        return comparison.minimum, comparison.tolerance
    return minimum.value, target - minimum.value


def _probed(searched: SearchedProblem, kept: Path) -> Traits:
    """Traits of a problem, read where they are kept for the same problem and source."""
    problem = searched.problem
    code = code_identity({type(problem).__module__, "src.advice.probe"})
    text = f"{code} {problem!r} {searched.lower.tolist()} {searched.upper.tolist()} {searched.noise}"
    path = kept / f"{hashlib.sha256(text.encode()).hexdigest()[:16]}.json"
    try:
        return _from_json(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):  # absent or damaged
        traits = probe(searched).traits
    try:
        kept.mkdir(parents=True, exist_ok=True)
        write_json(path, _to_json(traits))
    except OSError:  # a folder that cannot be written costs time, and no answer
        pass
    return traits


def _to_json(traits: Traits) -> dict[str, object]:
    numbers = {name: interval.low for name, interval in traits.numbers.items()}
    return {"kind": traits.kind, "gradients": traits.gradients, "numbers": numbers}


def _from_json(content: dict[str, Any]) -> Traits:
    """What ``_to_json`` gave. Raises ValueError, KeyError, TypeError or AttributeError for anything else."""
    kind, gradients = KINDS[KINDS.index(content["kind"])], content["gradients"]
    if not isinstance(gradients, bool):
        raise TypeError(f"gradients = {gradients!r}: must be true or false")
    return Traits(kind, gradients, {name: exactly(float(value)) for name, value in content["numbers"].items()})


def of_problem(problem: Problem, budget: float) -> Probe:
    """Traits of a user's problem, by the same probe; about a fifth of ``budget`` evaluations, if that is enough."""
    lines = LINES if math.isinf(budget) else max(FEWEST_LINES, min(LINES, int(budget / 5) // POINTS - 1))
    return probe(seen_by_a_search(problem), lines)
