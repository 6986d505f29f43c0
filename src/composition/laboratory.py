"""What the laboratory has measured, for the advisor: comparisons with the traits of their problems, and methods."""

from functools import cached_property
from pathlib import Path

from src.advice.comparisons import Comparison, read_comparisons
from src.advice.measured import in_its_size, with_traits
from src.advice.needs import Needs, needs_of
from src.advice.probe import seen_by_a_search
from src.advice.traits import Traits
from src.command.help_text import names
from src.composition.single_parts import cell_of, part_of_yaml, target_of_yaml
from src.problems.learning import LearningTask
from src.protocol.searched_problem import SearchedProblem

SEARCHED = "searched_problem"  # method of a study that searches another problem than its cell's
KEPT = Path("runs") / ".traits"  # traits of the laboratory's problems, which are probed once


class Laboratory:
    """Parts of ``conf/``, and results in a folder.

    Attributes:
        left_out: for each study whose tables compare no methods, the reason.
    """

    def __init__(self, conf: Path, here: Path) -> None:
        self._conf, self._here = conf, here
        self.left_out: dict[str, str] = {}

    def has_results(self) -> bool:
        """Whether any study's results compare methods."""
        return bool(self._read)

    def optimizers(self) -> list[str]:
        """Names of the methods that descend."""
        return names(self._conf, "optimizer")

    def grows(self, problem: str) -> bool:
        """Whether a problem is a formula for any number of coordinates."""
        return bool(getattr(part_of_yaml(self._conf, "problem", problem), "has_any_dimension", False))

    def comparisons(self, wanted: Traits) -> list[Comparison]:
        """All comparisons on problems of a kind that is wanted, with traits."""
        return with_traits(
            [one for one in self._read if self._may_be(one, wanted)], self._searched, wanted, self._here / KEPT
        )

    @cached_property
    def _read(self) -> list[Comparison]:
        """The comparisons in ``results/``, without traits."""
        optimizers, searches = (names(self._conf, group) for group in ("optimizer", "search"))
        studies = names(self._conf, "study")
        found, self.left_out = read_comparisons(self._here / "results", studies, optimizers, searches)
        known = set(names(self._conf, "problem"))
        return [one for one in found if one.problem in known]

    def needs(self) -> dict[str, Needs]:
        """What each method of ``conf/optimizer`` and ``conf/search`` needs."""
        return {
            name: needs_of(part_of_yaml(self._conf, group, name))
            for group in ("optimizer", "search")
            for name in names(self._conf, group)
        }

    def _may_be(self, one: Comparison, wanted: Traits) -> bool:
        """Whether a comparison's problem may be of a kind that is wanted, without loading the data of a network."""
        learns = issubclass(target_of_yaml(self._conf, "problem", one.problem), LearningTask)
        searches_another = hasattr(target_of_yaml(self._conf, "study", one.study), SEARCHED)
        return searches_another or not learns or wanted.allows("data")

    def _searched(self, one: Comparison) -> SearchedProblem:
        """The problem of a comparison; a study that searches another than its cell's says which."""
        if hasattr(target_of_yaml(self._conf, "study", one.study), SEARCHED):
            parts = cell_of(self._conf, one.study, one.problem)
            searched: SearchedProblem = getattr(parts.study, SEARCHED)(parts.cell, one.condition)
            return searched
        return seen_by_a_search(in_its_size(part_of_yaml(self._conf, "problem", one.problem), one))
