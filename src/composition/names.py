"""Names of yamls, and keys, that do not exist: refused in fewer words than Hydra's, with what was probably meant."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import yaml
from hydra import compose
from hydra.core.override_parser.types import Override
from omegaconf import DictConfig, OmegaConf

from src.command.help_text import names
from src.composition.grid import values_of
from src.composition.refusals import Refused
from src.composition.suggestions import must_be_one_of, suggestion


def chosen_yamls(conf: Path, overrides: Sequence[Override]) -> list[str]:
    """One choice for each group that an override names. Raises Refused for a yaml that does not exist."""
    groups = _groups(conf)
    chosen = []
    for one in overrides:
        if one.key_or_group not in groups:
            continue
        values = [value.removeprefix("+") for value in values_of(conf, one)]
        for name in values:
            if name not in (known := names(conf, one.key_or_group)):
                raise Refused(must_be_one_of(one.key_or_group, name, known))
        chosen.append(f"{one.get_key_element()}={values[0]}")
    return chosen


def check_keys(conf: Path, config_name: str, overrides: Sequence[Override]) -> None:
    """Raise Refused unless each override names a yaml or sets a key that exists; within an initialized Hydra.

    A field of a part must exist in one of the yamls of that part that the sweep uses.
    """
    groups = _groups(conf)
    chosen = chosen_yamls(conf, overrides)
    fields = [
        one
        for one in overrides
        if not (one.is_add() or one.is_delete() or one.is_force_add())
        and one.key_or_group not in groups
        and "/" not in one.key_or_group
        and "@" not in one.get_key_element()
    ]
    if not fields:
        return
    config = compose(config_name, chosen, return_hydra_config=True)
    for one in fields:
        others = (compose(config_name, choice) for choice in _other_choices(conf, one, overrides))
        if not (_has_key(config, one) or any(_has_key(other, one) for other in others)):
            raise Refused(_no_such_key(config, one))


def check_read(config: DictConfig, conf: Path, config_name: str) -> None:
    """Raise Refused for a key of the composed ``config`` that nothing reads."""
    base = yaml.safe_load((conf / f"{config_name}.yaml").read_text(encoding="utf-8"))
    read = {*map(str, base), *_groups(conf), "study"} - {"defaults"}
    for key in config:
        if key not in read:
            known = ", ".join(sorted(read - {"hydra"}))
            raise Refused(f"{key!s}: nothing reads this key{suggestion(str(key), read)}; there are {known}")


def _groups(conf: Path) -> set[str]:
    return {path.name for path in conf.iterdir() if path.is_dir()}


def _other_choices(conf: Path, one: Override, overrides: Sequence[Override]) -> Iterator[list[str]]:
    """The command's choices, with each further yaml of the part that ``one`` sets a field of."""
    group = one.key_or_group.partition(".")[0]
    chosen = chosen_yamls(conf, overrides)
    for other in overrides:
        if other.key_or_group == group:
            for name in values_of(conf, other)[1:]:
                yield [*chosen, f"{other.get_key_element()}={name.removeprefix('+')}"]


def _has_key(config: DictConfig, one: Override) -> bool:
    parent_key, _, name = one.key_or_group.rpartition(".")
    parent = OmegaConf.select(config, parent_key) if parent_key else config
    return not OmegaConf.is_dict(parent) or name in parent


def _no_such_key(config: DictConfig, one: Override) -> str:
    parent_key, _, name = one.key_or_group.rpartition(".")
    parent = OmegaConf.select(config, parent_key) if parent_key else config
    siblings = [str(each) for each in parent if each not in ("_target_", "hydra")]
    return f"{one.input_line}: no such key{suggestion(name, siblings)}; there are {', '.join(sorted(siblings))}"
