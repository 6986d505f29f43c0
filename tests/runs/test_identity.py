"""A run's identity changes with what its numbers depend on, and with nothing else."""

import ast
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hydra import compose, initialize_config_dir

from src.command.run_job import Job
from src.composition.parts import build
from src.runs import identity
from src.runs.identity import (
    code_identity,
    gathering_identity,
    import_paths,
    modules_used,
    run_identity,
    sweep_identity,
)

REPOSITORY = Path(__file__).resolve().parents[2]
CONFIG = {
    "problem": {"_target_": "src.problems.rosenbrock.Rosenbrock", "dimension": 2, "lower": [-2.0, -1.0]},
    "optimizer": {
        "_target_": "src.optimizers.chain.Chain",
        "parts": [{"_target_": "src.optimizers.clip.Clip"}, {"_target_": "src.optimizers.adam.Adam", "eps": 1e-8}],
    },
    "study": {"_target_": "src.protocol.comparison.Comparison"},
    "learning_rate": None,
    "seeds": 30,
}


@pytest.fixture
def tree(tmp_path, monkeypatch):
    """A copy of the source that may be changed."""
    ignored = shutil.ignore_patterns("__pycache__")
    for folder in ("src", "conf"):
        shutil.copytree(REPOSITORY / folder, tmp_path / folder, ignore=ignored)
    monkeypatch.setattr(identity, "ROOT", tmp_path)
    monkeypatch.chdir(tmp_path)
    identity._imports.cache_clear()
    yield tmp_path
    identity._imports.cache_clear()


def changed(tree, path):
    """Identity before and after a comment is added to (or a file made at) ``path``."""
    before = run_identity(CONFIG)
    file = tree / path
    file.parent.mkdir(exist_ok=True)
    file.write_text((file.read_text() if file.exists() else "") + "# changed\n")
    identity._imports.cache_clear()
    return run_identity(CONFIG) != before


@pytest.mark.parametrize(
    "path",
    [
        "src/problems/rosenbrock.py",
        "src/problems/landscape.py",  # imported by the problem
        "src/optimizers/chain.py",
        "src/optimizers/adam.py",  # a part of the chain
        "src/optimizers/adaptive_moments.py",  # imported by the part
        "src/optimizers/__init__.py",  # run when a module of the package is imported
        "src/protocol/comparison.py",
        "src/protocol/tuning/tune.py",
        "src/engine/descend.py",
        "src/core/streams.py",
        "src/tables/quantiles.py",
    ],
)
def test_a_module_that_the_run_uses_changes_it(tree, path):
    assert (tree / path).exists()
    assert changed(tree, path)


@pytest.mark.parametrize(
    "path",
    [
        "src/optimizers/rmsprop.py",
        "src/optimizers/a_new_one.py",
        "src/problems/ackley.py",
        "src/schedules/cosine.py",
        "src/studies/textbook/study.py",
        "src/figures/paths.py",
        "src/tracking/log_run.py",
        "src/command/run_job.py",
        "src/protocol/ranking.py",  # reads what was measured
        "src/statistics/ranks.py",  # imported by the ranking alone
        "src/runs/directories.py",
        "src/run.py",
        "conf/optimizer/a_new_one.yaml",
        "README.md",
    ],
)
def test_anything_else_does_not(tree, path):
    assert not changed(tree, path)


def test_settings_change_it_and_their_order_does_not():
    same = {key: CONFIG[key] for key in reversed(CONFIG)}
    assert run_identity(same) == run_identity(CONFIG)
    others = [
        CONFIG | {"seeds": 31},
        CONFIG | {"learning_rate": 0.1},
        CONFIG | {"problem": CONFIG["problem"] | {"lower": [-2.0, -1.5]}},
        CONFIG | {"optimizer": CONFIG["optimizer"] | {"parts": CONFIG["optimizer"]["parts"][::-1]}},
        {key: value for key, value in CONFIG.items() if key != "learning_rate"},
    ]
    assert len({run_identity(config) for config in (CONFIG, *others)}) == 6


def test_it_is_sixteen_digits_and_the_same_every_time():
    assert run_identity(CONFIG) == run_identity(CONFIG)
    assert len(run_identity(CONFIG)) == 16
    assert int(run_identity(CONFIG), 16) > 0


def test_how_a_study_is_worded_and_drawn_does_not_change_a_run():
    """Through the composed config, as a job of the command is."""
    words = ("study.question=Why?", "study.how_to_read=So.", "figures=[]", "sweep_figures=[]")
    assert composed_identity(*words) == composed_identity()
    others = (
        "seeds=7",
        "root_seed=1",
        "learning_rate=0.1",
        "optimizer=gd",
        "tuning.widenings=0",
        "stopping.patience=3",
    )
    assert len({composed_identity(), *(composed_identity(other) for other in others)}) == 7


def composed_identity(*overrides):
    with initialize_config_dir(str(REPOSITORY / "conf"), version_base="1.3"):
        config = compose("config", list(overrides), return_hydra_config=True)
    parts = build(config, config.hydra.runtime.choices, "")
    nothing = {"number": 0, "force": False, "runs": Path(), "revision": {}}
    figures = list(config.figures)
    return Job(cell=parts.cell, study=parts.study, config=parts.settings, figures=figures, **nothing).identity


def test_a_users_own_module_counts(tree):
    (tree / "mine.py").write_text("import helper\n")
    (tree / "helper.py").write_text("x = 1\n")
    config = CONFIG | {"optimizer": {"_target_": "mine.Mine"}}
    before = run_identity(config)
    (tree / "helper.py").write_text("x = 2\n")
    assert run_identity(config) != before


