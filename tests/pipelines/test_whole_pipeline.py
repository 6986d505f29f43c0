"""The whole pipeline at the tiny profile, once: all stages end, and every study leaves what others read."""

import shutil

import mlflow
import pandas as pd
import pytest
import yaml
from hydra import compose, initialize_config_dir
from hydra.utils import instantiate
from project import ROOT, commit, copied, run, runs_done, stages_run

from pipelines.claims import write_ledger
from src.command.report import report
from src.plotting.catalogue import find_figures
from src.protocol.claims import VERDICTS
from src.protocol.ledger import Overall
from src.protocol.summary import HEADLINE, gather_study
from src.runs.directories import read_record, read_result
from src.tracking.store import Store

pytestmark = [pytest.mark.slow, pytest.mark.command]
STUDIES = sorted(path.stem for path in (ROOT / "conf" / "study").glob("*.yaml"))
every_study = pytest.mark.parametrize("study", STUDIES)
OTHERS = ("shared_sources", "other_studies", "overview", "claims", "report")  # stages that are no study's
STATISTICS = ("stopped_rate", "stopped_step", "steps_saved", "stopping_cost")


@pytest.fixture(scope="module")
def project(tmp_path_factory, empty_database):
    folder = tmp_path_factory.mktemp("project")
    copied(folder)
    shutil.copy(empty_database, folder)
    params = (folder / "params.yaml").read_text()
    small = params.replace("profile: full", "profile: tiny").replace(
        "  seeds: 10 # test seeds at most", "  seeds: 0 #"
    )
    (folder / "params.yaml").write_text(small)
    run(folder, "git", "init", "-q")
    commit(folder)
    output = run(folder, "dvc", "repro")
    assert sorted(stages_run(output)) == sorted([*(f"study@{name}" for name in STUDIES), *OTHERS])
    commit(folder)
    return folder


def claims_of(study):
    return yaml.safe_load((ROOT / "conf" / "study" / f"{study}.yaml").read_text())["study"].get("claims", {})


@every_study
def test_a_study_leaves_the_tables_that_it_owes(project, study):
    results = project / "results" / study
    summary = pd.read_csv(results / "summary.csv", low_memory=False)
    assert {"problem", "method", "seed", "profile"} <= set(summary)
    assert set(summary["profile"]) == {"tiny"}
    headline = pd.read_csv(results / "headline.csv")
    assert list(headline)[: len(HEADLINE)] == list(HEADLINE)
    assert headline["quantity"].str.fullmatch(r"[a-z0-9_]+").all()
    if claims_of(study):
        assert set(VERDICTS) <= set(pd.read_csv(results / "verdicts.csv"))
    pictures = list((results / "figures").glob("*.png"))
    assert pictures
    assert all(picture.stat().st_size > 5000 for picture in pictures)


def test_the_overview_and_the_claims_hold_every_study(project):
    overview, claims = (pd.read_csv(project / "results" / f"{name}.csv") for name in ("overview", "claims"))
    assert set(overview["study"]) == set(STUDIES)
    assert set(overview["profile"]) == {"tiny"}
    settled = {(study, claim) for study in STUDIES for claim in claims_of(study)}
    with_study = claims[claims["study"].notna()]
    assert set(zip(with_study["study"], with_study["claim"], strict=True)) == settled
    assert claims["verdict"].isin(list(Overall)).all()
    assert claims["reason"].notna().all()
    assert with_study["rule_date"].notna().all()
    assert {f"C{number}" for number in range(1, 47)} <= set(claims["claim"].str.partition(".")[0])


def test_the_report_holds_every_study_claim_and_figure(project):
    page = (project / "reports" / "index.html").read_text()
    for study in STUDIES:
        assert f'id="study-{study}"' in page
        for picture in (project / "results" / study / "figures").glob("*.png"):
            assert f'id="figure-{study}-{picture.stem}"' in page
    assert page.count('<tr class="claim ') == len(pd.read_csv(project / "results" / "claims.csv"))


