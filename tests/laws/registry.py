"""``conf/`` is the registry: every yaml in it is found here, so that a new one is held to the laws with no edit."""

from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml
from hydra import compose, initialize_config_dir
from hydra.utils import instantiate
from omegaconf import DictConfig, OmegaConf

ROOT = Path(__file__).resolve().parents[2]
CONF = ROOT / "conf"
STEPS = 50  # what ``${steps}`` stands for here


class Named(NamedTuple):
    """A constructor call within a yaml: where it stands, its target and its fields."""

    where: str
    target: str
    keys: frozenset[str]


def names(group: str) -> list[str]:
    """Names of all yamls of ``group``."""
    return sorted(path.stem for path in (CONF / group).glob("*.yaml"))


def groups() -> list[str]:
    """The groups that lie in ``conf/``."""
    return sorted({path.parent.name for path in CONF.glob("*/*.yaml")})


def build(group: str, name: str, **changes: Any) -> Any:
    """The object that a yaml describes; ``changes`` replace its fields. Not cached: it may hold mutable parts."""
    part = OmegaConf.load(CONF / group / f"{name}.yaml")
    whole = OmegaConf.create({"steps": STEPS, "part": OmegaConf.merge(part, changes)})
    return instantiate(whole.part, _convert_="all")


@cache
def shared(group: str, name: str) -> Any:
    """The same, built once."""
    return build(group, name)


def first_job(study: str, *overrides: str) -> DictConfig:
    """Composed config of the first job of a study's grid, with its part ``hydra``."""
    with initialize_config_dir(str(CONF), version_base="1.3"):
        base = compose("config", [f"+study={study}"], return_hydra_config=True)
        grid = [f"{key}={str(value).split(',')[0]}" for key, value in (base.hydra.sweeper.params or {}).items()]
        return compose("config", [f"+study={study}", *grid, *overrides], return_hydra_config=True)


def names_where(group: str, holds: Callable[[Any], bool]) -> list[str]:
    """Names of the yamls whose object ``holds``; one that cannot be built is kept, to fail under its own name."""

    def kept(name: str) -> bool:
        try:
            return holds(shared(group, name))
        except Exception:
            return True

    return [name for name in names(group) if kept(name)]


def constructor_calls() -> list[Named]:
    """Every node with a ``_target_`` in any yaml, nested ones too."""

    def walk(node: object, where: str) -> Iterator[Named]:
        if isinstance(node, dict):
            if "_target_" in node:
                yield Named(where, node["_target_"], frozenset(map(str, node)) - {"_target_"})
            for key, item in node.items():
                yield from walk(item, f"{where}.{key}")
        elif isinstance(node, list):
            for position, item in enumerate(node):
                yield from walk(item, f"{where}[{position}]")

    calls: list[Named] = []
    for path in sorted(CONF.rglob("*.yaml")):
        calls += walk(yaml.safe_load(path.read_text(encoding="utf-8")), str(path.relative_to(CONF).with_suffix("")))
    return calls
