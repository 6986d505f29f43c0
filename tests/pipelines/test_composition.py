import itertools
from pathlib import Path

import pytest
import yaml
from hydra import compose, initialize_config_dir

from pipelines.composition import CompositionError, study_files

CONF = Path(__file__).resolve().parents[2] / "conf"


@pytest.fixture
def conf(tmp_path):
    """Two problems, three optimizers, two settings, of which only ``other`` says another problem."""
    for name in (
        "problem/bowl",
        "problem/sines",
        "optimizer/adam",
        "optimizer/adagrad",
        "optimizer/gd",
        "profile/full",
    ):
        write(tmp_path, name, {})
    write(tmp_path, "setting/same", {"rate": 0.1})
    write(tmp_path, "setting/other", {"defaults": [{"override /problem": "sines"}]})
    defaults = [
        "_self_",
        {"problem": "bowl"},
        {"optimizer": "adam"},
        {"profile": "full"},
        {"override hydra/launcher": "joblib"},
    ]
    write(tmp_path, "config", {"defaults": defaults})
    return tmp_path


def write(conf, name, content):
    path = conf / f"{name}.yaml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(yaml.safe_dump(content))


def composed(conf, **study):
    write(conf, "study/one", study)
    return sorted(path.relative_to(conf).with_suffix("").as_posix() for path in study_files(conf, "one"))


def grid(**values):
    return {"sweeper": {"params": values}}


def test_a_study_without_a_grid_composes_the_defaults(conf):
    assert composed(conf) == ["config", "optimizer/adam", "problem/bowl", "study/one"]


def test_what_a_study_overrides_is_read_instead_of_the_default(conf):
    assert composed(conf, defaults=[{"override /problem": "sines"}]) == [
        "config",
        "optimizer/adam",
        "problem/sines",
        "study/one",
    ]


@pytest.mark.parametrize(
    ("values", "chosen"),
    [
        ("gd, adam", ["adam", "gd"]),
        ("choice(gd,adam)", ["adam", "gd"]),
        ("glob(ad*)", ["adagrad", "adam"]),
        ("gd", ["gd"]),
    ],
)
def test_the_grid_wins_over_defaults(conf, values, chosen):
    files = composed(
        conf, defaults=[{"override /optimizer": "adagrad"}], hydra=grid(optimizer=values, rate="0.1,0.2")
    )
    assert files == ["config", *(f"optimizer/{name}" for name in chosen), "problem/bowl", "study/one"]


def test_a_default_that_every_setting_replaces_is_not_read(conf):
    every = composed(conf, hydra=grid(**{"+setting": "other"}))
    assert every == ["config", "optimizer/adam", "problem/sines", "setting/other", "study/one"]
    some = composed(conf, hydra=grid(**{"+setting": "other,same"}))
    assert {"problem/bowl", "problem/sines", "setting/same"} < set(some)


def test_the_grid_wins_over_what_a_setting_says(conf):
    assert "problem/sines" not in composed(conf, hydra=grid(**{"+setting": "other", "problem": "bowl"}))


def test_what_is_not_understood_is_said(conf):
    with pytest.raises(CompositionError, match=r"lion\.yaml does not exist"):
        composed(conf, hydra=grid(optimizer="gd,lion"))
    with pytest.raises(CompositionError, match=r"optimizer: 'range\(1' is not the name"):
        composed(conf, hydra=grid(optimizer="range(1,3)"))
    with pytest.raises(CompositionError, match="defaults entry 'base'"):
        composed(conf, defaults=["base"])


@pytest.mark.parametrize("study", sorted(path.stem for path in (CONF / "study").glob("*.yaml")))
def test_hydra_composes_the_same_files(study):
    chosen = {CONF / "config.yaml"}
    with initialize_config_dir(str(CONF), version_base="1.3"):
        base = compose("config", [f"+study={study}"], return_hydra_config=True)
        values = {key: str(value).split(",") for key, value in (base.hydra.sweeper.params or {}).items()}
        for row in range(max(map(len, values.values()), default=1)):  # every value of each key, not every combination
            job = [f"{key}={next(itertools.islice(itertools.cycle(of), row, None))}" for key, of in values.items()]
            config = compose("config", [f"+study={study}", *job], return_hydra_config=True)
            groups = {key: name for key, name in config.hydra.runtime.choices.items() if not key.startswith("hydra/")}
            chosen |= {CONF / group / f"{name}.yaml" for group, name in groups.items() if group != "profile"}
    assert study_files(CONF, study) == chosen
