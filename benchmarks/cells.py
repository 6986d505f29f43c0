"""Cells of the benchmarks, built from ``conf/`` as a study builds them."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from hydra.utils import instantiate
from omegaconf import OmegaConf
from torch import nn

from src.problems.mlp import Mlp
from src.problems.module import ModuleTask
from src.protocol.study import Cell

CONF = Path(__file__).resolve().parents[1] / "conf"
# Fields that a multi-layer perceptron and the same network as a module have in common.
SHARED = ("data", "loss", "batch_size", "epochs", "precision", "target_loss")


def built(group: str, name: str) -> Any:
    """Part that ``conf/GROUP/NAME.yaml`` describes."""
    return instantiate(OmegaConf.load(CONF / group / f"{name}.yaml"), _convert_="all")


def cell(problem: str, seeds: int) -> Cell:
    """Adam on ``problem`` with the laboratory's usual settings: monitored, with the stopping rule on."""
    task = built("problem", problem)
    return Cell(
        problem=task,
        optimizer=built("optimizer", "adam"),
        schedule=built("schedule", "constant"),
        start=built("init", "xavier") if task.is_learning else built("start", "uniform"),
        stopping=built("stopping", "patience"),
        tuning=built("tuning", "grid"),
        learning_rate=None,
        seeds=seeds,
        steps=task.steps,
        evaluate_every=None,
        root_seed=0,
        device="cpu",
        names={"problem": problem, "method": "adam"},
    )


def as_module(mlp: Mlp) -> nn.Sequential:
    """The network of ``mlp`` as a ``torch.nn.Sequential``, whose weights torch draws."""
    activation = nn.ReLU if mlp.activation == "relu" else nn.Tanh
    parts: list[nn.Module] = []
    for inner, outer in zip(mlp.widths[:-1], mlp.widths[1:], strict=True):
        parts += [nn.Linear(inner, outer, dtype=mlp.dtype), activation()]
    return nn.Sequential(*parts[:-1])


def with_module(mlp_cell: Cell) -> Cell:
    """The same cell with its perceptron handed over as a ``torch.nn.Module``."""
    mlp = mlp_cell.problem
    if not isinstance(mlp, Mlp):
        raise TypeError(f"{type(mlp).__name__} is not an Mlp")
    shared = {field: getattr(mlp, field) for field in SHARED}
    return replace(mlp_cell, problem=ModuleTask(module=as_module(mlp), **shared))
