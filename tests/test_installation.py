"""The laboratory as a package: a wheel and an editable install hold all code and configs, and run elsewhere."""

import os
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest
from project import ROOT, copied, run

pytestmark = [pytest.mark.slow, pytest.mark.command]
RUN = (
    "-m",
    "src.run",
    "problem=bowl",
    "optimizer=gd",
    "profile=tiny",
    "figures=[loss_band]",
    "sweep_figures=[ranking]",
)


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    folder = tmp_path_factory.mktemp("source")
    copied(folder)
    return folder


@pytest.fixture
def environment(tmp_path):
    """A fresh environment that sees this one's packages, but not the work tree."""
    place = tmp_path / "environment"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(place)], check=True)
    python = place / "bin" / "python"
    own = subprocess.run(
        [str(python), "-c", "import sysconfig; print(sysconfig.get_paths()['purelib'])"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    Path(own, "shared.pth").write_text(sysconfig.get_paths()["purelib"], encoding="utf-8")
    return python


def installed(environment, *words):
    run(ROOT, sys.executable, "-m", "pip", "--python", str(environment), "install", "--quiet", "--no-deps", *words)


def runs_elsewhere(environment, folder):
    folder.mkdir()
    kept = {key: value for key, value in os.environ.items() if key not in ("PYTHONPATH", "MLFLOW_TRACKING_URI")}
    done = subprocess.run([str(environment), *RUN], cwd=folder, env=kept, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert (folder / "results" / "single" / "figures" / "ranking.png").is_file()
    where = subprocess.run(
        [str(environment), "-c", "import src.run; print(src.run.CONF)"],
        cwd=folder,
        env=kept,
        capture_output=True,
        text=True,
        check=True,
    )
    return where.stdout.strip()


def test_a_wheel_holds_every_module_and_config_and_runs_elsewhere(source, environment, tmp_path):
    run(source, sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "-w", str(tmp_path / "wheels"), ".")
    [wheel] = (tmp_path / "wheels").glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        held = set(archive.namelist())
    wanted = {path.relative_to(source).as_posix() for path in source.glob("src/**/*.py")}
    wanted |= {path.relative_to(source).as_posix() for path in source.glob("src/**/*.j2")}
    wanted |= {path.relative_to(source).as_posix() for path in source.glob("conf/**/*.yaml")}
    wanted |= {
        path.relative_to(source).as_posix() for path in source.glob("pipelines/report/**/*.*") if path.is_file()
    }
    assert wanted <= held
    assert not [name for name in held if name.startswith(("tests/", "benchmarks/"))]
    installed(environment, str(wheel))
    assert runs_elsewhere(environment, tmp_path / "elsewhere").startswith(str(environment.parents[1]))


def test_an_editable_install_runs_the_source_as_it_is(source, environment, tmp_path):
    installed(environment, "--editable", str(source))
    assert runs_elsewhere(environment, tmp_path / "elsewhere") == str(source / "conf")
