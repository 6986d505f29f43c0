"""The command: ``python -m src.run +study=NAME`` composes a study's grid with Hydra and runs it.

Exit codes: 0 all is well; 1 a run failed (the others are done), or the disk did; 2 the command or a config is wrong,
and nothing was written; 130 interrupted (Ctrl+C) or terminated.
"""

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from src.command.environment import set_up
from src.command.grid import covering, variant, varied
from src.command.overview import names, overview

# Everything heavy is imported where it is used: --help must not wait for it.
if TYPE_CHECKING:
    from hydra.core.override_parser.types import Override
    from omegaconf import DictConfig

    from src.studies.study import Cell, Study
    from src.tracking.store import Store

ROOT = Path(__file__).resolve().parents[1]
CONF = ROOT / "conf"
RUNS = "runs"
RESULTS = "results"
MULTIRUN = ("-m", "--multirun")
# Options of Hydra's that only show something.
INFORMATION = ("-c", "--cfg", "-i", "--info", "--hydra-help", "--version", "-sc", "--shell-completion")
CONFIG, HYDRA_VERSION = "config", "1.3"
# What the jobs' processes need to know of the sweep: its id, the store's address (empty: the server is down), and the
# keys whose values differ between its jobs.
SWEEP, STORE, VARIED = "LABORATORY_SWEEP", "LABORATORY_STORE", "LABORATORY_VARIED"

set_up()
# Hydra would otherwise print a failure and exit by itself; here main() decides on both.
os.environ["HYDRA_FULL_ERROR"] = "1"


class Refused(Exception):  # noqa: N818 (a refusal is an answer, not a fault of the program)
    """The command or a config is wrong; the message is one line."""


