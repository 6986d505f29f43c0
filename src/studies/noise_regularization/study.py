"""Effect of gradient noise on the generalization of networks that over-fit (claim C31)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from src.core.result import Result, Tables
from src.optimizers.noise import Noise
from src.protocol.answers import printed_verdicts, row_without_value
from src.protocol.claims import Claim, check_kinds
from src.protocol.comparison import Comparison, about_sweep
from src.protocol.study import Cell
from src.studies.noise_regularization.claims import KINDS, NEEDED, verdicts
from src.studies.noise_regularization.effects import effects_table
from src.tables.concat_tables import concat_tables


@dataclass(frozen=True, kw_only=True)
class NoiseRegularization(Comparison):
    """Tunes the learning rate at every scale of the noise, and the scale itself, and compares on the test part.

    Attributes:
        claims: ``C31`` (test accuracy with the chosen noise less that without, in points) and ``C31.loss`` (log10 of
            the test losses' ratio), a verdict for each problem and one for all, which count alike.
    """

    claims: Mapping[str, Claim] = field(default_factory=dict)

    def __post_init__(self) -> None:
        check_kinds(self, self.claims, KINDS)

    def measure(self, cell: Cell) -> Result:
        """Measure the cell as a comparison does, with the scale of the noise in ``about``."""
        measured = super().measure(cell)
        scale = cell.optimizer.scale if isinstance(cell.optimizer, Noise) else 0.0
        return replace(measured, about=measured.about | {"scale": float(scale)})

    def gather(self, cells: Sequence[Result]) -> Result:
        """Effects of every scale, with intervals, and the verdicts on the chosen ones."""
        effects = effects_table(cells)
        tables: Tables = {name: concat_tables(cells, name) for name in ("summary", "curves", "rates")}
        tables["effects_of_noise"] = effects
        tables["verdicts"], missing = verdicts(self.claims, cells, effects)
        best = effects[effects["chosen"]]
        metrics = dict(zip("points." + best["problem"], best["points"].tolist(), strict=True))
        finite = {name: value for name, value in metrics.items() if np.isfinite(value)}
        return Result(tables=tables, metrics=finite, missing=missing, about=about_sweep(self.name, cells))

    def headline(self, gathered: Result) -> list[tuple[object, ...]]:
        """Test accuracy that the chosen noise gains: over all problems where claim C31 has a verdict, then each."""
        quantity, unit = "accuracy_gained_by_noise", "percentage points"
        every = gathered.tables["verdicts"].query("claim == 'C31' and settings == 'all problems'")
        rows: list[tuple[object, ...]] = [
            (quantity, row["estimate"], row["low"], row["high"], unit, "mean over all problems, chosen scales")
            for row in every.to_dict("records")
        ]
        effects = gathered.tables["effects_of_noise"]
        chosen = effects[effects["chosen"] & np.isfinite(effects["points"].astype(float))]
        rows += [
            (
                quantity, row["points"], row["points_low"], row["points_high"], unit,
                f"{row['problem']}, chosen scale {row['scale']:g}",
            )
            for row in chosen.to_dict("records")
        ]  # fmt: skip
        return rows[:4] or [row_without_value(quantity, unit, NEEDED)]

    def answer(self, gathered: Result) -> Tables:
        """The verdicts, and the effect of every scale."""
        effects = gathered.tables["effects_of_noise"]
        return {self.question: printed_verdicts(gathered), "By the noise's scale:": effects}
