"""Rules of the layout that the import contracts cannot say, read from the source as text."""

import ast
import re
from pathlib import Path

import pytest
import yaml
from hydra import compose, initialize_config_dir

ROOT = Path(__file__).resolve().parents[2]
SOURCES = sorted((ROOT / "src").rglob("*.py"))
STUDIES = sorted(path.parent for path in (ROOT / "src" / "studies").glob("*/study.py"))
YAMLS = sorted((ROOT / "conf" / "study").glob("*.yaml"))
LONGEST = 300  # lines of a file


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def imports(path: Path) -> set[str]:
    found = set[str]()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return found


def draws(path: Path) -> bool:
    parts = path.relative_to(ROOT / "src").parts
    return parts[0] in ("plotting", "figures") or (parts[0] == "studies" and "figures" in parts)


def test_only_plotting_and_figures_know_matplotlib():
    knowing = {name_of(path) for path in SOURCES if any(one.split(".")[0] == "matplotlib" for one in imports(path))}
    assert knowing
    assert not [name for name in knowing if not draws(ROOT / name)]


def test_what_a_study_measures_never_imports_its_figures():
    for path in SOURCES:
        if not draws(path) and path.is_relative_to(ROOT / "src" / "studies"):
            assert not [one for one in imports(path) if ".figures" in one], name_of(path)


def test_claims_are_settled_in_claims_files_alone():
    settling = {name_of(path) for path in SOURCES if ".settle(" in path.read_text(encoding="utf-8")}
    assert settling
    assert {Path(name).name for name in settling} == {"claims.py"}


def test_a_figures_folder_holds_figures_and_nothing_else():
    folders = [ROOT / "src" / "figures", *(study / "figures" for study in STUDIES if (study / "figures").is_dir())]
    for path in (path for folder in folders for path in folder.glob("*.py") if not path.name.startswith("_")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        public = [node for node in tree.body if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")]
        assert [node.name for node in public] == [path.stem], name_of(path)
        marks = [ast.unparse(mark) for mark in public[0].decorator_list]
        assert any(mark.startswith("draws(") for mark in marks), name_of(path)


@pytest.mark.parametrize("path", YAMLS, ids=lambda path: path.stem)
def test_a_studys_yaml_names_a_class_in_a_folder_of_its_own_or_the_protocol(path):
    target = yaml.safe_load(path.read_text(encoding="utf-8"))["study"]["_target_"]
    assert re.fullmatch(r"src\.(studies\.\w+\.\w+|protocol\.comparison)\.\w+", target)


def test_no_file_is_long():
    lengths = {name_of(path): len(path.read_text(encoding="utf-8").splitlines()) for path in SOURCES}
    assert {name: length for name, length in lengths.items() if length > LONGEST} == {}


def test_each_package_says_in_its_init_what_lives_there():
    for folder in {path.parent for path in SOURCES}:
        text = ast.get_docstring(ast.parse((folder / "__init__.py").read_text(encoding="utf-8")))
        assert text, name_of(folder)
        assert text.splitlines()[0].endswith((".", ":")), name_of(folder)


def test_dvc_yaml_is_one_page_and_knows_every_study():
    text = (ROOT / "dvc.yaml").read_text(encoding="utf-8")
    assert len(text.splitlines()) < 120
    pipeline = yaml.safe_load(text)
    names = {path.stem for path in YAMLS}
    assert set(pipeline["stages"]["study"]["foreach"]) == names
    own = [f"results/{name}/metrics.json" for name in pipeline["stages"]["study"]["foreach"]]
    assert pipeline["metrics"] == ["results/claims.json", *own]
    assert pipeline["plots"] == [f"results/{name}/figures" for name in pipeline["stages"]["study"]["foreach"]]
    for stage in ("overview", "claims", "report"):
        assert {f"results/{name}" for name in names} < set(pipeline["stages"][stage]["deps"]), stage
    assert set(yaml.safe_load((ROOT / "params.yaml").read_text(encoding="utf-8"))) == {
        "profile",
        "other_root",
        *names,
    }


@pytest.mark.parametrize("path", YAMLS, ids=lambda path: path.stem)
def test_a_stage_depends_on_all_code_and_configs_that_its_study_may_read(path):
    """Every package under src/ that a run or a figure imports, and every group of conf/."""
    stages = yaml.safe_load((ROOT / "dvc.yaml").read_text(encoding="utf-8"))["stages"]
    stage, deps = stages["study"], set(stages["shared_sources"]["deps"])
    own = {"conf/study/${key}.yaml", "conf/profile/${profile}.yaml", "${item.code}"}
    assert set(stage["do"]["deps"]) == own | set(stages["shared_sources"]["outs"]) | {"pipelines/other_root.py"}
    groups = {f"conf/{folder.name}" for folder in (ROOT / "conf").iterdir() if folder.is_dir()}
    assert groups - {"conf/study", "conf/profile"} <= deps
    packages = {f"src/{folder.name}" for folder in (ROOT / "src").iterdir() if (folder / "__init__.py").is_file()}
    assert packages - {"src/studies", "src/tracking", "src/advice"} <= deps  # advice reads results alone
    target = yaml.safe_load(path.read_text(encoding="utf-8"))["study"]["_target_"]
    code = "/".join(target.split(".")[:3]) if target.startswith("src.studies") else "src/protocol"
    assert stage["foreach"][path.stem]["code"] == code


@pytest.mark.parametrize("path", YAMLS, ids=lambda path: path.stem)
def test_params_yaml_holds_the_studys_own_settings(path):
    """So that the pipeline and ``+study=NAME`` run the same runs."""
    section = yaml.safe_load((ROOT / "params.yaml").read_text(encoding="utf-8"))[path.stem]
    with initialize_config_dir(str(ROOT / "conf"), version_base="1.3"):
        config = compose("config", [f"+study={path.stem}"])
    assert section["seeds"] == config.seeds
    if "tuning" in section:
        stages = yaml.safe_load((ROOT / "dvc.yaml").read_text(encoding="utf-8"))["stages"]
        own = "study.tuning.seeds=" in stages["study"]["foreach"][path.stem]["args"]
        tuning = config.study.tuning if own else config.tuning
        assert section["tuning"] == {"seeds": tuning.seeds}
