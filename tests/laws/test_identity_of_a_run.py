"""All that a run reads of its config is part of what makes it the same run: every field of every group."""

import pytest
import registry
from omegaconf import OmegaConf

from src.composition.parts import build

# Keys of a composed config that say how a run is called, shown or repeated, or how much of a study is run at all: the
# profile's caps are in the seeds and steps that it leaves.
NOT_READ = {"profile", "label", "figures", "sweep_figures", "force", "aside", "hydra", "until", "max_seeds", "claim"}
NOT_READ |= {"first_seed"}  # where it is 0, as here: tests/laws/test_seeds_in_blocks.py
OF_A_DESCENT = {"optimizer", "schedule", "tuning", "learning_rate", "evaluate_every", "device"}
# Keys of a study that say how its runs are read and judged.
NOT_MEASURED = ("question", "how_to_read", "claims", "duels", "valleys")


@pytest.mark.parametrize("study", registry.names("study"))
def test_a_run_is_the_same_only_where_all_that_it_reads_is(study):
    config = registry.first_job(study)
    parts = build(config, config.hydra.runtime.choices, "")
    composed = {
        key: OmegaConf.to_container(node, resolve=True) if OmegaConf.is_config(node) else node
        for key, node in config.items()
        if key not in NOT_READ
    }
    unused = {"start" if parts.cell.problem.is_learning else "init"}
    if not parts.study.descends:
        unused |= OF_A_DESCENT
    read = {key: value for key, value in composed.items() if key not in unused}
    read["study"] = {key: value for key, value in read["study"].items() if key not in NOT_MEASURED}
    assert {key: value for key, value in parts.settings.items() if key != "names"} == read
