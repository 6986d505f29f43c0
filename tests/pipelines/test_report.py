"""The report of planted tables: all claims, studies and figures are there, names are text, nothing lies outside."""

import base64
import io
import re
from html.parser import HTMLParser

import numpy as np
import pandas as pd
import pytest
import yaml
from PIL import Image

from pipelines.claims import write_ledger
from pipelines.report.__main__ import main
from pipelines.report.page import MOST_ROWS, report_page
from src.protocol.claims import Claim, verdicts_table
from src.protocol.ledger import cards_table, rule_digest, sentence
from src.protocol.summary import HEADLINE
from src.statistics.intervals import Estimate

EVIL = "<script>alert('x')</script>"
RULE = {"estimand": "share of <seeds>", "smallest_effect": 0.5, "direction": "above"}
CLAIMS = {
    "C2": Claim(statement='A "good" method & a <b>better</b> one.', **RULE),
    "C10.a": Claim(statement="B is better.", changed="the grid", seen_roots=(0,), **RULE),
    "C11": Claim(statement="C is better.", **RULE),
    "C12": Claim(statement="D is better.", **RULE),
}
EFFECTS = {
    "C2": [Estimate(0.8, 0.7, 0.9), Estimate(0.7, 0.6, 0.8)],
    "C10.a": [Estimate(0.8, 0.7, 0.9), Estimate(0.2, 0.1, 0.3)],
    "C11": [Estimate(np.inf, np.inf, np.inf)],
    "C12": [Estimate(0.6, np.nan, np.nan)],
}
REFERENCES = {"C2": ("N", "A is better"), "C33": ("N, T", "nobody has tested E")}
MEANING = {"supported": "Use A & nothing else."}
STUDIES = ("apt", "zeal", "not_run")


