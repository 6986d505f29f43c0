"""The recipes of CONTRIBUTING.md, carried out in a copy of the project: their files written, their commands run."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from project import ENVIRONMENT, copied

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
SECTIONS = {part.partition("\n")[0]: part for part in re.split(r"^## ", TEXT, flags=re.M)[1:]}
RECIPES = [name for name in SECTIONS if name != "House rules"]
# A file is a fenced block behind a line that ends in its path; a command stands in a block of its own.
FILE = re.compile(r"`([\w/.]+\.(?:py|yaml))`[^`]*?:\n\n```(?:python|yaml)\n(.*?)```", re.S)
COMMAND = re.compile(r"```sh\n(.*?)\n```", re.S)
RESULTS = {
    "An optimizer": "optimizer_comparison",
    "A search method": "gradient_free",
    "A problem": "single",
    "A study of a grid": "schedules_on_valleys",
    "A study with a measurement of its own": "first_steps",
}
LAWS = {"An optimizer": "lion", "A search method": "compass", "A problem": "beale"}


def test_every_recipe_is_known_here():
    assert list(RESULTS) == RECIPES
    for name in RECIPES:
        assert FILE.findall(SECTIONS[name]), name
        assert len(COMMAND.findall(SECTIONS[name])) == 1, name


@pytest.mark.slow
@pytest.mark.command
@pytest.mark.parametrize("name", RECIPES)
def test_a_recipe_works_as_it_stands(name, tmp_path, empty_database):
    copied(tmp_path)
    shutil.copy(empty_database, tmp_path)
    for path, content in FILE.findall(SECTIONS[name]):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(content)
    [command] = COMMAND.findall(SECTIONS[name])
    words = command.replace("python", sys.executable, 1).split()
    done = subprocess.run(
        [*words, "profile=tiny"], cwd=tmp_path, env=ENVIRONMENT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    own = tmp_path / "results"
    [results] = [path for path in (own / RESULTS[name], *(own / "sweeps" / RESULTS[name]).glob("*")) if path.is_dir()]
    assert len(pd.read_csv(results / "summary.csv")) > 0
    assert len(pd.read_csv(results / "headline.csv")) > 0
    assert list((results / "figures").glob("*.png"))
    if name in LAWS:
        assert LAWS[name] in (results / "summary.csv").read_text()
