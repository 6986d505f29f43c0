"""All jobs of a sweep, built before the first one runs, so that what does not go together is found at once."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from hydra import compose
from hydra.core.override_parser.overrides_parser import OverridesParser
from omegaconf import DictConfig, OmegaConf, open_dict

from src.composition.grid import covering, variant
from src.composition.parts import Parts, build
from src.composition.refusals import Refused

RESOLVED = ("steps", "seeds", "tuning", "study")  # what building a job changes in its config
MOST = 200  # jobs that are all built; of more, a few that between them use every value


def built_jobs(
    conf: Path, config_name: str, jobs: Sequence[list[str]], varied: Sequence[str]
) -> Iterator[tuple[DictConfig, Parts]]:
    """Config and parts of the jobs, or of a few of very many; within an initialized Hydra.

    Raises:
        FieldError, HydraException: a value is not allowed, or not together with the others.
    """
    chosen = jobs if len(jobs) <= MOST else covering(jobs)
    for (config, choices), job in zip(_configs(conf, config_name, chosen), chosen, strict=True):
        yield config, build(config, choices, variant(job, varied))


def check_distinct(jobs: Iterable[Parts]) -> None:
    """Raise Refused where two jobs are the same, or are called the same."""
    seen: dict[tuple[str, str], dict[str, Any]] = {}
    settings: list[dict[str, Any]] = []
    for parts in jobs:
        names = parts.cell.names
        called = (names["problem"], names["method"])
        if parts.settings in settings:
            raise Refused(f"{names['method']} on {names['problem']}: is in the sweep twice; leave one out")
        if called in seen:
            raise Refused(
                f"label = {names['method']}: must tell the methods of a sweep apart; "
                f"two on {names['problem']} are called so"
            )
        seen[called] = parts.settings
        settings.append(parts.settings)


def _configs(
    conf: Path, config_name: str, jobs: Sequence[Sequence[str]]
) -> Iterator[tuple[DictConfig, Mapping[str, str]]]:
    """Each job's composed config, and the names of the yamls that were chosen in it.

    Composing costs a tenth of a second, so each part of the config is composed once for each of its settings. A job's
    config is put together from those parts, unless an override reaches beyond its own part. The next job's config
    takes the place of the last one's.
    """
    if not jobs:
        return
    shared = set(jobs[0]).intersection(*jobs)
    own = [[word for word in job if word not in shared] for job in jobs]
    if any(_part(word) is None for job in own for word in job):
        for job in jobs:
            yield _composed(config_name, job)
        return
    common = [word for word in jobs[0] if word in shared]
    base, choices = _composed(config_name, jobs[0])
    composed: dict[tuple[str, ...], tuple[Any, str | None]] = {}
    plain = {part: _is_plain(conf, part, base, choices) for part in {str(_part(word)) for word in own[0]}}
    fresh = base.copy()
    for job in own:
        by_part: dict[str, list[str]] = {}
        for word in job:
            by_part.setdefault(str(_part(word)), []).append(word)
        chosen = dict(choices)
        for part in RESOLVED:
            fresh[part] = base[part]
        for part, words in by_part.items():
            key = (part, *words)
            if key not in composed:
                loaded = _loaded(conf, words) if plain[part] else _given(part, words, base)
                composed[key] = loaded or _part_of(config_name, part, [*common, *words])
            node, name = composed[key]
            with open_dict(fresh):
                fresh[part] = node
            if name is not None:
                chosen[part] = name
        yield fresh, chosen


def _is_plain(conf: Path, part: str, config: DictConfig, choices: Mapping[str, str]) -> bool:
    """Whether a part of ``config`` is as its own yaml has it, so that nothing else changes that part."""
    path = conf / part / f"{choices.get(part)}.yaml"
    if not path.is_file():
        return False
    own = OmegaConf.to_container(OmegaConf.load(path), resolve=False)
    return bool(own == OmegaConf.to_container(config[part], resolve=False))


def _loaded(conf: Path, words: Sequence[str]) -> tuple[Any, str] | None:
    """A part as its own yaml has it, and the yaml's name; None where the words, or the yaml, say more than that."""
    group, _, name = words[0].partition("=")
    path = conf / group / f"{name}.yaml"
    if len(words) > 1 or not path.is_file():
        return None
    node = OmegaConf.load(path)
    if "@package" in path.read_text(encoding="utf-8") or not OmegaConf.is_dict(node) or "defaults" in node:
        return None
    return node, name


def _given(part: str, words: Sequence[str], base: DictConfig) -> tuple[Any, None] | None:
    """The value that an override gives to a key of the config; None where the key has keys of its own."""
    if len(words) > 1 or OmegaConf.is_config(base._get_node(part)) or words[0].partition("=")[0] != part:
        return None
    [override] = OverridesParser.create().parse_overrides(list(words))
    return override.value(), None


def _part_of(config_name: str, part: str, words: Sequence[str]) -> tuple[Any, str | None]:
    config, choices = _composed(config_name, words)
    return config[part], choices.get(part)


def _part(word: str) -> str | None:
    """The part of the config that an override changes; None where it may change several."""
    key = word.partition("=")[0]
    if key.startswith(("+", "~")) or "@" in key or "/" in key:
        return None
    return key.partition(".")[0]


def _composed(config_name: str, words: Sequence[str]) -> tuple[DictConfig, Mapping[str, str]]:
    config = compose(config_name, list(words), return_hydra_config=True)
    choices = dict(config.hydra.runtime.choices)
    with open_dict(config):
        config.pop("hydra")
    return config, choices
