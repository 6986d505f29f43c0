"""Made-up accuracies whose gaps are known, and one small cell from end to end."""

import numpy as np
import pandas as pd
import pytest

from src.core.checks import FieldError
from src.core.result import Result
from src.monitor.stopping import Patience
from src.optimizers.adam import Adam
from src.problems.mlp import Mlp
from src.problems.rare_words import RareWords
from src.protocol.claims import Claim
from src.protocol.study import Cell
from src.protocol.summary import gather_study
from src.protocol.tuning.grid import Tuning
from src.schedules.constant import Constant
from src.starts.torch_default import TorchDefault
from src.studies.architectures.arms import arms_of, best, others
from src.studies.architectures.claim_subjects import ClaimSubjects
from src.studies.architectures.claims import NEEDED, verdicts
from src.studies.architectures.figures.accuracy import accuracy
from src.studies.architectures.figures.batches import batches
from src.studies.architectures.figures.tuning_gains import tuning_gains
from src.studies.architectures.scores import accuracies_table, batch_gains_table, tuning_gains_table
from src.studies.architectures.study import Architectures

ROLES = ClaimSubjects(
    adam="adam", momentum="momentum", rmsprop="rmsprop", kin=["adam", "adamw"], convolutional="cnn", recurrent="gru",
    sparse="words",
)  # fmt: skip
SEEDS = np.arange(8)
# Test accuracy, and validation accuracy where it is another: what one chooses by is not what one is judged by.
MEANS = {
    ("momentum", "default"): (50.0, 50.0), ("rmsprop", "default"): (52.0, 49.0), ("adam", "default"): (58.0, 60.0),
    ("adamw", "default"): (58.5, 59.0), ("momentum", "tuned"): (71.0, 70.0), ("rmsprop", "tuned"): (69.0, 75.0),
    ("adam", "tuned"): (70.0, 70.0), ("adamw", "tuned"): (72.0, 72.0),
}  # fmt: skip


def made(problems=("cnn", "words"), edge=(), large=None):
    rows = []
    for problem in problems:
        for (method, setting), (test, valid) in MEANS.items():
            rate = 0.1 if setting == "tuned" else 0.001
            common = {
                "problem": problem,
                "method": method,
                "setting": setting,
                "learning_rate": rate,
                "train_loss": 0.1,
            }
            common |= {"diverged": False, "at_edge": setting == "tuned" and method in edge}
            rows += [
                common | {"batch": 32, "seed": seed, "test_accuracy": test + seed, "valid_accuracy": valid}
                for seed in SEEDS
            ]
            if setting == "tuned" and large is not None:
                other = {"batch": 512, "valid_accuracy": 99.0, "train_loss": 1.0}
                rows += [common | other | {"seed": seed, "test_accuracy": test + seed - large} for seed in SEEDS]
    return pd.DataFrame(rows).sample(frac=1, random_state=0)  # the order of rows must not matter


def settled(kind, scores, *, smallest=0.5, direction="above"):
    claim = Claim(statement="", estimand="", smallest_effect=smallest, direction=direction)
    rows, _ = verdicts({kind: claim}, scores, ROLES)
    return {row["settings"].split(":")[0]: row for row in rows.to_dict("records")}


@pytest.mark.parametrize(
    ("kind", "problem", "gap", "words"),
    [
        ("C6.a", "cnn", 8.0, "adam less momentum, untuned"),  # not rmsprop, whose validation accuracy is lower
        ("C6.b", "words", 1.0, "momentum less adam, tuned"),
        ("C28.a", "cnn", 2.0, "momentum less rmsprop, tuned"),  # the rival that validation chooses
        ("C28.b", "words", 1.0, "adam less rmsprop, tuned"),
        ("C28.d", "words", -1.0, "adam less momentum, tuned"),
        ("C29.a", "cnn", 58 - 70, "adam untuned less the mean of"),
        ("C29.b", "cnn", 58 - 70.5, "the best of 4 untuned (adam)"),
    ],
)
def test_each_claims_gap(kind, problem, gap, words):
    row = settled(kind, made())[problem]
    assert row["estimate"] == pytest.approx(gap)
    assert (row["low"], row["high"]) == (pytest.approx(gap), pytest.approx(gap))  # seeds are paired
    assert words in row["settings"]
    assert row["verdict"] == ("supported" if gap > 0.5 else "refuted")


def test_a_claim_of_one_problem_is_not_settled_on_others():
    assert set(settled("C28.a", made())) == {"cnn"}
    assert settled("C28.c", made()) == {}
    assert set(settled("C6.a", made())) == {"cnn", "words", "all problems"}


def test_a_rate_on_the_edge_blocks_what_it_enters():
    scores = made(edge=("momentum",))
    assert settled("C6.b", scores)["cnn"]["verdict"] == "blocked"
    assert settled("C6.b", scores)["all problems"]["verdict"] == "blocked"
    assert settled("C28.b", scores)["words"]["verdict"] == "supported"
    assert settled("C6.a", scores)["cnn"]["verdict"] == "supported"  # default rates lie on no edge


def test_a_small_batch_against_a_large_one():
    scores = made(problems=["cnn"], large=3.0)
    rows = settled("C10.d", scores)
    assert rows["cnn"]["estimate"] == pytest.approx(3)
    assert "batch 32 less 512" in rows["cnn"]["settings"]
    gains = batch_gains_table(scores)
    assert gains[["small", "large", "gain"]].drop_duplicates().to_numpy().tolist() == [[32, 512, 3]]
    assert set(gains["large_train_loss"]) == {1.0}
    assert settled("C6.b", scores)["cnn"]["estimate"] == pytest.approx(1)  # the large batch plays no part in it


