"""Every run of a study carries a diagnosis, or a word where nothing trains, and its stopping statistics."""

import pytest
import registry
import torch

from src.composition.parts import build
from src.monitor.diagnosis import CurveState
from src.monitor.run_diagnosis import NOT_TRAINED, diagnosis_line, diagnosis_tags

STOPPING = ("stopped_rate", "stopped_step", "steps_saved", "stopping_cost")
TRAINED = {str(state) for state in CurveState}
SMALL = ("profile=quick", "seeds=2", "tuning.seeds=2", "tuning.rates=3", "tuning.widenings=0", "steps=20")
OWN = {
    "initialization": ("study.depths=[2,3]", "study.draws=1", "study.samples=8"),
    "early_stopping": ("steps=1000",),  # its rules need some dozen evaluations
}


@pytest.mark.slow
@pytest.mark.parametrize("study", registry.names("study"))
def test_the_first_run_of_every_study_is_diagnosed(study):
    torch.set_num_threads(1)
    config = registry.first_job(study, *SMALL, *OWN.get(study, ()))
    if "search" in config:
        pytest.skip("a search has no gradients to read: its runs are tagged as not trained")
    parts = build(config, config.hydra.runtime.choices, "")
    measured = parts.study.measure(parts.cell)
    tags = diagnosis_tags(measured)
    assert set(STOPPING) <= set(measured.metrics) | set(measured.missing)
    if tags["diagnosis"] == NOT_TRAINED:
        assert "diagnosis" not in measured.tables.get("summary", ())
        return
    assert tags["diagnosis"] in TRAINED
    assert 0 < float(tags["diagnosis_share"]) <= 1
    assert f"**{tags['diagnosis']}**" in diagnosis_line(measured)
    assert set(measured.tables["summary"]["diagnosis"]) <= TRAINED
