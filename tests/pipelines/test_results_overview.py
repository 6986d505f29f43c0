import json

import pandas as pd
import pytest

from pipelines.overview import main, overview


@pytest.fixture
def results(tmp_path):
    for study, metrics, summary in (
        ("zeal", {"bowl": {"gd": {"final_loss": 0.5, "best_rate": 0.1}}}, "seed,profile\n0,quick\n"),
        ("apt", {"sines": {"adam": {"final_loss": -0.79}, "gd": {}}}, "seed\n0\n"),
    ):
        folder = tmp_path / "results" / study
        folder.mkdir(parents=True)
        (folder / "metrics.json").write_text(json.dumps(metrics))
        (folder / "summary.csv").write_text(summary)
    return tmp_path / "results"


def test_one_row_a_metric_with_the_profile_that_made_it(results):
    assert overview(results, ["zeal", "apt"]).to_numpy().tolist() == [
        ["zeal", "bowl", "gd", "final_loss", 0.5, "quick"],
        ["zeal", "bowl", "gd", "best_rate", 0.1, "quick"],
        ["apt", "sines", "adam", "final_loss", -0.79, "full"],
    ]


def test_only_the_studies_that_are_asked_for_are_gathered(results, monkeypatch, capsys):
    monkeypatch.chdir(results.parent)
    assert main(["apt"]) == 0
    written = pd.read_csv(results / "overview.csv")
    assert list(written.columns) == ["study", "problem", "optimizer", "metric", "value", "profile"]
    assert written["study"].tolist() == ["apt"]
    assert capsys.readouterr().out == "results/overview.csv: 1 metrics of 1 studies\n"


def test_a_study_that_has_not_run_is_an_error(results):
    with pytest.raises(FileNotFoundError, match="nothing"):
        overview(results, ["nothing"])
