"""Config is the constructor call: keys are fields, classes are frozen, all compose, and ``conf/`` misses no class."""

import dataclasses
import importlib
import inspect
import pkgutil
import typing
from collections.abc import Iterator

import pytest
import registry
import yaml
from hydra import compose, initialize_config_dir
from hydra.errors import ConfigCompositionException
from hydra.utils import instantiate
from omegaconf import OmegaConf

import src
from src.core.optimizer import Optimizer
from src.core.problem import Problem
from src.core.schedule import Schedule
from src.core.search import SearchMethod
from src.core.start import Start

CALLS = registry.constructor_calls()
OURS = [call for call in CALLS if call.target.startswith("src.")]
every_call = pytest.mark.parametrize("call", OURS, ids=lambda call: call.where)
FILES = [(group, name) for group in registry.groups() for name in registry.names(group)]
every_file = pytest.mark.parametrize(("group", "name"), FILES)
ROOT_GROUPS = {
    key
    for entry in yaml.safe_load((registry.CONF / "config.yaml").read_text())["defaults"]
    if isinstance(entry, dict)
    for key in entry
}


def class_of(target: str) -> type:
    module, _, name = target.rpartition(".")
    found = getattr(importlib.import_module(module), name)
    assert isinstance(found, type)
    return found


def composed(*overrides: str):
    with initialize_config_dir(str(registry.CONF), version_base="1.3"):
        return compose("config", list(overrides))


def chosen(group: str, name: str) -> str:
    return f"{group}={name}" if group in ROOT_GROUPS else f"+{group}={name}"


def subclasses(kind: type) -> Iterator[type]:
    for child in kind.__subclasses__():
        yield child
        yield from subclasses(child)


def project_classes(kind: type) -> list[type]:
    """Every subclass of ``kind`` among the parts that a yaml may name (a study may wrap one for its own use)."""
    parts = ("src.problems.", "src.optimizers.", "src.schedules.", "src.starts.", "src.search.")
    for module in pkgutil.walk_packages(src.__path__, "src."):
        if module.name.startswith(parts):
            importlib.import_module(module.name)
    return sorted(
        {child for child in subclasses(kind) if child.__module__.startswith(parts)},
        key=lambda child: child.__qualname__,
    )


@every_call
def test_the_keys_are_the_constructors_fields(call):
    fields = {field.name for field in dataclasses.fields(class_of(call.target)) if field.init}
    usual = {
        "fewest_seeds",
        "changed",
        "seen_roots",
        "meaning",
    } & fields  # of a claim: stated where they are not as usual
    assert call.keys - {"_convert_"} | usual == fields


@every_call
def test_what_a_yaml_names_is_frozen_and_takes_keywords_only(call):
    kind = class_of(call.target)
    assert kind.__dataclass_params__.frozen
    assert all(field.kw_only for field in dataclasses.fields(kind))


@pytest.mark.parametrize("call", [call for call in CALLS if call not in OURS], ids=lambda call: call.where)
def test_a_class_that_is_not_ours_takes_the_keys(call):
    parameters = inspect.signature(class_of(call.target)).parameters
    assert call.keys - {"_args_", "_convert_", "_recursive_"} <= set(parameters)


@every_file
def test_it_composes_with_the_root_and_resolves(group, name):
    config = composed(chosen(group, name), "steps=50")
    plain = OmegaConf.to_container(config, resolve=True, throw_on_missing=True)
    if group in ROOT_GROUPS:
        written = OmegaConf.to_container(OmegaConf.load(registry.CONF / group / f"{name}.yaml"))
        for key, value in written.items():
            assert plain[group][key] == (50 if value == "${steps}" else value)


@pytest.mark.parametrize("name", registry.names("study"))
def test_a_study_and_what_it_changes_of_its_parts_can_be_built(name):
    config = composed(f"+study={name}")
    for part in ("study", "problem", "optimizer", "schedule", "start", "init", "search", "stopping"):
        if config.get(part) is not None:
            instantiate(config[part], _convert_="all")


@pytest.mark.parametrize("group", sorted(ROOT_GROUPS & set(registry.groups())))
def test_a_misspelt_field_is_refused(group):
    with pytest.raises(ConfigCompositionException, match="no_such_field"):
        composed(f"{group}.no_such_field=1")


def fields_of(part: type):
    return dataclasses.fields(part) if dataclasses.is_dataclass(part) else ()


def wraps(kind: type, part: type) -> bool:
    """Whether a field of ``part`` is of a project class of the same kind: studies wrap parts, and no yaml does."""
    hints = typing.get_type_hints(part)
    return any(
        isinstance(hints[field.name], type) and issubclass(hints[field.name], kind) for field in fields_of(part)
    )


@pytest.mark.parametrize("kind", [Optimizer, Problem, Schedule, SearchMethod, Start], ids=lambda kind: kind.__name__)
def test_every_class_is_abstract_or_final_and_used(kind):
    used = {call.target for call in CALLS}
    for part in project_classes(kind):
        name = f"{part.__module__}.{part.__qualname__}"
        if any(child.__module__.startswith("src.") for child in part.__subclasses__()):  # a test may derive its own
            assert inspect.isabstract(part), f"{name} has subclasses, so it has to be abstract"
        else:
            assert name in used or wraps(kind, part), f"{name} is in no yaml of conf/"


@pytest.mark.parametrize("name", registry.names("study"))
def test_the_budget_of_a_study_that_only_searches_is_in_evaluations(name):
    study = class_of(OmegaConf.load(registry.CONF / "study" / f"{name}.yaml").study._target_)
    assert study.budget_unit in ("steps", "evaluations", "evaluations per dimension")
    if study.searches and not study.descends:
        assert study.budget_unit.startswith("evaluations")
