"""One part of a config by itself: a problem as the command's words have it, a yaml as it stands, a study's cell."""

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from hydra import compose, initialize_config_dir
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.utils import get_class
from omegaconf import DictConfig, OmegaConf, open_dict

from src.composition.names import check_keys, chosen_yamls
from src.composition.parts import Parts, build, built_part
from src.composition.plan import CONFIG, HYDRA_VERSION
from src.composition.refusals import Refused, refusing
from src.core.problem import Problem


def problem_from(conf: Path, words: Sequence[str]) -> tuple[str, Problem]:
    """Name of the yaml that ``words`` such as ``problem=rosenbrock problem.b=5`` choose, and the problem, built.

    Raises:
        Refused: a word names what does not exist, or holds a value that is not allowed.
    """
    with refusing(conf), initialize_config_dir(str(conf), version_base=HYDRA_VERSION):
        command = OverridesParser.create().parse_overrides(list(words))
        for one in command:
            if one.is_sweep_override():
                raise Refused(f"{one.input_line}: one problem at a time")
        chosen_yamls(conf, command)
        check_keys(conf, CONFIG, command)
        config = compose(CONFIG, list(words), return_hydra_config=True)
        return str(config.hydra.runtime.choices["problem"]), built_part(config, "problem")


def part_of_yaml(conf: Path, group: str, name: str) -> Any:
    """The part of ``conf/GROUP/NAME.yaml``, built as that yaml stands.

    Raises:
        Refused: there is no such yaml, or it cannot be built.
    """
    with refusing(conf):
        return built_part(DictConfig({group: _own(conf, group, name)}), group)


def target_of_yaml(conf: Path, group: str, name: str) -> type:
    """The class that ``conf/GROUP/NAME.yaml`` builds. Raises Refused as ``part_of_yaml`` does."""
    with refusing(conf):
        return get_class(str(_own(conf, group, name)["_target_"]))


@lru_cache(maxsize=512)
def _own(conf: Path, group: str, name: str) -> Any:
    """The part's section of its yaml."""
    path = conf / group / f"{name}.yaml"
    if not path.is_file():
        raise Refused(f"{group} = {name}: there is no {path}")
    loaded = OmegaConf.load(path)
    return OmegaConf.select(loaded, "study") if group == "study" else loaded


@lru_cache(maxsize=64)
def cell_of(conf: Path, study: str, problem: str) -> Parts:
    """A cell of ``study`` on ``problem``, built with the defaults of the study's yaml.

    Raises:
        Refused: the study or the problem does not exist, or the two do not go together.
    """
    with refusing(conf), initialize_config_dir(str(conf), version_base=HYDRA_VERSION):
        config = compose(CONFIG, [f"+study={study}", f"problem={problem}"], return_hydra_config=True)
        choices = dict(config.hydra.runtime.choices)
        with open_dict(config):
            config.pop("hydra")
        return build(config, choices, "")
