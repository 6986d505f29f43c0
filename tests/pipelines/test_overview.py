"""The stages' own mains, on planted files."""

import pandas as pd
import pytest

from pipelines.other_studies import other_studies
from pipelines.overview import gathered, main
from src.protocol.summary import HEADLINE


@pytest.fixture
def project(tmp_path, monkeypatch):
    for study, profile in (("zeal", "quick"), ("apt", None)):
        folder = tmp_path / "results" / study
        folder.mkdir(parents=True)
        rows = pd.DataFrame([("best_mean_rank", 1.5, 1.0, 2.0, "1", "adam")], columns=list(HEADLINE))
        (rows.assign(profile=profile) if profile else rows).to_csv(folder / "headline.csv", index=False)
        (tmp_path / "conf" / "study").mkdir(parents=True, exist_ok=True)
        (tmp_path / "conf" / "study" / f"{study}.yaml").write_text("")
    (tmp_path / "dvc.yaml").write_text("stages: {study: {foreach: {apt: {}}}}\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_one_row_per_number_with_the_profile_that_made_it(project):
    table = gathered(project / "results", ["zeal", "apt"], "headline", HEADLINE)
    assert list(table) == ["study", *HEADLINE, "profile"]
    assert table[["study", "value", "profile"]].to_numpy().tolist() == [["zeal", 1.5, "quick"], ["apt", 1.5, "full"]]


def test_all_studies_are_gathered(project, capsys):
    assert main() == 0
    assert pd.read_csv(project / "results" / "overview.csv")["study"].tolist() == ["apt", "zeal"]
    assert capsys.readouterr().out == "results/overview.csv: 2 numbers of 2 studies\n"


def test_a_study_that_has_not_run_is_named_and_nothing_is_written(project, capsys):
    (project / "results" / "zeal" / "headline.csv").unlink()
    assert main() == 1
    assert capsys.readouterr().out.startswith("error: results/zeal/headline.csv: missing; run ")
    assert not (project / "results" / "overview.csv").exists()


def test_studies_without_a_stage_are_found(project):
    assert other_studies(project) == ["zeal"]