def test_nothing_is_run_again(project):
    output = run(project, "dvc", "repro")
    assert stages_run(output) == []
    assert output.count("didn't change, skipping") == len(STUDIES) + len(OTHERS)


@pytest.fixture(scope="module")
def runs(project):
    client = Store(f"sqlite:///{project / 'mlflow.db'}").client
    experiments = [one.experiment_id for one in client.search_experiments() if one.name != "Default"]
    found, token = [], None
    while True:
        page = client.search_runs(experiments, max_results=500, page_token=token)
        found += page
        token = page.token
        if not token:
            return client, found


@every_study
def test_every_run_has_metrics_figures_and_early_stopping_statistics_or_the_reason(runs, study):
    client, found = runs
    own = [one for one in found if one.data.tags["study"] == study]
    assert {one.info.status for one in own} == {"FINISHED"}
    assert [one.data.tags["kind"] for one in own].count("sweep") == 1
    for one in (each for each in own if each.data.tags["kind"] == "cell"):
        name = one.info.run_name
        assert [key for key in one.data.metrics if "/" not in key], f"{name}: no end metric"
        assert client.list_artifacts(one.info.run_id, "figures"), f"{name}: no figure"
        for statistic in STATISTICS:
            reason = one.data.tags.get(f"missing.{statistic}")
            assert (statistic in one.data.metrics) != bool(reason), f"{name}: {statistic}, {reason}"
        assert one.data.tags["diagnosis"], name


@every_study
def test_narrowed_to_any_one_value_or_cell_a_study_still_ends_with_its_tables(project, study):
    """A law: what lacks its runs is left out and named; the tables that are owed, the answer and figures come."""
    with initialize_config_dir(str(ROOT / "conf"), version_base="1.3"):
        config = compose("config", [f"+study={study}", "profile=tiny"])
    built = instantiate(config.study, _convert_="all")
    figures = find_figures(list(config.sweep_figures), "sweep_figures", "sweep", config.study._target_)
    paths = [
        path.parent for path in (project / "runs").glob("*/run.json") if read_record(path.parent)["study"] == study
    ]
    cells = {path: read_result(path) for path in paths}
    names = {path: yaml.safe_load((path / "config.yaml").read_text())["names"] for path in paths}
    values = {(key, value) for own in names.values() for key, value in own.items() if key != "profile"}
    narrowed = [[path for path in paths if names[path].get(key) == value] for key, value in sorted(values)]
    for few in [*narrowed, *([path] for path in paths)]:
        gathered = gather_study(built, [cells[path] for path in few])
        assert len(gathered.tables["headline"]) > 0
        assert all(gathered.missing.values())
        said = report(built, gathered, project, None, ended="")
        for claim in gathered.missing:
            assert claim in said
        for figure in figures:
            figure.draw(gathered.tables, gathered.about)


def test_a_new_optimizer_beside_the_others_repeats_no_run(project):
    shutil.copy(project / "conf/optimizer/adam.yaml", project / "conf/optimizer/lion.yaml")
    (project / "src/optimizers/lion.py").write_text('"""A new method, of which no study here knows."""\n')
    output = run(project, "dvc", "repro", "study@optimizer_comparison")
    assert stages_run(output) == ["shared_sources", "study@optimizer_comparison"]
    assert runs_done(output) == 0


def test_an_edited_figure_is_drawn_again_and_repeats_no_run(project):
    figure = project / "src/studies/warmup/figures/trained_share.py"
    figure.write_text(figure.read_text().replace('y="', 'y="EDITED '))
    picture = project / "results/warmup/figures/warmup_trained_share.png"
    before = picture.read_bytes()
    output = run(project, "dvc", "repro", "study@warmup")
    assert stages_run(output) == ["study@warmup"]
    assert runs_done(output) == 0
    assert picture.read_bytes() != before


