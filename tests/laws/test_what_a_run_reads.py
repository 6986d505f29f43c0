"""No study measures with the modules that an identity of a run leaves out: what reads results measures nothing."""

import sys
from pathlib import Path

import pytest
import registry
import torch

from src.composition.parts import build
from src.runs.identity import READ_AFTERWARDS, ROOT

SMALL = ("profile=tiny", "seeds=2", "tuning.seeds=1", "tuning.rates=3", "tuning.widenings=0")
OWN = {
    "initialization": ("study.depths=[2,3]", "study.draws=1", "study.samples=8"),
    "hyperparameter_search": ("search=random_search",),
}


@pytest.mark.slow
@pytest.mark.parametrize("study", registry.names("study"))
def test_a_measurement_calls_nothing_that_reads_results(study):
    torch.set_num_threads(1)
    config = registry.first_job(study, *SMALL, *OWN.get(study, ()))
    parts = build(config, config.hydra.runtime.choices, "")
    called = set()

    def note(frame, event, argument):
        if event == "call":
            called.add(frame.f_code.co_filename)

    sys.setprofile(note)
    try:
        parts.study.measure(parts.cell)
    finally:
        sys.setprofile(None)
    files = {Path(name).relative_to(ROOT) for name in called if name.startswith(str(ROOT / "src"))}
    assert Path("src/core/streams.py") in files or len(files) > 3  # it was watched
    assert [file for file in files if file.stem in READ_AFTERWARDS] == []
