"""Figures are functions of stored tables: drawn when asked for, drawn again when their source changes, else left."""

import pytest

from src.command import draw_figures as module
from src.command.draw_figures import draw_figures, drawn, undrawn
from src.core.checks import FieldError
from src.core.result import Result
from src.plotting.catalogue import SHARED, NamedFigure, figures_of, find_figures, own_package

SHARED_FIGURES = figures_of(SHARED)
LOSS, PANELS = SHARED_FIGURES["loss_band"], SHARED_FIGURES["monitor_panels"]
COMPARISON = "src.protocol.comparison.Comparison"


@pytest.fixture
def reads(run_tables, run_about):
    """A reader of the stored tables that counts how often it is called."""

    class Reader:
        times = 0

        def __call__(self):
            self.times += 1
            return Result(tables=run_tables, metrics={}, about=run_about)

    return Reader()


@pytest.fixture
def sources(monkeypatch):
    """Identity of each figure's source, to be changed as an edit would."""
    identities = {LOSS.module: "a", PANELS.module: "a"}
    monkeypatch.setattr(module, "code_identity", lambda roots: identities[next(iter(roots))])
    return identities


def test_a_figure_that_is_asked_for_later_is_added_and_the_others_are_left(tmp_path, reads, sources):
    [first] = draw_figures(tmp_path, [LOSS], reads)
    before = first.stat().st_mtime_ns
    both = draw_figures(tmp_path, [LOSS, PANELS], reads)
    assert [path.name for path in both] == ["loss_band.png", "monitor_panels.png"]
    assert first.stat().st_mtime_ns == before
    assert reads.times == 2


def test_nothing_is_read_or_drawn_when_all_is_there(tmp_path, reads, sources):
    draw_figures(tmp_path, [LOSS, PANELS], reads)
    manifest = (tmp_path / "figures.json").stat().st_mtime_ns
    assert len(draw_figures(tmp_path, [PANELS], reads)) == 1
    assert reads.times == 1
    assert (tmp_path / "figures.json").stat().st_mtime_ns == manifest
    assert set(drawn(tmp_path)) == {"loss_band", "monitor_panels"}


def test_an_edited_figure_is_drawn_again_and_one_not_asked_for_is_removed(tmp_path, reads, sources):
    first, second = draw_figures(tmp_path, [LOSS, PANELS], reads)
    before = first.stat().st_mtime_ns
    sources[LOSS.module] = sources[PANELS.module] = "edited"
    assert draw_figures(tmp_path, [LOSS], reads) == [first]
    assert first.stat().st_mtime_ns > before
    assert not second.exists()
    assert set(drawn(tmp_path)) == {"loss_band"}


def test_a_lost_file_is_drawn_again(tmp_path, reads, sources):
    [path] = draw_figures(tmp_path, [LOSS], reads)
    path.unlink()
    assert draw_figures(tmp_path, [LOSS], reads) == [path]
    assert path.exists()


def test_a_figure_without_its_tables_has_no_file_and_is_not_tried_again(tmp_path, run_about, sources):
    def nothing():
        return Result(tables={}, metrics={}, about=run_about)

    assert draw_figures(tmp_path, [LOSS], nothing) == []
    assert drawn(tmp_path)["loss_band"]["file"] is None
    assert draw_figures(tmp_path, [LOSS], pytest.fail) == []


def test_a_figure_that_no_run_could_draw_is_named(tmp_path, reads, sources):
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
    draw_figures(tmp_path / "one", [LOSS], reads)
    folders = [tmp_path / name / "figures" for name in ("one", "other", "none")]
    assert undrawn(folders, [LOSS, PANELS]) == ["monitor_panels"]
    assert undrawn(folders, [LOSS]) == []


def test_a_studys_figures_are_found_beside_its_class():
    target = "src.studies.batch_noise.study.BatchNoise"
    assert own_package(target) == "src.studies.batch_noise.figures"
    [answer, ranking] = find_figures(["answer", "ranking"], "sweep_figures", "sweep", target)
    assert (answer.module, answer.file_stem) == ("src.studies.batch_noise.figures.answer", "batch_noise_answer")
    assert (ranking.module, ranking.file_stem) == ("src.figures.ranking", "ranking")


def test_a_users_own_study_brings_its_own_figures(tmp_path, monkeypatch):
    folder = tmp_path / "mylab" / "figures"
    folder.mkdir(parents=True)
    for path in (tmp_path / "mylab" / "__init__.py", folder / "__init__.py"):
        path.write_text("")
    (folder / "spiral.py").write_text(
        "from src.plotting.contract import draws\n\n\n@draws('run')\ndef spiral(tables, about):\n    return None\n"
    )
    (folder / "ranking.py").write_text("")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(FieldError, match=r"mylab.figures.ranking: must have another name than src.figures.ranking"):
        find_figures(["spiral"], "figures", "run", "mylab.study.Mine")
    (folder / "ranking.py").unlink()
    [spiral] = find_figures(["spiral"], "figures", "run", "mylab.study.Mine")
    assert spiral == NamedFigure("spiral", "mylab.figures.spiral", folder / "spiral.py", "mylab_spiral")
    (folder / "unmarked.py").write_text("def unmarked(tables, about):\n    return None\n")
    with pytest.raises(FieldError, match="must hold a function unmarked marked with"):
        find_figures(["unmarked"], "figures", "run", "mylab.study.Mine")
    assert own_package("study.Mine") == ""
    assert figures_of("") == {}


@pytest.mark.parametrize(
    ("names", "level", "message"),
    [
        (["loss_bnd"], "run", r"figures = 'loss_bnd': must be one of .*loss_band.*\(did you mean loss_band\?\)"),
        (["ranking"], "run", "figures = 'ranking': draws a sweep, not a run; must be one of"),
        (["paths"], "sweep", "figures = 'paths': draws a run, not a sweep; must be one of .*ranking"),
        ("ranking", "sweep", r"figures = 'ranking': must be a list, as \[comparison_curves"),
        (None, "run", "figures = None: must be a list"),
        ([3], "run", "figures = 3: must be one of"),
    ],
)
def test_what_is_no_figure_of_the_kind_is_refused(names, level, message):
    with pytest.raises(FieldError, match=message):
        find_figures(names, "figures", level, COMPARISON)
