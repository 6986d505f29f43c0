import json

import numpy as np
import pytest
import torch

from benchmarks import races, run, tracking
from benchmarks.alone import load
from benchmarks.cells import as_module, cell, with_module
from benchmarks.measurement import Measurement, interleaved


def measurement(**changes):
    plain = {"benchmark": "a", "peer": "b", "ours": 1.0, "peers": 2.0, "ratio": 2.0, "goal": 2.0, "note": "c, d"}
    return Measurement(**plain | changes)


def test_engine_and_torch_optim_reach_the_same_point_on_rosenbrock():
    race = races.rosenbrock(seeds=2, rates=3, steps=50)
    rows = race.sample(6)
    assert sorted(rows) == list(range(6))
    assert race.disagreement(rows) < 1e-12
    assert len(np.unique(race.ours())) == 6


@pytest.mark.parametrize("by_module", [False, True])
def test_engine_and_torch_optim_train_the_same_networks(by_module):
    race = races.perceptron(seeds=2, rates=2, steps=20, by_module=by_module)
    rows = race.sample(4)
    assert race.disagreement(rows) < 1e-4
    untrained = races.perceptron(seeds=2, rates=2, steps=1, by_module=by_module)
    assert np.all(race.ours() < untrained.ours() - 0.01)


def test_another_seed_is_another_replicate():
    race = races.rosenbrock(seeds=2, rates=1, steps=50)
    first, second = race.peers(np.array([0, 1]))
    assert abs(first - second) > 1e-3


def test_both_layouts_load_as_the_same_network():
    by_rows = cell("digits_mlp", 1).problem
    as_task = with_module(cell("digits_mlp", 1)).problem
    theta = torch.randn(1, by_rows.dimension, generator=torch.Generator().manual_seed(0)) / 10
    for task in (by_rows, as_task):
        module = as_module(by_rows)
        load(task, module, theta[0])
        with torch.no_grad():
            expected = module(task.parts.valid.inputs)
        torch.testing.assert_close(task.outputs(theta, task.parts.valid.inputs)[0], expected)


def test_a_sample_is_scaled_up_to_all_replicates():
    race = races.rosenbrock(seeds=4, rates=2, steps=20)
    measured = race.measured(2, repeats=1, disagreement=0.0)
    assert measured.note.startswith("peer: 2 of 8 replicates, scaled up")
    assert measured.ratio == pytest.approx(measured.peers / measured.ours)


def test_rivals_take_turns_after_a_warm_up():
    calls = []
    ticks = iter([0, 1, 1, 11, 20, 23, 30, 60, 70, 72, 80, 100])
    ours, peers = interleaved(lambda: calls.append("ours"), lambda: calls.append("peers"), 3, lambda: next(ticks))
    assert calls == ["ours", "peers"] * 4
    assert (ours, peers) == (2, 20)


def test_a_goal_is_a_floor_or_a_ceiling():
    assert measurement(ratio=2.0).met
    assert not measurement(ratio=1.9).met
    assert measurement(ratio=1.9, at_most=True).met
    assert not measurement(ratio=2.1, at_most=True).met


def test_processing_time_is_read_from_the_run(tmp_path):
    (tmp_path / "run.json").write_text(json.dumps({"started": 10.0, "ended": 12.5}))
    assert tracking.processing(tmp_path) == 2.5


def test_command_prints_and_keeps_the_table(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(run, "BENCHMARKS", {"one": lambda full: measurement(ours=3.0 if full else 1.0)})
    assert run.main(["one", "--full", "--csv"]) == 0
    assert "3 s against 2 s, ratio 2 (goal at least 2: met)" in capsys.readouterr().out
    header, row = (tmp_path / "results" / "benchmarks.csv").read_text().splitlines()
    assert header == "benchmark,peer,ours_seconds,peer_seconds,ratio,goal,at_most,met,note,machine"
    assert row.startswith('a,b,3.0,2.0,2.0,2.0,False,True,"c, d",')
    with pytest.raises(SystemExit):
        run.main(["two"])
