"""Lines of the command that run: the advised method on the user's problem, or what would settle an open question."""

import shlex
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from src.advice.comparisons import STEP, Comparison
from src.advice.traits import Kind

RUN = ("python", "-m", "src.run")
# Studies that compare methods on each kind of problem, for a folder that has no results of that kind.
STUDIES: dict[Kind | None, str] = {
    "box": "gradient_free",
    "bits": "gradient_free_bits",
    "data": "optimizer_comparison",
    None: "gradient_free",
}


@dataclass(frozen=True)
class Setting:
    """What a line is written for.

    Attributes:
        words: words that choose the user's problem; empty where only traits are known.
        kind: kind of the user's problem.
        budget: evaluations that the user can spend; infinite where that is not known.
        dimension: number of coordinates of the user's problem; None where that is not known.
        optimizers: names of the methods that descend.
    """

    words: tuple[str, ...]
    kind: Kind | None
    budget: float
    dimension: int | None
    optimizers: Collection[str]


def _line(*words: str) -> str:
    return shlex.join((*RUN, *words))


def start_line(method: str, near: Comparison, setting: Setting) -> str:
    """The line to start from: ``method`` on the user's problem, or else on the nearest measured one."""
    descends = method in setting.optimizers
    if not setting.words:
        if descends:
            return _line(f"problem={near.problem}", f"optimizer={method}")
        return _line(
            f"+study={near.study}", f"problem={near.problem}", f"search={method}", *_sized(near, near.dimension)
        )
    spent = []
    if np.isfinite(setting.budget):
        spent = [f"steps={max(1, int(setting.budget) // (STEP if descends else 1))}"]
    if setting.kind == "data" and not descends:
        return _line("+study=gradient_free_network", *setting.words, f"search={method}")
    return _line(*setting.words, f"optimizer={method}" if descends else f"+search={method}", *spent)


def settling_line(closest: Comparison | None, methods: Sequence[str], setting: Setting, *, grows: bool) -> str:
    """The line that measures what is not measured: the usable methods on the user's problem, or on one of its size.

    Args:
        closest: the measured comparison that is nearest apart from its size; None where there is none of the kind.
        methods: names of methods that need nothing the user lacks.
        setting: what the line is written for.
        grows: whether the closest comparison's problem is a formula for any number of coordinates.
    """
    if closest is None or not methods:
        return _line(f"+study={STUDIES[setting.kind]}")
    descends = [name for name in methods if name in setting.optimizers]
    searches = [name for name in methods if name not in setting.optimizers]
    if setting.words:
        chosen = f"optimizer={','.join(descends)}" if descends else f"+search={','.join(searches)}"
        return _line(*setting.words, chosen)
    problem = f"problem={closest.problem}"
    if descends:
        return _line(problem, f"optimizer={','.join(descends)}")
    grows = grows or closest.traits.kind == "bits"
    size = setting.dimension if grows and setting.dimension and setting.dimension > 1 else closest.dimension
    chosen = f"search={','.join(searches)}"
    return _line(f"+study={closest.study}", problem, chosen, *_sized(closest, size))


def _sized(one: Comparison, dimension: int | None) -> list[str]:
    """The word that sets a study's numbers of coordinates; nothing where the study does not set them."""
    if one.condition and dimension is not None:
        return [f"study.dimension={dimension}"]
    if one.dimension is None or dimension is None:
        return []
    if one.traits.kind == "bits":
        return [] if dimension == one.dimension else [f"problem.dimension={dimension}"]
    return [f"study.dimensions=[{dimension}]"]