def test_import_paths_are_found_at_any_depth():
    assert import_paths(CONFIG) == {
        "src.problems.rosenbrock.Rosenbrock", "src.optimizers.chain.Chain", "src.optimizers.clip.Clip",
        "src.optimizers.adam.Adam", "src.protocol.comparison.Comparison",
    }  # fmt: skip
    assert import_paths({"a": 1, "b": [None, "x", "0.1", "a b.c", "my.f", ["deep.er"]]}) == {"my.f", "deep.er"}


@pytest.mark.parametrize("key", ["_target_", "function", "module", "anything"])
def test_any_import_path_leads_to_a_users_module_and_what_it_imports(tree, monkeypatch, key):
    """Beside the command or elsewhere on the path, by absolute and by relative imports."""
    library = tree / "elsewhere"
    monkeypatch.syspath_prepend(str(library))
    files = {
        tree / "mine.py": "from toolbox.deep import f\n",
        library / "toolbox" / "__init__.py": "",
        library / "toolbox" / "deep" / "__init__.py": "from .inner import f\nfrom .. import shared\n",
        library / "toolbox" / "deep" / "inner.py": "from ..other.last import f\n",
        library / "toolbox" / "shared.py": "",
        library / "toolbox" / "other" / "__init__.py": "",
        library / "toolbox" / "other" / "last.py": "def f(x): return 0\n",
        library / "toolbox" / "unused.py": "",
    }
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    config = CONFIG | {"problem": {"_target_": "src.problems.plain_function.PlainFunction", key: "mine.f"}}
    before = run_identity(config)
    for path, text in files.items():
        path.write_text(f"{text}# changed\n")
        identity._imports.cache_clear()
        assert (run_identity(config) != before) is (path.name != "unused.py"), path
        path.write_text(text)
        identity._imports.cache_clear()
    assert run_identity(config) == before


def test_the_bytes_of_a_file_that_is_named_count(tree):
    (tree / "data").mkdir()
    for name in ("data/mine.npz", "alone.csv"):
        config = CONFIG | {"problem": {"_target_": "src.problems.mlp.MLP", "data": [{"path": name}]}}
        without = run_identity(config)
        (tree / name).write_bytes(b"1")
        first = run_identity(config)
        (tree / name).write_bytes(b"2")
        assert len({without, first, run_identity(config)}) == 3


def test_an_installed_package_counts_by_its_version(tree, monkeypatch):
    config = CONFIG | {"problem": {"_target_": "src.problems.plain_function.PlainFunction", "function": "scipy.f"}}
    before = run_identity(config)
    monkeypatch.setattr(identity, "version", lambda name: "0.0")
    assert run_identity(config) != before


def test_how_a_run_is_called_is_no_part_of_what_it_is():
    """Narrowing a grid to one value takes the value out of the method's name, and must not repeat the run."""
    assert composed_identity("label=mine") == composed_identity()


@pytest.mark.slow
def test_the_modules_used_are_those_that_an_import_loads():
    """Against the interpreter: what is in sys.modules after the import of the roots in a fresh process."""
    roots = ["src.protocol.comparison", "src.problems.mlp"]
    code = f"import sys, {', '.join(roots)}; print(*(name for name in sys.modules if name.split('.')[0] == 'src'))"
    loaded = subprocess.run(
        [sys.executable, "-c", code], cwd=REPOSITORY, capture_output=True, text=True, check=True
    ).stdout.split()
    used = {name for name in modules_used(roots) if name.split(".")[0] == "src"}
    assert used == set(loaded)


def test_imports_are_absolute_so_that_they_are_seen():
    for path in (REPOSITORY / "src").rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        assert not [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.level], path


def test_a_sweep_is_its_jobs(tree):
    jobs = [["optimizer=adam", "seeds=5"], ["optimizer=gd", "seeds=5"]]
    before = sweep_identity("study", jobs)
    assert sweep_identity("study", jobs) == before
    assert sweep_identity("other", jobs) != before
    assert sweep_identity("study", jobs[:1]) != before
    assert sweep_identity("study", [["hydra.launcher.n_jobs=1", *job, "force=true"] for job in jobs]) == before
    assert sweep_identity("study", [["optimizer=adam"], ["seeds=5", "optimizer=gd", "seeds=5"]]) != before
    (tree / "conf" / "a_new_one.yaml").write_text("x: 1\n")
    assert sweep_identity("study", jobs) == before, "the same command is the same sweep, whatever the code"


def test_a_summary_is_its_runs_settings_and_gathering_code(tree):
    settings = {"_target_": "src.protocol.comparison.Comparison", "name": "mine", "claims": {"C4": {"smallest": 0.1}}}

    def identity_now(settings=settings, runs=("a", "b")):
        identity._imports.cache_clear()
        return gathering_identity(settings, ["src.command.gather_sweep"], runs)

    before = identity_now()
    assert identity_now(runs=("b", "a")) == before
    assert len({identity_now(runs=runs) for runs in (("a", "b"), ("ab",), ("a",), ("a", "b", "b"), ())}) == 5
    assert identity_now(settings | {"claims": {"C4": {"smallest": 0.2}}}) != before
    for path, changes in (("src/protocol/ranking.py", True), ("src/studies/textbook/study.py", False)):
        original = (tree / path).read_text()
        (tree / path).write_text(original + "# changed\n")
        assert (identity_now() != before) is changes, path
        (tree / path).write_text(original)


def test_a_figures_code_is_its_own_and_what_it_imports(tree):
    before = code_identity(["src.figures.paths"])
    for path, changes in (
        ("src/figures/paths.py", True),
        ("src/plotting/style.py", True),
        ("src/figures/ranking.py", False),
    ):
        original = (tree / path).read_text()
        (tree / path).write_text(original + "# changed\n")
        identity._imports.cache_clear()
        assert (code_identity(["src.figures.paths"]) != before) is changes, path
        (tree / path).write_text(original)
