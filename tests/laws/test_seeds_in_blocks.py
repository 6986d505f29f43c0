"""Blocks of test seeds joined are one long run: for every study that says that its runs can be joined.

To the bit, also where tuning is taken from the first block; networks' sums over a layer are rounded by kernels that
are chosen by the number of rows, and come out equal to a relative 1e-3 after some steps in float32.
"""

import dataclasses
import importlib

import pandas as pd
import pytest
import registry
import torch
from omegaconf import OmegaConf

from src.composition.parts import build
from src.core.checks import FieldError
from src.protocol.join_seeds import join_seeds
from src.protocol.summary import gather_study
from src.runs.directories import read_result, write_result

SMALL = ("profile=full", "tuning.seeds=2", "tuning.rates=3", "tuning.widenings=0", "steps=30")
OWN = {
    "architectures": ("problem=mnist1d_mlp", "optimizer=adam"),  # with the larger batch, which is tuned by itself
    "ga_mutation_rate": ("steps=4000",),
}
BLOCK = 3


def of_all_seeds(study):
    module, _, name = OmegaConf.load(registry.CONF / "study" / f"{study}.yaml").study._target_.rpartition(".")
    return getattr(importlib.import_module(module), name).of_all_seeds


STUDIES = registry.names("study")
JOINED = [study for study in STUDIES if of_all_seeds(study) is not None]


def job(study, *overrides):
    config = registry.first_job(study, *SMALL, *OWN.get(study, ()), *overrides)
    return build(config, config.hydra.runtime.choices, "")


def stored(result, folder):
    """The result as it is after it was saved as a run."""
    folder.mkdir()
    write_result(folder, result, {"identity": folder.name, "ended": 0.0})
    return read_result(folder)


def in_order(table):
    """Rows in an order that does not depend on that of the blocks."""
    keys = [
        name for name in ("split", "purpose", "setting", "memory_factor", "gain", "layer", "point") if name in table
    ]
    return table.sort_values([*keys, "seed"], kind="stable", ignore_index=True) if "seed" in table else table


@pytest.mark.slow
@pytest.mark.parametrize("study", JOINED)
def test_blocks_joined_are_one_long_run(study, tmp_path):
    torch.set_num_threads(1)
    whole = job(study, f"seeds={2 * BLOCK}")
    first, second = (job(study, f"seeds={BLOCK}", f"first_seed={start}") for start in (0, BLOCK))
    blocks = [stored(first.study.measure(first.cell), tmp_path / "first")]
    tuned = stored(second.study.measure(second.cell), tmp_path / "tuned again")
    blocks.append(
        stored(second.study.measure(dataclasses.replace(second.cell, earlier=blocks[0])), tmp_path / "second")
    )
    long = stored(whole.study.measure(whole.cell), tmp_path / "long")
    rounding = {"rtol": 1e-3, "atol": 1e-6} if whole.cell.problem.is_learning else {"rtol": 0, "atol": 0}
    for name, table in blocks[1].tables.items():  # what is taken from the first block is what would be chosen again
        pd.testing.assert_frame_equal(table, tuned.tables[name], **rounding)
    joined = join_seeds(whole.study, blocks)
    assert joined.about["seeds"] == long.about["seeds"] == 2 * BLOCK
    compared = [name for name in long.tables if "seed" in long.tables[name]]
    assert "summary" in compared
    for name in joined.tables:
        if rounding["rtol"] and name == "summary":
            evidence = ["evidence", "diagnosis"]  # words about rounded numbers
            joined.tables[name], long.tables[name] = (
                each.tables[name].drop(columns=evidence, errors="ignore") for each in (joined, long)
            )
        pd.testing.assert_frame_equal(in_order(joined.tables[name]), in_order(long.tables[name]), **rounding)
    left_out = set(long.tables) - set(joined.tables)
    assert left_out <= set(whole.study.of_all_seeds)
    cells = [dataclasses.replace(cell, about=cell.about | {"root_seed": 0}) for cell in (joined, long)]
    verdicts = [gather_study(whole.study, [cell]).tables.get("verdicts", pd.DataFrame()) for cell in cells]
    pd.testing.assert_frame_equal(*verdicts, **rounding)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("study", "cells"),
    [
        (
            "optimizer_comparison",
            (("problem=rosenbrock", "optimizer=gd"), ("problem=rosenbrock", "optimizer=momentum")),
        ),
        ("schedules", [("schedule=constant",), ("schedule=cosine",)]),
    ],
)
def test_verdicts_from_blocks_are_those_of_the_long_run(study, cells):
    torch.set_num_threads(1)
    joined, long = [], []
    for words in cells:
        blocks = [job(study, *words, f"seeds={BLOCK}", f"first_seed={start}") for start in (0, BLOCK)]
        joined.append(join_seeds(blocks[0].study, [one.study.measure(one.cell) for one in blocks]))
        whole = job(study, *words, f"seeds={2 * BLOCK}")
        long.append(whole.study.measure(whole.cell))
    found = [gather_study(whole.study, each).tables["verdicts"] for each in (joined, long)]
    assert len(found[0])
    pd.testing.assert_frame_equal(*found, rtol=0, atol=0)


@pytest.mark.parametrize("study", sorted(set(STUDIES) - set(JOINED)))
def test_a_study_that_cannot_be_joined_refuses_to_begin_at_another_seed(study):
    with pytest.raises(FieldError, match="first_seed = 3: must be 0"):
        job(study, "seeds=2", "first_seed=3")


@pytest.mark.parametrize("study", STUDIES)
def test_a_run_from_the_first_seed_keeps_its_identity(study):
    assert "first_seed" not in job(study, "seeds=2").settings
    if study in JOINED:
        assert job(study, "seeds=2", "first_seed=2").settings["first_seed"] == 2


def test_the_evidence_is_of_every_kind():
    """Landscapes, networks and strings of bits; descents with and without tuning, and searches."""
    assert {"optimizer_comparison", "warmup", "schedules", "ga_mutation_rate", "noise_regularization"} <= set(JOINED)
