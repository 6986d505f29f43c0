"""A sweep before anything is written: its jobs, its study, and whether all of its values can be built."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hydra import compose, initialize_config_dir
from hydra._internal.core_plugins.basic_sweeper import BasicSweeper
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.types import RunMode
from omegaconf import DictConfig

from src.composition.grid import is_whole, own_grid, varied, with_command
from src.composition.jobs import built_jobs, check_distinct
from src.composition.names import check_keys, check_read, chosen_yamls
from src.composition.parts import Parts
from src.composition.refusals import Refused, refusing
from src.composition.until import Until, until_of
from src.composition.unused import check_used
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
        is_whole: whether these are the study's own jobs, so that the results are the study's.
        study: the study, built.
        study_settings: the study's part of the config, as plain containers.
        profile: name of the profile.
        figures: names of the figures to draw of each run.
        sweep_figures: names of the figures to draw of the whole sweep.
        parts: of each job; empty where the jobs are too many to build them all.
        in_parallel: whether runs of this profile are worth processes of their own.
        asked_for: which of ``figures`` and ``sweep_figures`` the command itself sets.
        force: whether what is done is done again.
        until: when to stop adding test seeds; None to run the seeds that the config states.
    """

    jobs: list[list[str]]
    words: list[str]
    multirun: bool
    is_whole: bool
    study: Study
    study_settings: dict[str, Any]
    profile: str
    figures: list[str]
    sweep_figures: list[str]
    parts: list[Parts]
    in_parallel: bool
    asked_for: list[str]
    force: bool
    until: Until | None


def make_plan(conf: Path, overrides: Sequence[str], *, asked_for_multirun: bool) -> Plan:
    """Expand the grid and build its jobs.

    Raises:
        Refused: the command or a config is wrong.
    """
    with refusing(conf), initialize_config_dir(str(conf), version_base=HYDRA_VERSION):
        parser = OverridesParser.create()
        command = parser.parse_overrides(list(overrides))
        for one in command:
            if one.key_or_group == "study" and one.is_sweep_override():
                raise Refused(f"{one.input_line}: one study at a time")
        of_hydra = [one.input_line or "" for one in command if one.key_or_group.startswith(("hydra", "profile."))]
        base = compose(CONFIG, [*chosen_yamls(conf, command), *of_hydra], return_hydra_config=True)
        sweeps = any(one.is_sweep_override() for one in command)
        multirun = asked_for_multirun or base.hydra.mode == RunMode.MULTIRUN or sweeps
        grid = own_grid(base.hydra.sweeper.params or {}, base.profile.max_grid_values, parser)
        words = with_command(conf, grid, command, multirun=multirun)
        check_keys(conf, CONFIG, parser.parse_overrides(words))
        _check_launcher(base)
        [jobs] = BasicSweeper.split_arguments(parser.parse_overrides(words), None)
        built: list[Parts] = []
        checked = set[tuple[str, str, str]]()
        for config, parts in built_jobs(conf, CONFIG, jobs, varied(jobs)):
            if not built:  # all jobs have the same keys
                check_read(config, conf, CONFIG)
                check_used(jobs, parts)
            for key in ("force", "aside"):
                if not isinstance(config[key], bool):
                    raise Refused(f"{key} = {config[key]}: must be true or false")
            drawn = (config.study._target_, str(config.figures), str(config.sweep_figures))
            if drawn not in checked:
                check_figures(config.figures, "figures", "run", drawn[0])
                check_figures(config.sweep_figures, "sweep_figures", "sweep", drawn[0])
                checked.add(drawn)
            built.append(parts)
        check_distinct(built)
        return Plan(
            jobs=jobs,
            words=words,
            multirun=multirun,
            is_whole=not config.aside
            and (is_whole(command) or not any(one.key_or_group == "study" for one in command)),
            study=parts.study,
            study_settings=parts.study_settings,
            profile=parts.cell.names["profile"],
            figures=list(config.figures),
            sweep_figures=list(config.sweep_figures),
            parts=built if len(built) == len(jobs) else [],
            in_parallel=bool(config.profile.in_parallel),
            asked_for=[one.key_or_group for one in command if one.key_or_group in ("figures", "sweep_figures")],
            force=config.force,
            until=until_of(config, built),
        )


def _check_launcher(config: DictConfig) -> None:
    """Raise Refused for a number of processes that runs nothing."""
    processes = config.hydra.launcher.get("n_jobs")
    if processes is not None and (not isinstance(processes, int) or processes == 0 or processes < -1):
        raise Refused(f"hydra.launcher.n_jobs = {processes}: must be at least 1, or -1 for one process a core")
