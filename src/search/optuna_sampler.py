"""Samplers of Optuna (Akiba et al. 2019), which choose the next point by a model of all earlier values.

The model is a Gaussian process with log expected improvement (Mockus 1978; Ament et al. 2023), or the
tree-structured Parzen estimator (Bergstra et al. 2011).
"""

import warnings
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import optuna
from optuna.distributions import BaseDistribution, FloatDistribution
from optuna.samplers import BaseSampler, GPSampler, TPESampler

from src.core.checks import check_choice, check_count
from src.core.search import Objective, Setup, Solver
from src.search.library import box_of

SAMPLERS = ("gaussian_process", "parzen")


@dataclass(frozen=True, kw_only=True)
class OptunaSampler(Solver):
    """Evaluates the starting point, then random points, then each time the point that the model ranks first.

    A point's cost grows with the number of earlier evaluations: linearly (Parzen) or with the cube of that
    number (Gaussian process).

    Attributes:
        sampler: model, ``gaussian_process`` or ``parzen``.
        random: number of random points before the model is used, at least 1.
    """

    stream_name: ClassVar[str] = "LibrarySurrogate"

    sampler: str
    random: int

    def __post_init__(self) -> None:
        check_choice(self, "sampler", SAMPLERS)
        check_count(self, "random")

    def solve(self, objective: Objective, setup: Setup, generator: np.random.Generator) -> None:
        """Ask and tell until the budget is spent."""
        box = box_of(setup)
        names = [f"{coordinate:04d}" for coordinate in range(setup.dimension)]
        space: dict[str, BaseDistribution] = dict.fromkeys(names, FloatDistribution(0.0, 1.0))
        optuna.logging.set_verbosity(optuna.logging.ERROR)
        study = optuna.create_study(sampler=self._sampler(int(generator.integers(2**31))))
        study.enqueue_trial(dict(zip(names, box.shares(box.start).tolist(), strict=True)))
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "Clip non-finite values")  # as a model of them must
            while True:
                trial = study.ask(space)
                point = box.filled(np.array([trial.params[name] for name in names]))
                study.tell(trial, objective(point))

    def _sampler(self, seed: int) -> BaseSampler:
        if self.sampler == "gaussian_process":
            return GPSampler(seed=seed, n_startup_trials=self.random)
        return TPESampler(seed=seed, n_startup_trials=self.random)