class Page(HTMLParser):
    """Names of places, links, pictures and claims of a page."""

    def __init__(self, text):
        super().__init__()
        self.ids, self.links, self.sources, self.tags, self.claims = [], [], [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        own = dict(attrs)
        self.tags.append(tag)
        self.ids += [own["id"]] if "id" in own else []
        self.links += [own["href"]] if "href" in own else []
        self.sources += [own["src"]] if "src" in own else []
        if tag == "tr" and "claim" in own.get("class", "").split():
            self.claims.append(own["class"].split()[1])


def verdicts():
    rows = [
        CLAIMS[name].settle(name, effect, f"setting {place} of {EVIL}")
        for name, effects in EFFECTS.items()
        for place, effect in enumerate(effects)
    ]
    table = verdicts_table(rows)
    table.loc[:1, "half_seeds"] = "inconclusive"
    return table


@pytest.fixture
def project(tmp_path, monkeypatch):
    for study in STUDIES:
        (tmp_path / "conf" / "study").mkdir(parents=True, exist_ok=True)
        claims = {name: {"meaning": MEANING} for name in CLAIMS} if study == "apt" else {}
        texts = {
            "name": study,
            "question": "Which <i>one</i>?",
            "how_to_read": "Run `python -m x`.",
            "claims": claims,
        }
        text = yaml.safe_dump({"study": texts})
        (tmp_path / "conf" / "study" / f"{study}.yaml").write_text(text)
    results = tmp_path / "results"
    for study in STUDIES[:2]:
        (results / study / "figures").mkdir(parents=True)
        rows = pd.DataFrame([("best_rank", 1.5, 1.0, np.nan, "1", EVIL)], columns=list(HEADLINE))
        rows.to_csv(results / study / "headline.csv", index=False)
    methods = pd.DataFrame({"problem": "bowl", "method": [EVIL, "adam", "adam (rate 0.1)"], "seed": 0})
    methods.to_csv(results / "apt" / "summary.csv", index=False)
    ranks = pd.DataFrame({"problem": "bowl", "method": ["adam", EVIL], "rank": [1, 2], "tied_with_best": True})
    ranks.to_csv(results / "apt" / "ranking.csv", index=False)
    means = pd.DataFrame({"method": ["adam", EVIL], "mean_rank": [1.0, 2.0], "profile": "quick"})
    means.to_csv(results / "apt" / "overall.csv", index=False)
    runs = pd.DataFrame({"method": "adam", "diagnosis": "healthy", "run": [f"{place:04d}" for place in range(50)]})
    runs.to_csv(results / "apt" / "diagnoses.csv", index=False)
    for run in runs["run"]:
        (tmp_path / "runs" / run).mkdir(parents=True)
    (results / "apt" / "page.md").write_text("# apt")
    pd.DataFrame({"many": range(MOST_ROWS + 1)}).to_csv(results / "apt" / "long.csv", index=False)
    (results / "apt" / "empty.csv").write_text("")
    verdicts().to_csv(results / "apt" / "verdicts.csv", index=False)
    cards_table(CLAIMS, 0).to_csv(results / "apt" / "claims.csv", index=False)
    pixels = np.random.default_rng(0).integers(0, 256, (20, 30, 4), dtype=np.uint8)
    Image.fromarray(pixels).save(results / "apt" / "figures" / "apt_answer.png")
    write_ledger(results, STUDIES, REFERENCES, {("apt", "C2", rule_digest(CLAIMS["C2"])): "2026-01-02"})
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_each_claim_has_one_row_with_its_verdict_and_counts_are_those_of_the_ledger(project):
    text, _, _ = report_page(project)
    ledger = pd.read_csv(project / "results" / "claims.csv")
    assert Page(text).claims == ledger["verdict"].tolist()
    for verdict, count in ledger["verdict"].value_counts().items():
        assert re.search(rf'for="show-{verdict}".*</span> {verdict} <b>{count}</b>', text)
    assert f"all <b>{len(ledger)}</b>" in text


def test_a_claims_sentence_is_that_of_the_ledger(project):
    _, _, claims = report_page(project)
    rows = pd.read_csv(project / "results" / "claims.csv", keep_default_na=False, na_values=[""])
    assert {row.claim: row.rule_date for row in claims if row.rule_date} == {"C2": "2026-01-02"}
    words = ["half_seeds", "other_root", "changed", "study", "standing"]
    rows[words] = rows[words].astype(object).fillna("")
    said = [" ".join(filter(None, (f"{row.prefix}{row.statement}", row.details))) for row in claims]
    assert said == [sentence(row) for row in rows.to_dict("records")]


def test_a_verdict_that_its_study_explains_has_that_text_and_others_the_general_one(project):
    _, _, claims = report_page(project)
    advice = {row.claim: row.advice for row in claims}
    assert {name for name, text in advice.items() if text == MEANING["supported"]} == {
        row.claim for row in claims if row.verdict == "supported" and row.study == "apt"
    }
    assert "C2" in advice
    assert all(advice.values())


def test_how_many_verdicts_hold_and_how_many_are_expected_to_be_false(project):
    text = " ".join(report_page(project)[0].split())
    held = pd.read_csv(project / "results" / "verdicts.csv")["verdict_fdr"].isin(["supported", "refuted"]).sum()
    assert held == 5
    assert f"Of 6 verdicts, one per claim and setting, {held} are supported or refuted" in text
    assert "at most about 0.25 of these are expected to be false" in text
    assert "get another verdict from half of the seeds: 1. Claims that are explored" in text


def test_names_and_texts_are_never_markup(project):
    text, _, _ = report_page(project)
    page = Page(text)
    assert page.tags.count("script") == 1
    assert not {"i", "b"} & set(re.findall(r"Which <(\w)>", text))
    assert "alert(" in text
    assert "<script>alert" not in text
    assert "&lt;b&gt;better&lt;/b&gt;" in text
    assert "<code>python -m x</code>" in text


def test_nothing_lies_outside_the_page(project):
    text, _, _ = report_page(project)
    page = Page(text)
    assert "http" not in text
    assert "@import" not in text
    assert "url(" not in text
    assert "link" not in page.tags
    assert all(source.startswith("data:image/") for source in page.sources)


def test_every_place_has_one_name_and_every_link_leads_somewhere(project):
    main()
    page = Page((project / "reports" / "index.html").read_text())
    assert len(set(page.ids)) == len(page.ids)
    inside = {link[1:] for link in page.links if link.startswith("#")}
    assert inside <= set(page.ids)
    for link in page.links:
        assert link.startswith("#") or (project / "reports" / link).exists(), link
    assert {f"../runs/{place:04d}/" for place in range(50)} <= set(page.links)
    assert "../results/apt/page.md" in page.links


def test_every_study_has_a_section_also_one_that_has_not_run(project):
    text, sections, _ = report_page(project)
    assert {f"study-{name}" for name in STUDIES} <= set(Page(text).ids)
    assert {section.about.name: section.headline is None for section in sections} == {
        "apt": False,
        "not_run": True,
        "zeal": False,
    }
    assert "python -m src.run +study=not_run" in text


def test_figures_are_embedded_to_the_pixel(project):
    [source] = Page(report_page(project)[0]).sources
    files = (
        io.BytesIO(base64.b64decode(source.partition("base64,")[2])),
        project / "results/apt/figures/apt_answer.png",
    )
    shown, stored = (np.asarray(Image.open(file).convert("RGBA")) for file in files)
    assert np.array_equal(shown, stored)


def test_long_tables_are_named_and_short_ones_shown(project):
    _, [apt, *_], _ = report_page(project)
    assert apt.large == [("results/apt/long.csv", MOST_ROWS + 1, 1)]
    assert [table.name for table in apt.small] == ["diagnoses", "overall", "ranking", "summary"]


def test_what_a_small_profile_made_is_marked(project):
    text, [apt, *_], _ = report_page(project)
    assert apt.profiles == ["quick"]
    assert "profile quick: not a result" in text


def test_methods_are_ranked_and_variants_belong_to_their_method(project):
    text, _, _ = report_page(project)
    assert 'id="method-adam"' in text
    assert 'id="problem-bowl"' in text
    assert "method-adam-" not in text


def test_a_missing_table_is_left_out(project, capsys):
    for path in sorted((project / "results").rglob("*.csv"))[:-1]:
        path.unlink()
        assert main() == 0, path
    assert "claims, 3 studies, 1 figures" in capsys.readouterr().out


def test_without_results_nothing_is_written(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main() == 1
    assert capsys.readouterr().err.startswith("error: results/: no study has left a table")
    assert not (tmp_path / "reports").exists()


def test_the_same_tables_give_the_same_bytes(project):
    assert report_page(project)[0] == report_page(project)[0]


def test_claims_as_latex_and_markdown(project):
    assert main() == 0
    latex = (project / "reports" / "claims.tex").read_text()
    assert latex.count(r"\begin{longtable}") == 1
    assert 'A "good" method \\& a' in latex
    assert latex.count("\nC") == 5
    assert r"$\infty$ [$\infty$, $\infty$]" in latex
    lines = (project / "reports" / "claims.md").read_text().splitlines()
    assert len(lines) == 2 + 5
    assert {len(re.findall(r"(?<!\\)\|", line)) for line in lines} == {7}
    assert r"a \<b\>better\</b\> one" in lines[2]
