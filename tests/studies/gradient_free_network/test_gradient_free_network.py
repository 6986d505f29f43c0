"""A search of a network's weights: its cost, its loss, and its comparison with momentum."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from search_parts import bowl, cell, logistic

from src.core.checks import FieldError
from src.optimizers.momentum import Momentum
from src.protocol.claims import Claim
from src.search.random_search import RandomSearch
from src.studies.gradient_free_network.claims import KINDS
from src.studies.gradient_free_network.full_loss import FullLoss
from src.studies.gradient_free_network.study import GradientFreeNetwork

CLAIMS = {f"R67.{kind}": Claim(statement="", estimand="", smallest_effect=0.1, direction="above") for kind in KINDS}
STUDY = GradientFreeNetwork(name="s", question="?", how_to_read="", evaluations=40, half_width=0.5, claims=CLAIMS)
TASK = logistic()
MOMENTUM = Momentum(beta=0.9)
SEARCH = RandomSearch(population=8)


def test_the_loss_is_of_all_training_samples_in_double_precision():
    theta = torch.zeros(2, 3, TASK.dimension, dtype=torch.float64)
    loss = FullLoss(task=TASK).value(theta)
    assert loss.dtype == torch.float64
    assert loss.flatten().tolist() == pytest.approx([np.log(10)] * 6, rel=1e-6)


def test_search_and_descent_start_alike_and_cost_is_in_passes_of_a_sample():
    measured = STUDY.measure(cell(TASK, MOMENTUM, SEARCH, seeds=2, steps=TASK.steps))
    costs = measured.tables["network_costs"]
    ours, theirs = (costs[costs["method"] == name] for name in ("method", "momentum"))
    assert ours["sample_passes"].max() == 40 * TASK.size
    assert theirs["sample_passes"].max() == TASK.steps * 3 * 32
    assert (ours["sample_passes"] == ours["step"] * TASK.size).all()
    ends = measured.tables["ends"]
    assert len(ends) == 4
    assert measured.metrics["final_loss"] == pytest.approx(ends.query("method == 'method'")["loss"].median())
    summary = measured.tables["summary"]
    assert summary["final_loss"].tolist() == ends.query("method == 'method'")["loss"].tolist()
    assert measured.metrics["stopped_rate"] == summary["stopped_step"].notna().mean()
    assert measured.metrics["gradient_test_accuracy"] > measured.metrics["final_test_accuracy"]


def test_a_shortened_run_shortens_the_search_too():
    measured = STUDY.measure(cell(TASK, MOMENTUM, SEARCH, seeds=2, steps=TASK.steps // 2))
    assert measured.about["evaluations"] == 20


def test_verdicts_are_on_pairs_of_seeds_and_momentum_is_told_once():
    cells = [
        STUDY.measure(cell(TASK, MOMENTUM, SEARCH, seeds=3, steps=20, names={"problem": "p", "method": name}))
        for name in ("one", "two")
    ]
    gathered = STUDY.gather([replace(each, about=each.about | {"profile": "full"}) for each in cells])
    assert len(gathered.tables["ends"]) == 9
    verdicts = gathered.tables["verdicts"]
    assert verdicts["claim"].tolist() == ["R67.loss"] * 2 + ["R67.accuracy"] * 2
    assert gathered.missing == {}
    first, second = STUDY.headline(gathered)
    assert first[:2] == ("training_loss_ratio_to_momentum", verdicts["estimate"][:2].min())
    assert second[0] == "test_accuracy_difference_to_momentum"
    ends = cells[0].tables["ends"]
    ratio = np.log10(ends.query("method == 'one'")["loss"].to_numpy() / ends.query("method == 'momentum'")["loss"])
    assert verdicts["estimate"][0] == pytest.approx(ratio.mean())
    assert list(STUDY.answer(gathered)) == ["?", "Verdicts"]


def test_what_cannot_be_compared_is_refused():
    with pytest.raises(FieldError, match="problem"):
        STUDY.measure(cell(bowl(), MOMENTUM, SEARCH))
    with pytest.raises(FieldError, match="problem"):
        STUDY.measure(cell(replace(TASK, batch_size=None), MOMENTUM, SEARCH))
    with pytest.raises(FieldError, match="half_width"):
        replace(STUDY, half_width=0)
