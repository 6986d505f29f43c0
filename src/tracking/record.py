"""A finished run directory in MLflow's terms: the same facts, within MLflow's limits."""

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from src.plotting.palettes import colour
from src.tracking.curves import points
from src.tracking.limits import TAG_LENGTH, cut, finite, key, keys, word
from src.tracking.process import here, user

FIGURES = "figures"  # folder of the figures, here and among the artifacts
FIGURES_TAG = "figures"  # digest of the figures that are logged


@dataclass(frozen=True, kw_only=True)
class RunRecord:
    """Everything that is logged of one run.

    Attributes:
        identity: hash that names the run.
        study: the study, and so the experiment.
        name: what people call the run.
        failed: whether it raised.
        started: milliseconds since 1970.
        ended: milliseconds since 1970.
        params: settings, as text.
        metrics: end results, all finite.
        tags: everything to search, group and colour by.
        traceback: of a failed run.
        files: artifacts, each with the artifact folder it goes to (None: the top).
        curves_file: the table of curves, if the run has one.
    """

    identity: str
    study: str
    name: str
    failed: bool
    started: int
    ended: int
    params: dict[str, str]
    metrics: dict[str, float]
    tags: dict[str, str]
    traceback: str | None
    files: list[tuple[Path, str | None]] = field(repr=False)
    curves_file: Path | None

    def curves(self) -> dict[str, list[tuple[int, float]]]:
        """Steps and values of each curve, thinned."""
        found = {} if self.curves_file is None else points(self.curves_file)
        return {key(name): curve for name, curve in found.items()}


def read(directory: Path, sweep: str, extra: Mapping[str, str]) -> RunRecord:
    """The record of ``runs/<identity>/``, logged on behalf of ``sweep``.

    Raises:
        OSError, ValueError, KeyError: the directory is not a finished run's.
    """
    run: dict[str, Any] = json.loads((directory / "run.json").read_text())
    metrics, curves = finite(run["metrics"]), _regular(directory, "curves.csv")
    param_keys, metric_keys = keys(run["params"]), keys(metrics)
    return RunRecord(
        identity=run["identity"],
        study=run["study"],
        name=run["name"],
        failed=run["status"] == "failed",
        started=round(1000 * run["started"]),
        ended=round(1000 * run["ended"]),
        params={param_keys[name]: word(value) for name, value in run["params"].items()},
        metrics={metric_keys[name]: value for name, value in metrics.items()},
        tags=_tags(run, extra) | _figures_tag(directory) | membership(sweep),
        traceback=run.get("traceback"),
        files=_files(directory),
        # A sweep's table holds the curves of all its runs, each of which has logged its own.
        curves_file=curves[0] if run["kind"] == "cell" and curves else None,
    )


def membership(sweep: str) -> dict[str, str]:
    """Tags of a run that belongs to ``sweep``: the last sweep it was in, and a mark for each."""
    return {"sweep": sweep, key(f"sweep.{sweep}"): "true"}


def _tags(run: Mapping[str, Any], extra: Mapping[str, str]) -> dict[str, str]:
    """All tags but the sweep's; the process is the one that logs, since the reaper looks for that one."""
    tags: dict[str, str] = dict(run["tags"]) | dict(extra)
    tags |= {f"missing.{metric}": reason for metric, reason in run["missing"].items()}
    tags |= {"identity": run["identity"], "study": run["study"], "kind": run["kind"], **here()}
    if stage := os.environ.get("DVC_STAGE"):
        tags["dvc.stage"] = stage
    note = run["note"]
    if run.get("traceback"):
        tags["error"] = run.get("error") or run["traceback"].strip().splitlines()[-1]
        note = f"**Failed:** `{tags['error']}` (the whole traceback is among the artifacts)\n\n{note}"
    tags |= {
        "mlflow.runName": run["name"],
        "mlflow.note.content": note,
        "mlflow.user": user(),
        "mlflow.source.name": f"src.run +study={run['study']}",
        "mlflow.source.type": "LOCAL",
    }
    if revision := tags.get("git.revision"):
        tags["mlflow.source.git.commit"] = revision
    if method := tags.get("method"):
        tags["mlflow.runColor"] = colour(method)
    return {key(name): cut(str(value), TAG_LENGTH) for name, value in tags.items()}


def _figures_tag(directory: Path) -> dict[str, str]:
    """A digest of the figures' names and contents; no tag where there is none."""
    digest = hashlib.sha256()
    pictures = _regular(directory / FIGURES, "*")
    for path in pictures:
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return {FIGURES_TAG: digest.hexdigest()[:16]} if pictures else {}


def _files(directory: Path) -> list[tuple[Path, str | None]]:
    """Figures, tables, the resolved config, and the page of a sweep."""
    figures: list[tuple[Path, str | None]] = [(path, FIGURES) for path in _regular(directory / FIGURES, "*")]
    tables: list[tuple[Path, str | None]] = [(path, "tables") for path in _regular(directory, "*.csv")]
    names = ("config.yaml", "*.md")
    texts: list[tuple[Path, str | None]] = [(path, None) for name in names for path in _regular(directory, name)]
    return figures + tables + texts


def _regular(folder: Path, pattern: str) -> list[Path]:
    """Files in ``folder``, sorted.

    A link is left out, since what it leads to is no part of the run; and so is a file whose name starts with a dot,
    which another process is about to write and to rename.
    """
    if folder.is_symlink():
        return []
    found = [path for path in sorted(folder.glob(pattern)) if not path.name.startswith(".")]
    return [path for path in found if path.is_file() and not path.is_symlink()]
