import shutil

import pytest
import yaml

from pipelines.composition import CompositionError
from pipelines.stages import ROOT, main, pipeline, pipeline_text


@pytest.fixture
def conf(tmp_path):
    return shutil.copytree(ROOT / "conf", tmp_path / "conf")


def stages(conf, **params):
    path = conf.parent / "params.yaml"
    path.write_text(yaml.safe_dump({"profile": "full", **params}))
    return pipeline(conf, path)["stages"]


def study(conf, name, **params):
    content = {"hydra": {"sweeper": {"params": params}}, "study": {"_target_": "src.studies.comparison.Comparison"}}
    (conf / "study" / f"{name}.yaml").write_text(yaml.safe_dump(content))


def test_dvc_yaml_is_up_to_date():
    written = (ROOT / "dvc.yaml").read_text()
    assert written == pipeline_text(ROOT / "conf", ROOT / "params.yaml"), "run python -m pipelines.stages"


def test_check_says_when_it_is_not(capsys, monkeypatch, tmp_path):
    assert main(["--check"]) == 0
    for name in ("conf", "params.yaml"):
        (tmp_path / name).symlink_to(ROOT / name)
    assert main(["--chekc"]) == 2
    (tmp_path / "dvc.yaml").write_text("stages: {}\n")
    monkeypatch.setattr("pipelines.stages.pipeline_text", lambda conf, params: "stages: {x: y}\n")
    assert main(["--check"]) == 1
    assert "run python -m pipelines.stages" in capsys.readouterr().err


def test_a_stage_depends_on_what_its_study_reads_and_no_more(conf):
    study(conf, "small", optimizer="gd,robust", problem="bowl")
    found = stages(conf)["small"]["deps"]
    assert {
        "src/optimizers/gd.py",
        "src/optimizers/clip.py",
        "src/problems/quadratic.py",
        "src/engine/descend.py",
    } <= set(found)
    assert {"src/run.py", "src/figures/catalogue.py", "src/studies/comparison.py", "conf/config.yaml"} <= set(found)
    assert {"conf/study/small.yaml", "conf/optimizer/robust.yaml", "conf/profile/${profile}.yaml"} <= set(found)
    others = ("adagrad", "adam", "rosenbrock", "conf/study/textbook", "profile/quick", "pipelines", "tracking/ui")
    assert not [path for path in found for other in others if other in path]
    assert found == sorted(set(found))


def test_a_new_study_or_optimizer_changes_no_other_stage(conf):
    before = stages(conf)
    study(conf, "small", optimizer="gd", problem="bowl")
    shutil.copy(conf / "optimizer" / "adam.yaml", conf / "optimizer" / "lion.yaml")
    after = stages(conf)
    assert set(after) - set(before) == {"small"}
    assert all(after[name] == before[name] for name in before if name != "overview")
    assert "results/small/metrics.json" in after["overview"]["deps"]


def test_a_section_is_handed_to_its_study_alone(conf):
    found = stages(conf, textbook={"seeds": 2, "tuning": {"seeds": 3}})
    assert found["textbook"]["cmd"].endswith(
        "profile=${profile} seeds=${textbook.seeds} tuning.seeds=${textbook.tuning.seeds}"
    )
    assert found["textbook"]["params"] == ["profile", "textbook"]
    assert found["optimizer_comparison"]["cmd"].endswith(
        "python -m src.run +study=optimizer_comparison profile=${profile}"
    )
    assert found["optimizer_comparison"]["params"] == ["profile"]


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"textbok": {"seeds": 1}}, "textbok is no study"),
        ({"textbook": {"optimizer": "gd"}}, r"textbook\.optimizer: a study's grid"),
        ({"textbook": {"seeds": [1, 2]}}, r"seeds = \[1, 2\]: must be one word"),
        ({"textbook": {"rate": None}}, "rate = None: must be one word"),
    ],
)
def test_params_that_no_command_could_be_handed_are_refused(conf, params, message):
    with pytest.raises(CompositionError, match=message):
        stages(conf, **params)
