"""A sweep before anything is written: its jobs, its study, and whether all of its values can be built."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from hydra import compose, initialize_config_dir
from hydra._internal.core_plugins.basic_sweeper import BasicSweeper
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import Override
from hydra.types import RunMode
from omegaconf import DictConfig

from src.composition.grid import covering
from src.composition.names import check_names
from src.composition.parts import build
from src.composition.refusals import refusing
from src.plotting.catalogue import check_figures
from src.protocol.study import Study

CONFIG, HYDRA_VERSION = "config", "1.3"


@dataclass(frozen=True)
class Plan:
    """A sweep before anything is written.

    Attributes:
        jobs: the overrides of each job.
        words: the overrides from which Hydra makes these jobs.
        multirun: whether Hydra is to run them as a multirun.
        study: the study, built.
        study_settings: the study's part of the config, as plain containers.
        profile: name of the profile.
        sweep_figures: names of the figures to draw of the whole sweep.
    """

    jobs: list[list[str]]
    words: list[str]
    multirun: bool
    study: Study
    study_settings: dict[str, Any]
    profile: str
    sweep_figures: list[str]


def make_plan(conf: Path, overrides: Sequence[str], *, asked_for_multirun: bool) -> Plan:
    """Expand the grid, and build the parts of jobs that between them use every value of it.

    Raises:
        Refused: the command or a config is wrong.
    """
    with refusing(), initialize_config_dir(str(conf), version_base=HYDRA_VERSION):
        parser = OverridesParser.create()
        parsed = parser.parse_overrides(list(overrides))
        check_names(conf, CONFIG, parsed)
        fixed = [one.input_line or "" for one in parsed if not one.is_sweep_override()]
        base = compose(CONFIG, fixed, return_hydra_config=True)
        multirun = asked_for_multirun or base.hydra.mode == RunMode.MULTIRUN or len(fixed) < len(parsed)
        grid = _grid(base, parser, parsed) if multirun else []
        words = [*grid, *overrides]
        check_names(conf, CONFIG, parser.parse_overrides(words))
        [jobs] = BasicSweeper.split_arguments(parser.parse_overrides(words), None)
        for job in covering(jobs):
            config = compose(CONFIG, job, return_hydra_config=True)
            parts = build(config, config.hydra.runtime.choices, "")
            target = config.study._target_
            check_figures(config.figures, "figures", "run", target)
            check_figures(config.sweep_figures, "sweep_figures", "sweep", target)
        return Plan(
            jobs=jobs,
            words=words,
            multirun=multirun,
            study=parts.study,
            study_settings=parts.study_settings,
            profile=parts.cell.names["profile"],
            sweep_figures=list(config.sweep_figures),
        )


def _grid(base: DictConfig, parser: OverridesParser, command: Sequence[Override]) -> list[str]:
    """The study's own grid but for keys that the command sets, narrowed as the profile says."""
    taken = {one.key_or_group for one in command}
    words = [f"{key}={value}" for key, value in (base.hydra.sweeper.params or {}).items()]
    most = base.profile.max_grid_values
    kept = []
    for one in parser.parse_overrides(words):
        if one.key_or_group in taken:
            continue
        values = list(one.sweep_string_iterator()) if one.is_sweep_override() else []
        if most is None or len(values) <= most:
            kept.append(one.input_line or "")
        else:
            places = np.unique(np.linspace(0, len(values) - 1, most).round().astype(int))
            kept.append(f"{one.get_key_element()}={','.join(values[place] for place in places)}")
    return kept
