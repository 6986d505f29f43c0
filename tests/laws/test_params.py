"""What params.yaml lets a person vary changes the runs: no setting is an empty promise."""

from pathlib import Path

import pytest
import yaml
from hydra import compose, initialize_config_dir
from hydra.core.override_parser.overrides_parser import OverridesParser

from src.composition.grid import own_grid
from src.composition.parts import build

ROOT = Path(__file__).resolve().parents[2]
STUDIES = yaml.safe_load((ROOT / "dvc.yaml").read_text(encoding="utf-8"))["stages"]["study"]["foreach"]


@pytest.mark.parametrize("study", STUDIES)
def test_what_params_yaml_varies_is_part_of_a_runs_identity(study):
    keys = [word.partition("=")[0] for word in STUDIES[study]["args"].split()]
    assert keys
    for key in keys:
        with initialize_config_dir(str(ROOT / "conf"), version_base="1.3"):
            settings = [settings_of(study, f"{key}={value}") for value in (7, 9)]
        assert settings[0] != settings[1], key


def settings_of(study, *overrides):
    """What decides the numbers of the first run of a study's own grid."""
    base = compose("config", [f"+study={study}", *overrides], return_hydra_config=True)
    grid = own_grid(base.hydra.sweeper.params or {}, 1, OverridesParser.create())
    words = [f"{name}={values[0]}" for name, values in grid.items()]
    config = compose("config", [f"+study={study}", *words, *overrides], return_hydra_config=True)
    return build(config, config.hydra.runtime.choices, "").settings
