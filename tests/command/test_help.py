"""--help lists what there is, without waiting for anything heavy."""

import subprocess
import sys

import pytest

pytestmark = pytest.mark.command


@pytest.mark.parametrize("option", ["--help", "-h"])
def test_help_lists_every_yaml_and_imports_nothing_heavy(laboratory, option):
    shown = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "src.run", option],
        cwd=laboratory.folder,
        env=laboratory.environment({}),
        capture_output=True,
        text=True,
        check=False,
    )
    assert shown.returncode == 0
    for group in ("study", "problem", "optimizer"):
        listed = {path.stem for path in (laboratory.root / "conf" / group).glob("*.yaml")}
        assert listed
        assert listed <= set(shown.stdout.replace(",", " ").split())
    assert "until=decided" in shown.stdout
    assert "src.settle" in shown.stdout
    imported = {line.rpartition("|")[2].strip().partition(".")[0] for line in shown.stderr.splitlines()}
    assert "src" in imported
    assert imported.isdisjoint({"torch", "hydra", "omegaconf", "mlflow", "numpy", "pandas", "matplotlib", "yaml"})
    assert list(laboratory.folder.iterdir()) == []
