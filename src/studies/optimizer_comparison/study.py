"""Optimizers compared on landscapes and networks, with the textbook's claim about Rosenbrock's valley."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from src.core.checks import field_error
from src.core.result import Result, Tables
from src.protocol.answers import printed_verdicts
from src.protocol.claims import Claim
from src.protocol.comparison import Comparison
from src.studies.optimizer_comparison.claims import verdicts


@dataclass(frozen=True, kw_only=True)
class OptimizerComparison(Comparison):
    """A comparison that also settles which of two methods is faster.

    Attributes:
        duels: for each claim, the method that it expects to be the faster one, and the other.
        valleys: problems on which the claims are judged.
        claims: their rules, by the names that ``duels`` has.
    """

    read_afterwards = (*Comparison.read_afterwards, "duels", "valleys")

    duels: Mapping[str, Sequence[str]] = field(default_factory=dict)
    valleys: Sequence[str] = ()
    claims: Mapping[str, Claim] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if set(self.claims) != set(self.duels):
            raise field_error(self, "duels", dict(self.duels), f"two methods for each of {', '.join(self.claims)}")

    def gather(self, cells: Sequence[Result]) -> Result:
        """The ranking, and the verdicts."""
        gathered = super().gather(cells)
        table, missing = verdicts(cells, self.duels, self.valleys, self.claims)
        return replace(
            gathered, tables=gathered.tables | {"verdicts": table}, missing=dict(gathered.missing) | missing
        )

    def answer(self, gathered: Result) -> Tables:
        """The best method on each problem, and the verdicts."""
        return super().answer(gathered) | {"Verdicts": printed_verdicts(gathered)}
