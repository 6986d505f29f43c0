"""Names of yamls, and keys, that do not exist: refused in fewer words than Hydra's, with what was probably meant."""

from collections.abc import Sequence
from pathlib import Path

from hydra import compose
from hydra.core.override_parser.types import Override
from omegaconf import DictConfig, OmegaConf

from src.command.help_text import names
from src.composition.refusals import Refused
from src.composition.suggestions import must_be_one_of, suggestion


def check_names(conf: Path, config_name: str, overrides: Sequence[Override]) -> None:
    """Raise Refused unless each override names yamls and keys that exist; within an initialized Hydra."""
    groups = {path.name for path in conf.iterdir() if path.is_dir()}
    config = compose(config_name, _chosen(conf, groups, overrides), return_hydra_config=True)
    for one in overrides:
        adds_or_deletes = one.is_add() or one.is_delete() or one.is_force_add()
        if not (
            adds_or_deletes or one.key_or_group in groups or "/" in one.key_or_group or "@" in one.get_key_element()
        ):
            _check_key(config, one)


def _chosen(conf: Path, groups: set[str], overrides: Sequence[Override]) -> list[str]:
    """One choice for each group that an override names; Refused for a yaml that does not exist."""
    chosen = []
    for one in overrides:
        if one.key_or_group not in groups:
            continue
        values = list(one.sweep_string_iterator()) if one.is_sweep_override() else [one.get_value_element_as_str()]
        for name in values:
            if name not in (known := names(conf, one.key_or_group)):
                raise Refused(must_be_one_of(one.key_or_group, name, known))
        chosen.append(f"{one.get_key_element()}={values[0]}" if one.is_sweep_override() else one.input_line or "")
    return chosen


def _check_key(config: DictConfig, one: Override) -> None:
    parent_key, _, name = one.key_or_group.rpartition(".")
    parent = OmegaConf.select(config, parent_key) if parent_key else config
    if OmegaConf.is_dict(parent) and name not in parent:
        siblings = [str(each) for each in parent if each not in ("_target_", "hydra")]
        near = suggestion(name, siblings)
        raise Refused(f"{one.input_line}: no such key{near}; there are {', '.join(sorted(siblings))}")