def test_the_tables():
    scores = made(large=3.0)
    own = accuracies_table(scores).set_index(["problem", "method", "setting", "batch"])
    assert own.loc[("cnn", "adam", "tuned", 32), "accuracy"] == pytest.approx(70 + SEEDS.mean())
    assert own.loc[("cnn", "adam", "tuned", 512), "accuracy"] == pytest.approx(67 + SEEDS.mean())
    gains = tuning_gains_table(scores).set_index(["problem", "method"])
    assert gains.loc[("words", "momentum"), ["default_rate", "best_learning_rate", "gain"]].tolist() == [
        0.001,
        0.1,
        21,
    ]


def test_adams_kin_is_no_other_method():
    found = arms_of(made(), "cnn", "tuned")
    assert {arm.method for arm in others(found, "adam", ROLES)} == {"momentum", "rmsprop"}
    assert len(others(found, "momentum", ROLES)) == 3
    assert best(list(found.values())).method == "rmsprop"


def study(**changes):
    words = {"name": "architectures", "question": "?", "how_to_read": ""}
    return Architectures(
        **words | {"default_rates": {"adam": 0.001}, "roles": ROLES, "large_batch": 64, "batched": {}} | changes
    )


def cell(method="adam"):
    data = RareWords(vocabulary=20, length=5, exponent=0.5, samples=[128, 60, 60], data_seed=0)
    problem = Mlp(
        data=data, widths=[20, 2], activation="relu", loss="cross_entropy", batch_size=16, epochs=4,
        precision="float32", target_loss=None,
    )  # fmt: skip
    return Cell(
        problem=problem, optimizer=Adam(beta1=0.9, beta2=0.999, eps=1e-8), schedule=Constant(), start=TorchDefault(),
        stopping=Patience(metric="tuning_metric", patience=10, min_delta=1e-4, freeze=False,
        gradient_tolerance=1e-12),
        tuning=Tuning(lowest=1e-3, highest=1.0, rates=4, seeds=2, widenings=1, widen_by=1),
        learning_rate=None, seeds=3, steps=problem.steps, evaluate_every=None, root_seed=0, device="cpu",
        names={"problem": "words", "optimizer": method, "method": method, "profile": "full"},
    )  # fmt: skip


def test_a_cell_from_end_to_end():
    own = study(batched={"words": ["adam"]})
    measured = own.measure(cell())
    scores = measured.tables["scores"]
    assert scores.groupby(["setting", "batch"]).size().to_dict() == {
        ("default", 16): 3, ("tuned", 16): 3, ("tuned", 64): 3,
    }  # fmt: skip
    means = scores[scores["batch"] == 16].groupby("setting")["test_accuracy"].mean()
    assert means["tuned"] > means["default"] + 10
    assert set(scores.loc[scores["setting"] == "default", "learning_rate"]) == {0.001}
    # A tuning seed's score is its validation error, a test seed's its test error.
    summary = measured.tables["summary"]
    tuning = summary["split"] == "tuning"
    np.testing.assert_allclose(summary.loc[tuning, "score"], 1 - summary.loc[tuning, "final_valid_accuracy"])
    np.testing.assert_allclose(summary.loc[~tuning, "score"], 1 - summary.loc[~tuning, "final_test_accuracy"])
    chosen = measured.tables["rates"].query("chosen")
    assert chosen["median"].item() == measured.tables["rates"]["median"].min()
    assert measured.metrics["best_learning_rate"] == chosen["learning_rate"].item()
    gathered = own.gather([measured])
    assert gathered.tables["accuracies"]["accuracy"].between(0, 100).all()
    assert gathered.metrics["gain.words.adam"] == pytest.approx(means["tuned"] - means["default"])
    first, second = own.answer(gathered).values()
    assert first["test accuracy, %"].tolist() == ["adam tuned", "adam default"]
    assert second.empty


def test_bad_settings_are_refused():
    with pytest.raises(FieldError, match=r"Architectures\.default_rates"):
        study(default_rates={"adam": 0.0})
    with pytest.raises(FieldError, match="unknown_claim"):
        study(claims={"unknown_claim": Claim(statement="", estimand="", smallest_effect=0.0, direction="above")})
    with pytest.raises(FieldError, match="a rate for lion too"):
        study().measure(cell("lion"))
    with pytest.raises(FieldError, match=r"ClaimSubjects\.kin"):
        ClaimSubjects(**{**ROLES.__dict__, "kin": "adam"})


def test_a_single_cell_is_gathered_and_its_claims_are_named_as_missing():
    claim = Claim(statement="", estimand="", smallest_effect=0.0, direction="above")
    own = study(claims=dict.fromkeys(NEEDED, claim))
    scores = made(["cnn"])
    scores = scores[scores["method"] == "adam"].drop(columns=["problem", "method"])
    about = {"problem": "cnn", "method": "adam", "profile": "full", "seeds": 8, "steps": 20, "epoch": 2}
    summary = pd.DataFrame({"split": ["test"], "seed": [0]})
    alone = Result(tables={"scores": scores, "summary": summary}, metrics={}, about=about)
    gathered = gather_study(own, [alone])
    assert gathered.tables["verdicts"].empty
    assert set(gathered.missing) == set(NEEDED)
    assert gathered.missing["C28.d"] == "needs adam and momentum on words"
    assert gathered.tables["headline"].iloc[0].tolist()[:2] == ["tuning_gain", 12.0]
    assert own.answer(gathered)
    for draw in (accuracy, tuning_gains, batches):
        draw(gathered.tables, gathered.about)