@dataclass(frozen=True)
class Plan:
    """A sweep before anything is written.

    Attributes:
        jobs: the overrides of each job.
        multirun: whether Hydra is to run them as a multirun.
        study: the study, built.
        profile: name of the profile.
        sweep_figures: names of the figures to draw of the whole sweep.
    """

    jobs: list[list[str]]
    multirun: bool
    study: "Study"
    profile: str
    sweep_figures: list[str]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command with ``arguments`` (the process's own by default); its exit code."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    if {"-h", "--help"} & set(words):
        print(overview(CONF))
        return 0
    overrides = [word for word in words if word not in MULTIRUN]
    options = [word for word in overrides if word.startswith("-")]
    try:
        if options and options[0].partition("=")[0] in INFORMATION:
            with _refusing():
                return _hydra(words)
        if options:
            raise Refused(f"{options[0]}: no such option; try --help")
        plan = _plan(overrides, asked_for_multirun=len(overrides) < len(words))
        return _sweep(plan, overrides)
    except Refused as refusal:
        print(f"error: {refusal}", file=sys.stderr)
        return 2
    except OSError as error:  # a full disk, a folder that has gone
        print(
            f"error: {_one_line(error)}; what is finished is kept, and the same command does the rest",
            file=sys.stderr,
        )
        return 1
    except KeyboardInterrupt:
        print("interrupted: what is finished is kept, and the same command does the rest", file=sys.stderr)
        return 130


@contextmanager
def _refusing() -> Iterator[None]:
    """Turn what Hydra, OmegaConf, yaml and the constructors say of a wrong config into one line."""
    from hydra.errors import HydraException, OverrideParseException
    from omegaconf.errors import OmegaConfBaseException
    from yaml import YAMLError

    try:
        yield
    except OverrideParseException as error:
        raise Refused(f"{error.override}: {' '.join(str(error).split())}") from error
    except (HydraException, OmegaConfBaseException, YAMLError, ValueError) as error:
        raise Refused(_one_line(error)) from error


def _one_line(error: BaseException) -> str:
    """What a constructor said of a field, or else the messages from the outermost to the root, without repeats."""
    from src.core.checks import FieldError

    chain = [error]
    while (cause := chain[-1].__cause__) is not None:
        chain.append(cause)
    said = next((one for one in chain if isinstance(one, FieldError)), None)
    text = str(said).removeprefix("Cell.") if said else ": ".join(dict.fromkeys(str(one) for one in chain))
    return " ".join(text.split())


def _plan(overrides: Sequence[str], *, asked_for_multirun: bool) -> Plan:
    """Expand the grid, and build the parts of jobs that between them use every value of it."""
    from hydra import compose, initialize_config_dir
    from hydra._internal.core_plugins.basic_sweeper import BasicSweeper
    from hydra.core.override_parser.overrides_parser import OverridesParser
    from hydra.types import RunMode

    from src.command.work import check_figures

    with _refusing(), initialize_config_dir(str(CONF), version_base=HYDRA_VERSION):
        parser = OverridesParser.create()
        parsed = parser.parse_overrides(list(overrides))
        _check_names(parsed)
        fixed = [one.input_line or "" for one in parsed if not one.is_sweep_override()]
        base = compose(CONFIG, fixed, return_hydra_config=True)
        multirun = asked_for_multirun or base.hydra.mode == RunMode.MULTIRUN or len(fixed) < len(parsed)
        grid = [f"{key}={value}" for key, value in (base.hydra.sweeper.params or {}).items()] if multirun else []
        [jobs] = BasicSweeper.split_arguments(parser.parse_overrides([*grid, *overrides]), None)
        for job in covering(jobs):
            config = compose(CONFIG, job, return_hydra_config=True)
            parts = _build(config, config.hydra.runtime.choices, "")
            check_figures(config.figures, config.sweep_figures)
        return Plan(jobs, multirun, parts.study, parts.cell.names["profile"], list(config.sweep_figures))


def _check_names(overrides: "Sequence[Override]") -> None:
    """Refuse names of yamls, and keys, that do not exist, in fewer words than Hydra's and with what was meant."""
    from hydra import compose
    from omegaconf import OmegaConf

    from src.command.names import must_be_one_of, suggestion

    groups = {path.name for path in CONF.iterdir() if path.is_dir()}
    chosen = []
    for one in overrides:
        if one.key_or_group not in groups:
            continue
        chosen.append(one.input_line or "")
        swept = one.is_sweep_override()
        for name in one.sweep_string_iterator() if swept else [one.get_value_element_as_str()]:
            if name not in (known := names(CONF, one.key_or_group)):
                raise Refused(must_be_one_of(one.key_or_group, name, known))
        if swept:
            chosen[-1] = f"{one.get_key_element()}={next(iter(one.sweep_string_iterator()))}"
    config = compose(CONFIG, chosen, return_hydra_config=True)
    for one in overrides:
        key = one.key_or_group
        if (
            one.is_add()
            or one.is_delete()
            or one.is_force_add()
            or key in groups
            or "/" in key
            or "@" in one.get_key_element()
        ):
            continue
        parent = OmegaConf.select(config, key.rpartition(".")[0]) if "." in key else config
        if OmegaConf.is_dict(parent) and key.rpartition(".")[2] not in parent:
            siblings = [str(each) for each in parent if each not in ("_target_", "hydra")]
            near = suggestion(key.rpartition(".")[2], siblings)
            raise Refused(f"{one.input_line}: no such key{near}; there are {', '.join(sorted(siblings))}")


@dataclass(frozen=True)
class Parts:
    """A composed config, built: the cell, its study, and the settings that decide the numbers."""

    cell: "Cell"
    study: "Study"
    settings: dict[str, Any]


def _build(config: "DictConfig", choices: Mapping[str, str], variant: str) -> Parts:
    """Build the parts of one job; ``variant`` is added to the method's name.

    ``config`` is changed to hold what was worked out: steps and capped seeds.
    """
    from hydra.utils import instantiate
    from omegaconf import OmegaConf

    from src.studies.study import Cell

    def built(key: str) -> Any:
        return instantiate(config[key], _convert_="all")

    problem, profile = built("problem"), built("profile")
    config.steps = profile.steps(problem.steps if config.steps is None else config.steps)
    config.seeds = profile.seeds(config.seeds)
    config.tuning.seeds = profile.tuning_seeds(config.tuning.seeds)
    search = built("search") if "search" in config else None
    beginning = "init" if problem.is_learning else "start"
    study = built("study")
    study.check_parts(problem, search)
    groups = ("optimizer", "schedule", "stopping") if study.descends else ("search",)
    names = {group: str(choices[group]) for group in ("problem", *groups, beginning) if group in choices}
    # The method's name stands under "optimizer", whichever kind it is of: tables and figures look for it there.
    chosen = "optimizer" if search is None else "search"
    method = str(config.label or f"{choices[chosen]}{variant}")
    names |= {"profile": profile.name, chosen: method, "optimizer": method}
    parts = {key: built(key) for key in ("optimizer", "schedule", "stopping", "tuning")}
    plain = {key: config[key] for key in ("rate", "seeds", "steps", "evaluate_every", "root", "device")}
    cell = Cell(problem=problem, start=built(beginning), names=names, search=search, **parts, **plain)
    if search is not None:
        parts["search"] = search
    if not study.descends:  # what descends has no part in the run, nor in its identity
        parts, plain = {"search": search}, {key: plain[key] for key in ("seeds", "steps", "root")}

    kept = ("problem", *parts, beginning, *plain)
    resolved = cast("dict[str, Any]", OmegaConf.to_container(config, resolve=True))
    asked = {key: value for key, value in resolved["study"].items() if key not in ("question", "reading", "claims")}
    settings = {key: resolved[key] for key in kept} | {"study": asked, "names": names}
    return Parts(cell, study, settings)


def job(config: "DictConfig") -> None:
    """One job of the sweep, in whichever process Hydra's launcher runs it."""
    import torch
    from hydra.core.hydra_config import HydraConfig
    from hydra.types import RunMode

    from src.command.ledger import Entry, Ledger
    from src.command.work import Job, work
    from src.store.revision import revision_tags
    from src.tracking.store import Store

    torch.set_num_threads(1)
    hydra = HydraConfig.get()
    number = hydra.job.num if hydra.mode == RunMode.MULTIRUN else 0  # a single run has no number
    keys = os.environ[VARIED].split()
    ledger = Ledger.of_environment()
    try:
        parts = _build(config, hydra.runtime.choices, variant(hydra.overrides.task, keys))
    except Exception as error:  # values that are each allowed, but not together
        name = " ".join(hydra.overrides.task)
        ledger.write(Entry(job=number, name=name, state="failed", error=_one_line(error)))
        raise
    here = Path(hydra.runtime.cwd)
    uri = os.environ[STORE]
    work(
        Job(
            number=number,
            cell=parts.cell,
            study=parts.study,
            config=parts.settings,
            figures=list(config.figures),
            runs=here / RUNS,
            sweep=os.environ[SWEEP],
            store=Store(uri) if uri else None,
            revision=revision_tags(ROOT),
        ),
        ledger,
    )


def _sweep(plan: Plan, overrides: Sequence[str]) -> int:
    """Run the plan's jobs, then gather, tell and print what came of them."""
    from src.command.finish import finish
    from src.command.ledger import Ledger
    from src.command.progress import Progress
    from src.command.report import report
    from src.store.identity import sweep_identity
    from src.store.revision import revision_tags
    from src.store.runs import remove_leftovers

    here, name = Path.cwd(), plan.study.name
    store = _store(here, plan.study)
    sweep = sweep_identity(name, plan.jobs)
    os.environ |= {SWEEP: sweep, STORE: store.uri if store else "", VARIED: " ".join(varied(plan.jobs))}
    remove_leftovers(here / RUNS)
    ledger = Ledger.opened(here / RUNS / ".sweeps", sweep)
    try:
        trouble: BaseException | None = None
        with Progress(ledger, len(plan.jobs), name):
            try:
                _hydra([*(["--multirun"] if plan.multirun else []), *overrides])
            except Exception as error:  # the ledger knows which job failed; only what is not there is told below
                trouble = error
        entries = ledger.entries()
    finally:
        ledger.close()
    done = [entry for entry in entries if entry.state in ("finished", "reused")]
    failed = len(plan.jobs) - len(done)
    if trouble and not any(entry.state == "failed" for entry in entries):
        print(f"failed: {_one_line(trouble)}", file=sys.stderr)
    if not done:
        print(f"error: all {failed} runs failed", file=sys.stderr)
        return 1
    gathered, untold = finish(
        plan.study,
        done,
        runs=here / RUNS,
        results=here / RESULTS,
        figures=plan.sweep_figures,
        sweep=sweep,
        store=store,
        tags={"study": name, "profile": plan.profile, **revision_tags(ROOT)},
    )
    reused = sum(entry.state == "reused" for entry in done)
    ended = f"{name}: {len(done) - reused} runs done, {reused} were done before, {failed} failed"
    link = store.link(name) if store and not untold else None
    print(report(plan.study, gathered, Path(RESULTS) / name, link, ended=ended))
    reasons = dict.fromkeys(why for why in (untold, *(entry.untold for entry in entries)) if why)
    for why in reasons:
        print(f"not told to MLflow: {why}; the same command tells it later", file=sys.stderr)
    return 1 if failed else 0


def _store(here: Path, study: "Study") -> "Store | None":
    """The tracking store, ready for the jobs; None, with a warning, when its server is down."""
    from src.tracking.checks import StoreDown, StoreError
    from src.tracking.reap import reap
    from src.tracking.store import Store, default_uri

    if not os.access(here, os.W_OK | os.X_OK):
        raise Refused(f"the folder {here} cannot be written")
    for folder in (here / RUNS, here / RESULTS):
        if folder.exists() and not (folder.is_dir() and os.access(folder, os.W_OK | os.X_OK)):
            raise Refused(f"{folder} is not a folder that can be written")
    store = Store(default_uri(here))
    try:
        store.prepare(study.name, f"**{study.question}**\n\n{study.reading}")
        reap(store)
    except StoreDown as down:
        print(f"warning: {down}; the runs are kept and the same command tells them later", file=sys.stderr)
        return None
    except StoreError as wrong:
        raise Refused(str(wrong)) from wrong
    return store


def _hydra(words: Sequence[str]) -> int:
    """Hand over to Hydra's own command line."""
    import hydra

    sys.argv = [sys.argv[0], *words]
    hydra.main(config_path=str(CONF), config_name=CONFIG, version_base=HYDRA_VERSION)(job)()
    return 0


if __name__ == "__main__":
    # Under its own name, so that the launcher's processes find the job in this module and not in __main__.
    import signal

    from src.run import main as command

    # So that a terminated sweep ends its workers too, which would otherwise go on.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    sys.exit(command())
