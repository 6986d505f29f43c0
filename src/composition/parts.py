"""The parts of one job, built from its composed config."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from hydra.utils import instantiate
from omegaconf import DictConfig, OmegaConf

from src.protocol.study import Cell, Study

# Keys of a study that say how it is read and judged; they have no part in what a run measures.
NOT_MEASURED = ("question", "how_to_read", "claims")


@dataclass(frozen=True)
class Parts:
    """A composed config, built.

    Attributes:
        cell: one cell of the study's grid.
        study: the study.
        settings: what decides the run's numbers, as plain containers.
        study_settings: the study's part of the config, as plain containers, with its question and its claims.
    """

    cell: Cell
    study: Study
    settings: dict[str, Any]
    study_settings: dict[str, Any]


def build(config: DictConfig, choices: Mapping[str, str], variant: str) -> Parts:
    """Build the parts of one job.

    Args:
        config: the composed config; changed to hold the resolved steps and the capped seeds.
        choices: names of the chosen yamls by group.
        variant: what is added to the method's name.
    """

    def built(key: str) -> Any:
        return instantiate(config[key], _convert_="all")

    problem, profile = built("problem"), built("profile")
    config.steps = profile.steps(problem.steps if config.steps is None else config.steps)
    config.seeds = profile.seeds(config.seeds)
    config.tuning.seeds = profile.tuning_seeds(config.tuning.seeds)
    search = built("search") if "search" in config else None
    beginning = "init" if problem.is_learning else "start"
    study = built("study")
    study.check_parts(problem, search)
    groups = ("optimizer", "schedule", "stopping") if study.descends else ("search", "stopping")
    names = {group: str(choices[group]) for group in ("problem", *groups, beginning) if group in choices}
    method = str(config.label or f"{choices['optimizer' if search is None else 'search']}{variant}")
    names |= {"profile": profile.name, "method": method}
    parts = {key: built(key) for key in ("optimizer", "schedule", "stopping", "tuning")}
    plain = {key: config[key] for key in ("learning_rate", "seeds", "steps", "evaluate_every", "root_seed", "device")}
    cell = Cell(problem=problem, start=built(beginning), names=names, search=search, **parts, **plain)
    if search is not None:
        parts["search"] = search
    if not study.descends:  # what descends has no part in the run, nor in its identity
        parts = {"search": search, "stopping": parts["stopping"]}
        plain = {key: plain[key] for key in ("seeds", "steps", "root_seed")}

    kept = ("problem", *parts, beginning, *plain)
    resolved = cast("dict[str, Any]", OmegaConf.to_container(config, resolve=True))
    measured = {key: value for key, value in resolved["study"].items() if key not in NOT_MEASURED}
    settings = {key: resolved[key] for key in kept} | {"study": measured, "names": names}
    return Parts(cell, study, settings, resolved["study"])
