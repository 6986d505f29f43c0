"""A run's identity changes with what its numbers depend on, and with nothing else."""

import ast
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hydra import compose, initialize_config_dir

from src import run
from src.command.work import Job
from src.store import identity
from src.store.identity import combined_identity, modules_used, run_identity, sweep_identity, targets

REPOSITORY = Path(__file__).resolve().parents[2]
CONFIG = {
    "problem": {"_target_": "src.problems.rosenbrock.Rosenbrock", "dimension": 2, "lower": [-2.0, -1.0]},
    "optimizer": {
        "_target_": "src.optimizers.chain.Chain",
        "parts": [{"_target_": "src.optimizers.clip.Clip"}, {"_target_": "src.optimizers.adam.Adam", "eps": 1e-8}],
    },
    "study": {"_target_": "src.studies.comparison.Comparison"},
    "rate": None,
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
        "src/studies/comparison.py",
        "src/studies/tuned_run.py",
        "src/engine/descend.py",
        "src/core/streams.py",
        "src/statistics/ranks.py",
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
        "src/studies/textbook.py",
        "src/figures/paths.py",
        "src/tracking/tell.py",
        "src/command/work.py",
        "src/store/runs.py",
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
        CONFIG | {"rate": 0.1},
        CONFIG | {"problem": CONFIG["problem"] | {"lower": [-2.0, -1.5]}},
        CONFIG | {"optimizer": CONFIG["optimizer"] | {"parts": CONFIG["optimizer"]["parts"][::-1]}},
        {key: value for key, value in CONFIG.items() if key != "rate"},
    ]
    assert len({run_identity(config) for config in (CONFIG, *others)}) == 6


def test_it_is_sixteen_digits_and_the_same_every_time():
    assert run_identity(CONFIG) == run_identity(CONFIG)
    assert len(run_identity(CONFIG)) == 16
    assert int(run_identity(CONFIG), 16) > 0


def test_how_a_study_is_worded_and_drawn_does_not_change_a_run():
    """Through the composed config, as a job of the command is."""
    words = ("study.question=Why?", "study.reading=So.", "figures=[]", "sweep_figures=[]")
    assert composed_identity(*words) == composed_identity()
    others = (
        "seeds=7",
        "root=1",
        "rate=0.1",
        "optimizer=gd",
        "label=mine",
        "tuning.widenings=0",
        "stopping.patience=3",
    )
    assert len({composed_identity(), *(composed_identity(other) for other in others)}) == 8


def composed_identity(*overrides):
    with initialize_config_dir(str(REPOSITORY / "conf"), version_base="1.3"):
        config = compose("config", list(overrides), return_hydra_config=True)
    parts = run._build(config, config.hydra.runtime.choices, "")
    nothing = {"number": 0, "runs": Path(), "sweep": "", "store": None, "revision": {}}
    figures = list(config.figures)
    return Job(cell=parts.cell, study=parts.study, config=parts.settings, figures=figures, **nothing).identity


def test_a_users_own_module_counts(tree):
    (tree / "mine.py").write_text("import helper\n")
    (tree / "helper.py").write_text("x = 1\n")
    config = CONFIG | {"optimizer": {"_target_": "mine.Mine"}}
    before = run_identity(config)
    (tree / "helper.py").write_text("x = 2\n")
    assert run_identity(config) != before


def test_targets_are_found_at_any_depth():
    assert targets(CONFIG) == {
        "src.problems.rosenbrock", "src.optimizers.chain", "src.optimizers.clip", "src.optimizers.adam",
        "src.studies.comparison",
    }  # fmt: skip
    assert targets({"a": 1, "b": [None, "x"]}) == set()


@pytest.mark.slow
def test_the_modules_used_are_those_that_an_import_loads():
    """Against the interpreter: what is in sys.modules after the import of the roots in a fresh process."""
    roots = ["src.studies.comparison", "src.problems.mlp"]
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


def test_a_sweep_is_its_jobs_and_all_of_the_code(tree):
    jobs = [["optimizer=adam", "seeds=5"], ["optimizer=gd", "seeds=5"]]
    before = sweep_identity("study", jobs)
    assert sweep_identity("study", jobs) == before
    assert sweep_identity("other", jobs) != before
    assert sweep_identity("study", jobs[:1]) != before
    assert sweep_identity("study", [["optimizer=adam"], ["seeds=5", "optimizer=gd", "seeds=5"]]) != before
    (tree / "conf" / "a_new_one.yaml").write_text("x: 1\n")
    assert sweep_identity("study", jobs) != before


def test_a_whole_is_its_parts_in_any_order():
    assert combined_identity(["a", "b"]) == combined_identity(["b", "a"])
    assert len({combined_identity(parts) for parts in (["a", "b"], ["ab"], ["a"], ["a", "b", "b"], [])}) == 5