def test_an_edited_rule_of_a_claim_repeats_no_run_and_adds_no_second_summary(project):
    path = project / "conf/study/warmup.yaml"
    path.write_text(path.read_text().replace("smallest_effect: 0.1", "smallest_effect: 0.2"))
    code = project / "src/studies/warmup/claims.py"
    code.write_text(f"{code.read_text()}\n# the rule is another one\n")
    output = run(project, "dvc", "repro", "study@warmup")
    assert runs_done(output) == 0
    assert set(pd.read_csv(project / "results/warmup/verdicts.csv")["smallest_effect"]) <= {0.2}
    client = Store(f"sqlite:///{project / 'mlflow.db'}").client
    experiment = client.get_experiment_by_name("warmup").experiment_id
    summaries = client.search_runs([experiment], "tags.kind = 'sweep'", mlflow.entities.ViewType.ACTIVE_ONLY)
    assert len(summaries) == 1


NEW_STUDY = '''"""Distances from the origin: a study of one file."""

from dataclasses import dataclass

import pandas as pd

from src.core.result import Result
from src.protocol.study import Study


@dataclass(frozen=True, kw_only=True)
class Distances(Study):
    name: str
    question: str
    how_to_read: str

    def measure(self, cell):
        summary = pd.DataFrame({"split": "test", "seed": range(cell.seeds), "final_loss": 0.5})
        about = {**cell.names, "study": self.name, "seeds": cell.seeds}
        return Result(tables={"summary": summary}, metrics={"final_loss": 0.5}, about=about)

    def gather(self, cells):
        return Result(tables={}, metrics={}, about={"study": self.name, "profile": cells[0].about["profile"]})

    def headline(self, gathered):
        return [("mean_loss", 0.5, float("nan"), float("nan"), "1", "bowl")]

    def answer(self, gathered):
        return {}
'''


def test_a_new_study_of_one_folder_and_one_yaml_enters_the_pipeline_the_store_and_the_overview(project):
    folder = project / "src/studies/distances"
    folder.mkdir()
    (folder / "__init__.py").write_text('"""A study that was added just now."""\n')
    (folder / "study.py").write_text(NEW_STUDY)
    about = {"_target_": "src.studies.distances.study.Distances", "name": "distances"}
    about |= {"question": "How far?", "how_to_read": "So."}
    (project / "conf/study/distances.yaml").write_text(
        "# @package _global_\n" + yaml.safe_dump({"study": about, "figures": [], "sweep_figures": []})
    )
    output = run(project, "dvc", "repro", "--single-item", "other_studies", "overview")
    assert stages_run(output) == ["other_studies", "overview"]
    overview = pd.read_csv(project / "results/overview.csv").set_index("study")
    assert overview.loc["distances", "value"] == 0.5
    client = Store(f"sqlite:///{project / 'mlflow.db'}").client
    experiment = client.get_experiment_by_name("distances").experiment_id
    assert len(client.search_runs([experiment])) == 2


def test_a_study_settled_on_another_root_seed_says_so_in_the_ledger(project):
    """The last test here: it adds runs to a study."""
    results = project / "results"
    folder = results / "noise_regularization"
    assert not list(results.glob("*/other_root.csv"))  # seeds: 0 leaves it out
    words = ("study=noise_regularization", "profile=tiny", "root_seed=1000", "seeds=2")
    run(project, "python", "-m", "pipelines.other_root", *words)
    other, own = (pd.read_csv(folder / f"{name}.csv") for name in ("other_root", "verdicts"))
    assert other[["claim", "settings"]].equals(own[["claim", "settings"]])
    assert set(other["root_seed"]) == {1000}
    assert set(pd.read_csv(folder / "claims.csv")["root_seed"]) == {0}  # its own results stay
    ledger = write_ledger(results, ("noise_regularization", "warmup"), {}, {})
    told = {study: set(own["other_root"]) for study, own in ledger.groupby("study")}
    assert "" not in told["noise_regularization"]
    assert told["warmup"] == {""}
    verdicts = pd.read_csv(results / "verdicts.csv").set_index("study")
    assert verdicts.loc["noise_regularization", "other_root"].tolist() == other["verdict"].tolist()
