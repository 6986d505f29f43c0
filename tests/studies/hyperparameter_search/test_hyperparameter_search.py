"""The cost of hyperparameters is that of the trainings it stands for, and the claims estimate what was put in."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import search_parts as parts
import torch

from src.core.checks import FieldError
from src.core.result import Result
from src.core.streams import seeds
from src.engine.descend import DescentLoop
from src.optimizers.gd import GradientDescent
from src.optimizers.momentum import Momentum
from src.protocol.claims import Claim
from src.search.random_search import RandomSearch
from src.studies.hyperparameter_search.claims import KINDS
from src.studies.hyperparameter_search.study import HyperparameterSearch
from src.studies.hyperparameter_search.tables import methods_table
from src.studies.hyperparameter_search.training_cost import WORST, TrainingCost

CLAIMS = {f"C24.{kind}": Claim(statement="", estimand="", smallest_effect=-0.01, direction="below") for kind in KINDS}
STUDY = HyperparameterSearch(
    name="s", question="?", how_to_read="", training_steps=20, training_seeds=2, rates=(1e-3, 1e3), betas=(0.0, 0.99),
    claims=CLAIMS,
)  # fmt: skip
TASK = parts.logistic()
OF = seeds(2, "tuning")
COST = TrainingCost(
    task=TASK, schedule=parts.CONSTANT, stopping=parts.PATIENCE, training_steps=20, seeds=OF, rates=(1e-3, 1e3),
    starts=torch.zeros(2, TASK.dimension, dtype=TASK.dtype), betas=(0.0, 0.99),
)  # fmt: skip


def trained(rate, beta):
    loop = DescentLoop(
        problem=TASK, optimizer=Momentum(beta=beta), schedule=parts.CONSTANT, stopping=parts.PATIENCE, steps=20,
        evaluate_every=20,
    )  # fmt: skip
    return loop.run(COST.starts, torch.tensor([rate]), OF).series["valid_loss"].values[-1].double()


def test_the_square_is_mapped_to_rates_and_betas_on_log_axes():
    rate, beta = COST.hyperparameters(torch.tensor([[0.0, 0.0], [1.0, 1.0], [0.5, 0.5]], dtype=torch.float64))
    assert rate.tolist() == pytest.approx([1e-3, 1e3, 1.0])
    assert beta.tolist() == pytest.approx([0.0, 0.99, 0.9])


def test_the_cost_is_that_of_trainings_with_those_hyperparameters():
    points = torch.tensor([[[0.2, 0.0], [0.3, 0.5]], [[0.4, 0.2], [0.1, 1.0]]], dtype=torch.float64)
    costs = COST.value(points)
    for row in range(2):
        for place in range(2):
            rate, beta = (float(each) for each in COST.hyperparameters(points[row, place]))
            assert float(costs[row, place]) == pytest.approx(float(trained(rate, beta).log10().mean()), abs=1e-5)


def test_a_training_that_diverges_has_a_finite_cost():
    cost = float(COST.value(torch.tensor([1.0, 1.0], dtype=torch.float64)))
    start = float(np.log10(2.302585))  # the loss of guessing among ten digits
    assert start < cost <= start + np.log10(WORST) + 1e-6


def test_a_small_search_end_to_end():
    measured = STUDY.measure(parts.cell(TASK, Momentum(beta=0.9), RandomSearch(population=3), steps=6, seeds=4))
    assert measured.tables["found"]["used"].tolist() == [6] * 4
    assert (measured.tables["found"]["judged"] < 0.4).all()
    assert "success_rate" in measured.missing
    gathered = STUDY.gather([measured])
    assert gathered.tables["verdicts"].empty  # nothing to compare with
    assert gathered.missing["C24.tpe"] == "needs runs of optuna_gp and optuna_tpe on the same problem"
    summary = measured.tables["summary"]
    assert summary["final_loss"].median() == pytest.approx(measured.metrics["final_loss"])
    assert measured.metrics["stopped_rate"] == 0  # 6 checks are too few for the patience of 100
    first = gathered.tables["methods"].iloc[0]
    assert STUDY.headline(gathered)[0][:2] == ("validation_loss_on_test_seeds", first["judged_loss"])
    assert list(STUDY.answer(gathered)) == ["?", "Verdicts"]


def made_up(name, best):
    """A method whose best so far is ``best`` (S, E)."""
    rows = [
        {"seed": s, "evaluation": e + 1, "best": value} for s, row in enumerate(best) for e, value in enumerate(row)
    ]
    found = pd.DataFrame(
        {"seed": range(len(best)), "learning_rate": 0.1, "beta": 0.9, "best": best[:, -1], "judged": best[:, -1]}
    )
    tables = {
        "progress": pd.DataFrame(rows),
        "found": found,
        "cost_map": pd.DataFrame({"learning_rate": [], "beta": []}),
    }
    about = {"problem": "p", "method": name, "profile": "full", "seeds": len(best), "evaluations": best.shape[1]}
    return Result(
        tables=tables, metrics={}, about=about | dict.fromkeys(("training_steps", "training_seeds", "rates", "betas"))
    )


def test_verdicts_are_on_the_differences_that_were_put_in():
    theirs = np.linspace(0, -1, 11)[None] - 0.001 * np.arange(12)[:, None]
    ours = np.minimum.accumulate(
        np.concatenate([theirs[:, ::2], np.repeat(theirs[:, -1:] - 0.2, 5, axis=1)], axis=1), axis=1
    )
    gathered = STUDY.gather(
        [made_up("optuna_gp", ours), made_up("random_search", theirs), made_up("optuna_tpe", theirs)]
    )
    verdicts = gathered.tables["verdicts"].set_index("claim")
    assert verdicts["estimate"][["C24.random", "C24.tpe"]].tolist() == pytest.approx([-0.2, -0.2])
    assert verdicts["estimate"]["C24.cost"] < -0.2
    assert verdicts["verdict"].tolist() == ["supported"] * 3
    assert gathered.missing == {}
    assert STUDY.headline(gathered)[0][0] == "validation_loss_difference_to_random_search"
    assert STUDY.headline(gathered)[0][1] == pytest.approx(-0.2)


def test_what_was_found_is_judged_on_fresh_seeds_and_not_by_the_values_that_were_minimized():
    """A search that looks best by its own values, and is no better on others."""
    rng = np.random.default_rng(0)
    theirs = np.minimum.accumulate(rng.normal(size=(12, 11)), axis=1)
    cells = [made_up("optuna_gp", theirs - 1), made_up("random_search", theirs), made_up("optuna_tpe", theirs)]
    cells[0].tables["found"]["judged"] = cells[1].tables["found"]["judged"] + 0.1
    verdicts = STUDY.gather(cells).tables["verdicts"].set_index("claim")
    assert verdicts["estimate"][["C24.random", "C24.tpe"]].tolist() == pytest.approx([0.1, 0.1])
    assert verdicts["verdict"].tolist()[:2] == ["refuted"] * 2


def test_losses_are_medians_over_the_seeds_with_intervals_and_no_logarithms():
    rows = [
        {"problem": "p", "method": method, "seed": seed, "best": best + step, "judged": judged + step}
        | {"learning_rate": 0.1 * (seed + 1), "beta": 0.9}
        for method, best, judged in (("seems_best", -3.0, 0.0), ("is_best", -1.0, -1.0))
        for seed, step in enumerate(np.linspace(-0.1, 0.1, 9))
    ]
    table = methods_table(pd.DataFrame(rows))
    assert table["method"].tolist() == ["is_best", "seems_best"]  # by what is judged on fresh seeds
    assert table["judged_loss"].tolist() == pytest.approx([0.1, 1.0])
    assert table["best_loss"].tolist() == pytest.approx([0.1, 1e-3])
    assert table["learning_rate"].tolist() == pytest.approx([0.5, 0.5])
    for name, value in (("judged", 1.0), ("best", 1e-3)):
        low, high = table.loc[1, [f"{name}_low", f"{name}_high"]]
        assert 10**-0.1 * value <= low < value < high <= 10**0.1 * value * (1 + 1e-9)


def test_every_search_has_training_seeds_of_its_own():
    cell = parts.cell(TASK, Momentum(beta=0.9), RandomSearch(population=3), steps=3, seeds=3)
    for split, count in (("tuning", 2), ("test", 5)):
        costs = STUDY._costs(cell, split, count)
        drawn = [seed for cost in costs for seed in cost.seeds]
        assert len(drawn) == len(set(drawn)) == 3 * count


@pytest.mark.parametrize(("changes", "field"), [({"rates": (1.0, 0.1)}, "rates"), ({"betas": (0.0, 1.0)}, "betas")])
def test_what_is_not_allowed_is_refused(changes, field):
    with pytest.raises(FieldError, match=field):
        replace(STUDY, **changes)


def test_only_momentum_on_a_learning_task_is_tuned():
    with pytest.raises(FieldError, match="optimizer"):
        STUDY.measure(parts.cell(TASK, GradientDescent(), RandomSearch(population=3)))
    with pytest.raises(FieldError, match="problem"):
        STUDY.measure(parts.cell(parts.bowl(), Momentum(beta=0.9), RandomSearch(population=3)))
