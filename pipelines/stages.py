"""Writes ``dvc.yaml``: a stage for each yaml in ``conf/study/``, with exactly the files that the study reads.

``python -m pipelines.stages`` writes it, ``--check`` says whether it is up to date. What a person may vary is in
``params.yaml``: the profile, and under a study's name settings that are handed to the command as they are.
"""

import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from pipelines.composition import CompositionError, read, study_files
from src.store.identity import modules_used, targets

ROOT = Path(__file__).resolve().parents[1]
COMMAND, OVERVIEW = "src.run", "pipelines.overview"
# The environment that make sets up comes first, so that dvc need not be run from an activated one.
PYTHON = 'PATH="$PWD/.venv/bin:$PATH" python -m'
HEADER = """\
# Written by `python -m pipelines.stages` from conf/, params.yaml and the imports in src/: do not edit.
# Each stage depends on the files that it reads and on no others, so a new optimizer or study reruns nothing else.
"""


def main(arguments: Sequence[str]) -> int:
    """Write ``dvc.yaml``, or with ``--check`` compare it; 1 when it is out of date, 2 when it cannot be told."""
    if unknown := [word for word in arguments if word != "--check"]:
        print(f"error: {unknown[0]}: the only option is --check", file=sys.stderr)
        return 2
    try:
        text = pipeline_text(ROOT / "conf", ROOT / "params.yaml")
    except CompositionError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    path = ROOT / "dvc.yaml"
    if not arguments:
        path.write_text(text, encoding="utf-8")
    elif not path.is_file() or path.read_text(encoding="utf-8") != text:
        print("dvc.yaml is out of date: run python -m pipelines.stages", file=sys.stderr)
        return 1
    return 0


def pipeline_text(conf: Path, params: Path) -> str:
    """The whole of ``dvc.yaml``."""
    return HEADER + yaml.safe_dump(pipeline(conf, params), sort_keys=False, width=1000)


def pipeline(conf: Path, params_file: Path) -> dict[str, Any]:
    """Stages, metrics and plots of the studies in ``conf``, with the settings that ``params_file`` hands to them.

    Raises:
        CompositionError: a yaml is not understood, or ``params_file`` holds what no command could be handed.
    """
    params = read(params_file)
    studies = sorted(path.stem for path in (conf / "study").glob("*.yaml"))
    if strangers := sorted(set(params) - {"profile", *studies}):
        raise CompositionError(f"params.yaml: {strangers[0]} is no study in conf/study/")
    stages = {study: _study_stage(conf, study, params.get(study) or {}) for study in studies}
    return {
        "stages": {**stages, "overview": _overview_stage(studies)},
        "metrics": [f"results/{study}/metrics.json" for study in studies],
        "plots": [f"results/{study}/figures" for study in studies],
    }


def _study_stage(conf: Path, study: str, section: Mapping[str, Any]) -> dict[str, Any]:
    settings = list(_settings(section))
    for key in settings:
        if (conf / key).is_dir():
            raise CompositionError(f"params.yaml: {study}.{key}: a study's grid belongs in its yaml")
    words = [f"{PYTHON} {COMMAND} +study={study}", "profile=${profile}"]
    words += [f"{key}=${{{study}.{key}}}" for key in settings]
    files = study_files(conf, study)
    profiles = [read(path) for path in sorted((conf / "profile").glob("*.yaml"))]
    modules = modules_used({COMMAND}.union(*(targets(content) for content in [*map(read, files), *profiles])))
    sources = [f"conf/{path.relative_to(conf).as_posix()}" for path in files] + _in_project(modules)
    return {
        "cmd": " ".join(words),
        "deps": sorted({*sources, "conf/profile/${profile}.yaml"}),
        "params": ["profile", *([study] if settings else [])],
        "outs": [f"results/{study}"],
    }


def _in_project(modules: Mapping[str, Path]) -> list[str]:
    return [path.relative_to(ROOT).as_posix() for path in modules.values()]


def _settings(section: Mapping[str, Any], prefix: str = "") -> Iterator[str]:
    """Dotted keys of a section's values, as the command spells them."""
    for key, value in section.items():
        if isinstance(value, Mapping):
            yield from _settings(value, f"{prefix}{key}.")
        elif isinstance(value, str | int | float):
            yield f"{prefix}{key}"
        else:
            raise CompositionError(f"params.yaml: {prefix}{key} = {value!r}: must be one word or number")


def _overview_stage(studies: Sequence[str]) -> dict[str, Any]:
    outputs = [f"results/{study}/{name}" for study in studies for name in ("metrics.json", "summary.csv")]
    return {
        "cmd": f"{PYTHON} {OVERVIEW} {' '.join(studies)}",
        "deps": sorted([*_in_project(modules_used([OVERVIEW])), *outputs]),
        "outs": ["results/overview.csv"],
    }


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
