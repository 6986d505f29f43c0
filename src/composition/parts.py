"""The parts of one job, built from its composed config."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, cast

import psutil
import torch
from hydra.errors import InstantiationException
from hydra.utils import instantiate
from omegaconf import DictConfig, OmegaConf

from src.composition.refusals import causes
from src.core.checks import FieldError, check_name
from src.core.optimizer import Optimizer
from src.core.problem import Problem
from src.core.schedule import Schedule
from src.core.search import SearchMethod
from src.core.start import Start
from src.monitor.rule import StoppingRule
from src.protocol.profile import Profile
from src.protocol.study import Cell, Study
from src.protocol.tuning.grid import Tuning

KINDS: dict[str, type] = {
    "problem": Problem,
    "optimizer": Optimizer,
    "schedule": Schedule,
    "start": Start,
    "init": Start,
    "stopping": StoppingRule,
    "tuning": Tuning,
    "search": SearchMethod,
    "profile": Profile,
    "study": Study,
}
NOT_A_STUDY = ("sweeps", "other_studies", "overview", "claims")  # what else there is in the folder of results
# Studies of descents, and the study that takes the place of each where the config has a search.
OF_SEARCHES = {"src.protocol.comparison.Comparison": "src.protocol.search_comparison.SearchComparison"}
COPIES = 4  # of a replicate's parameters: themselves, their gradient, and an optimizer's two moments


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
        config: the composed config; changed to hold the resolved steps, the capped seeds, the share of the study's
            own steps, and the study of searches where there is a search.
        choices: names of the chosen yamls by group.
        variant: what is added to the method's name.
    """

    def built(key: str) -> Any:
        return built_part(config, key)

    if "search" in config:
        config.study._target_ = OF_SEARCHES.get(config.study._target_, config.study._target_)
    problem, profile, study = built("problem"), built("profile"), built("study")
    for field in study.shortened:
        config.study[field] = profile.steps(config.study[field])
    if study.shortened:
        study = built("study")
    config.steps = profile.steps(study.budget(problem) if config.steps is None else config.steps)
    config.seeds = profile.seeds(config.seeds)
    config.tuning.seeds = profile.tuning_seeds(config.tuning.seeds)
    search = built("search") if "search" in config else None
    beginning = "init" if problem.is_learning else "start"
    check_name(study, "name", NOT_A_STUDY)
    study.check_parts(problem, search)
    groups = ("optimizer", "schedule", "stopping") if study.descends else ("search", "stopping")
    names = {group: str(choices[group]) for group in ("problem", *groups, beginning) if group in choices}
    method = str(config.label or f"{choices['optimizer' if search is None else 'search']}{variant}")
    names |= {"profile": profile.name, "method": method}
    parts = {key: built(key) for key in ("optimizer", "schedule", "stopping", "tuning")}
    plain = {key: config[key] for key in ("learning_rate", "seeds", "steps", "evaluate_every", "root_seed", "device")}
    if config.first_seed != 0:  # else no part of the run's identity
        plain["first_seed"] = config.first_seed
        if study.of_all_seeds is None:
            raise FieldError(f"first_seed = {config.first_seed}: must be 0: {cannot_be_joined(study)}")
    cell = Cell(problem=problem, start=built(beginning), names=names, search=search, **parts, **plain)
    _check_memory(cell)
    if search is not None:
        parts["search"] = search
    if not study.descends:  # what descends has no part in the run, nor in its identity
        parts = {"search": search, "stopping": parts["stopping"]}
        plain = {key: plain[key] for key in ("seeds", "steps", "root_seed", "first_seed") if key in plain}

    kept = ("problem", *parts, beginning, *plain)
    resolved = cast("dict[str, Any]", OmegaConf.to_container(config, resolve=True))
    measured = {key: value for key, value in resolved["study"].items() if key not in study.read_afterwards}
    called = {key: name for key, name in names.items() if key != "method"}  # what it is, not how it is shown
    settings = {key: resolved[key] for key in kept} | {"study": measured, "names": called}
    return Parts(cell, study, settings, resolved["study"])


def cannot_be_joined(study: Study) -> str:
    """Why seeds cannot be added to the runs of ``study``, in words."""
    return f"the runs of {study.name} on further seeds cannot be joined to others, as some tables are of all seeds"


def built_part(config: DictConfig, key: str) -> Any:
    """The part ``key`` of ``config``, built. Raises FieldError where its class is another or refuses a value."""
    target, kind = config[key].get("_target_"), KINDS[key].__name__
    try:
        part = _instantiated(json.dumps(OmegaConf.to_container(config[key], resolve=True)))
    except InstantiationException as error:
        chain = causes(error)
        if any(isinstance(cause, FieldError) for cause in chain):
            raise
        raise FieldError(f"{key}._target_ = {target}: {chain[-1]}") from error
    if not isinstance(part, KINDS[key]):
        raise FieldError(f"{key}._target_ = {target}: must be a class derived from {kind}")
    return part


@lru_cache(maxsize=512)
def _instantiated(settings: str) -> Any:
    """The part of these settings, as JSON; built once for all jobs that share it, since no part changes."""
    return instantiate(json.loads(settings), _convert_="all")


def _check_memory(cell: Cell) -> None:
    """Raise FieldError where the replicates' parameters and their optimizer's state cannot be held at once."""
    row = COPIES * cell.problem.dimension * torch.finfo(cell.problem.dtype).bits // 8
    most = psutil.virtual_memory().total // row
    for field, count in (("seeds", cell.seeds), ("tuning.seeds", cell.tuning.seeds)):
        if count > most:
            size = f"{count * row / 2**30:.4g} GiB"
            raise FieldError(f"{field} = {count}: must be at most {most} on this machine; so many would take {size}")
