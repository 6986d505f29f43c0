"""Families of stopping rules, each rule ready to be replayed over recorded series."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from src.core.checks import check_count, field_error
from src.core.status import Status
from src.engine.descend import DescentResult
from src.monitor.prechelt import GeneralizationLoss, SuccessiveRises, progress_quotient
from src.monitor.replay import replay
from src.monitor.rule import AT_EVALUATIONS, HIGHER_IS_BETTER, NEVER, StoppingRule
from src.monitor.stopping import Patience

FAMILIES = ("patience", "GL", "PQ", "UP")


@dataclass(frozen=True)
class Replayed:
    """One stopping rule.

    Attributes:
        name: unique among the rules of a study.
        family: one of ``FAMILIES``.
        setting: setting that its family varies: patience in checks, alpha in percent or without unit, strips.
        metric: metric that the rule watches; the best point by this metric is kept.
        min_delta: smallest gain that counts, of patience; 0 for the other families.
        rule: the rule itself; None for PQ, which sees two series.
        strip: number of checks in a strip, for PQ.
    """

    name: str
    family: str
    setting: float
    metric: str
    min_delta: float
    rule: StoppingRule | None
    strip: int

    def stops(self, descent: DescentResult) -> Tensor:
        """Step at which the rule fires for each of R rows, or NEVER; a row is not watched after its end."""
        series = descent.series[self.metric]
        if self.rule is None and len(series.steps) < self.strip:  # a run this short holds no strip
            found = torch.full_like(descent.taken, NEVER)
        elif self.rule is None:
            train = descent.series["train_loss"].values
            found = progress_quotient(series.values, train, series.steps, alpha=self.setting, strip=self.strip)
        else:
            better = self.metric in HIGHER_IS_BETTER
            found = replay(self.rule, series.values, series.steps, higher_is_better=better)
        ended = descent.status != Status.OUT_OF_BUDGET
        return torch.where(ended & (found >= descent.taken), NEVER, found)


@dataclass(frozen=True, kw_only=True)
class RuleGrid:
    """Settings of the rules to replay.

    Attributes:
        patiences: numbers of checks without improvement, ascending.
        min_deltas: gains that do not count as improvement; every patience is tried with each.
        metrics: metrics that patience watches; each is measured at evaluations.
        gl, pq: Prechelt's alphas (GL's in percent), ascending: from the fastest rule to the slowest.
        up: Prechelt's numbers of strips, ascending.
        strip: number of checks in a strip (5 in the paper).
    """

    patiences: Sequence[int]
    min_deltas: Sequence[float]
    metrics: Sequence[str]
    gl: Sequence[float]
    pq: Sequence[float]
    up: Sequence[int]
    strip: int

    def __post_init__(self) -> None:
        for name in ("patiences", "min_deltas", "metrics", "gl", "pq", "up"):
            values = getattr(self, name)
            if isinstance(values, str) or not isinstance(values, Sequence) or not values:
                raise field_error(self, name, values, "a list of at least one")
            if name != "metrics" and list(values) != sorted(set(values)):
                raise field_error(self, name, values, "ascending")
        for metric in self.metrics:
            if metric not in AT_EVALUATIONS:
                raise field_error(self, "metrics", self.metrics, "a list of " + ", ".join(AT_EVALUATIONS))
        check_count(self, "strip")

    def rules(self) -> list[Replayed]:
        """All rules, family by family, each from the fastest to the slowest."""
        found = []
        for metric in self.metrics:
            for delta in self.min_deltas:
                for patience in self.patiences:
                    rule = Patience(
                        metric=metric, patience=patience, min_delta=delta, freeze=False, gradient_tolerance=0.0
                    )
                    name = f"patience {patience}, {delta:g} on {metric}"
                    found.append(Replayed(name, "patience", patience, metric, delta, rule, self.strip))
        for alpha in self.gl:
            gl = GeneralizationLoss(alpha=alpha, metric="valid_loss", freeze=False, gradient_tolerance=0.0)
            found.append(Replayed(f"GL {alpha:g}", "GL", alpha, "valid_loss", 0.0, gl, self.strip))
        found += [Replayed(f"PQ {alpha:g}", "PQ", alpha, "valid_loss", 0.0, None, self.strip) for alpha in self.pq]
        for strips in self.up:
            up = SuccessiveRises(
                strips=strips, strip=self.strip, metric="valid_loss", freeze=False, gradient_tolerance=0.0
            )
            found.append(Replayed(f"UP {strips}", "UP", strips, "valid_loss", 0.0, up, self.strip))
        return found


def kept_checks(costs: np.ndarray, steps: np.ndarray, ends: np.ndarray) -> np.ndarray:
    """Index of the lowest cost at or before each row's end: the point that early stopping returns.

    Args:
        costs: shape (K, R); NaN counts as infinite.
        steps: steps of the checks, shape (K,), ascending from 0.
        ends: last steps of the rows, shape (R,).

    Returns:
        Shape (R,).
    """
    within = np.where(steps[:, None] <= ends, np.nan_to_num(costs, nan=np.inf), np.inf)
    return np.asarray(within.argmin(axis=0))
