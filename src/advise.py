"""The advisor: ``python -m src.advise gradients=yes dimension=10 budget=5000`` ranks methods by measured runs.

Exit codes: 0 there is an answer, also that nothing measured is near; 2 a word is wrong, or nothing is measured yet.
"""

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from src.command.environment import set_up

if TYPE_CHECKING:
    from src.advice.words import Asked

# Everything heavy is imported where it is used: --help must not wait for it.
ROOT = Path(__file__).resolve().parents[1]
CONF = ROOT / "conf"
USAGE = """\
usage: python -m src.advise [TRAIT=VALUE ...] [problem=NAME | problem.function=MODULE.FUNCTION] [problem.KEY=VALUE]

  python -m src.advise gradients=no dimension=10 budget=5000 noise=no ruggedness=many_minima
  python -m src.advise problem=rastrigin memory=limited                   a problem of the laboratory
  python -m src.advise problem.function=mymodule.f problem.lower=[-5,-5] problem.upper=[5,5] problem.lowest=null
  python -m src.advise example=deep_learning                              the textbook's own example

Ranks methods by what the studies in results/ measured on problems near yours, and says how sure that is. A problem is
probed by a few hundred evaluations; what you say yourself wins over the probe, and what you leave out is unknown.

traits: gradients=yes|no       dimension=COUNT    budget=COUNT (evaluations; a gradient counts as one more)
        noise=yes|no           discrete=yes|no    data=yes|no (a network and its data)
        ruggedness=one_minimum|few_minima|many_minima
        constraints=no|box|yes memory=limited|plenty      parallel=yes|no
        example=deep_learning|hyperparameters
"""
HELP = {"-h", "--help"}
PROBLEM = "problem"

set_up()
os.environ["HYDRA_FULL_ERROR"] = "1"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command with ``arguments`` (the process's own by default); its exit code."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    if not words or HELP & set(words):
        print(USAGE, end="")
        return 0
    from src.composition.refusals import Refused, one_line
    from src.core.checks import FieldError

    try:
        print(_answer(words))
    except (Refused, FieldError) as refusal:
        print(f"error: {one_line(refusal)}", file=sys.stderr)
        return 2
    return 0


def _answer(words: Sequence[str]) -> str:
    """The advice on ``words`` as text. Raises Refused or FieldError where a word is wrong."""
    import torch

    from src.advice import report
    from src.advice.advice import advise
    from src.advice.commands import STUDIES, Setting
    from src.advice.measured import of_problem
    from src.composition.laboratory import Laboratory
    from src.composition.refusals import Refused
    from src.composition.single_parts import problem_from

    torch.set_num_threads(1)
    here = Path.cwd()
    chosen = tuple(word for word in words if _group(word) == PROBLEM)
    if chosen and not any(word.startswith(f"{PROBLEM}=") for word in chosen):
        chosen = (f"{PROBLEM}=plain_function", *chosen)
    asked, lines = _asked([word for word in words if _group(word) != PROBLEM])
    laboratory = Laboratory(CONF, here)
    if not laboratory.has_results():
        raise Refused(
            f"results = {here / 'results'}: must hold tables of a study that compares methods; "
            f"python -m src.run +study={STUDIES[asked.traits.kind]} makes some, make repro all"
        )
    traits, itself = asked.traits, ""
    if chosen:
        name, problem = problem_from(CONF, chosen)
        found = of_problem(problem, asked.budget)
        lines += [f"the probe took {found.evaluations} evaluations of {name}:", *(f"  {one}" for one in found.lines)]
        lines.append("")
        traits = found.traits.updated(asked.traits)
        itself = name if len(chosen) == 1 else ""
    if asked.said.get("constraints") == "yes":
        lines += ["constraints: nothing was measured with other constraints than a box; what follows is without", ""]
    limits, needs = asked.limits(traits), laboratory.needs()
    answer = advise(traits, limits, laboratory.comparisons(traits), needs, budget=asked.budget, itself=itself)
    size = traits.numbers.get("dimension")
    setting = Setting(
        words=chosen,
        kind=traits.kind,
        budget=asked.budget,
        dimension=round(10**size.low) if size else None,
        optimizers=laboratory.optimizers(),
    )
    if answer.rankings:
        lines += report.ranked_lines(answer, needs, setting, here)
    else:
        alike = answer.near.alike
        grows = alike is not None and laboratory.grows(alike.problem)
        lines += report.nothing_near(answer, needs, limits, setting, grows=grows)
    return report.joined([*lines, "", *report.refused_lines(answer.refused)])


def _group(word: str) -> str:
    """The part of a word's key before its first dot."""
    return word.lstrip("+~").partition("=")[0].partition(".")[0]


def _asked(words: Sequence[str]) -> "tuple[Asked, list[str]]":
    """What the words on traits say, an example's own included, and the lines on the textbook's scores."""
    from src.advice.report import textbook_lines
    from src.advice.textbook import EXAMPLES
    from src.advice.words import understood
    from src.composition.refusals import Refused
    from src.composition.suggestions import must_be_one_of

    def refuse(key: str, value: str, allowed: Sequence[str]) -> Exception:
        return Refused(must_be_one_of(key, value, [*allowed, PROBLEM] if key == "trait" else allowed))

    asked = understood(words, refuse)
    if "example" not in asked.said:
        return asked, []
    example, properties = EXAMPLES[asked.said["example"]]
    own = [word for word in example if word.partition("=")[0] not in asked.said]
    asked = understood([*own, *words], refuse)
    said = " ".join(f"{key}={value}" for key, value in asked.said.items() if key != "example")
    return asked, [f"asked: {said}", *textbook_lines(properties)]


if __name__ == "__main__":
    sys.exit(main())
