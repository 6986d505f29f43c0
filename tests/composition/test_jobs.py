"""Configs that are put together from parts are those that Hydra composes for each job."""

import pytest
from hydra import compose, initialize_config_dir
from hydra._internal.core_plugins.basic_sweeper import BasicSweeper
from hydra.core.override_parser.overrides_parser import OverridesParser

from src.composition.grid import own_grid, variant, varied, with_command
from src.composition.jobs import built_jobs
from src.composition.parts import build
from src.run import CONF


@pytest.mark.parametrize(
    "words",
    [
        "+study=optimizer_comparison",  # groups
        "+study=batch_noise",  # a field of a swept part, and a label that depends on it
        "+study=noise_regularization",
        "+study=ga_parameters",
        "+study=safeguards",  # presets, which reach beyond their own part
        "+study=initialization",  # a study that sets fields of the tuning
        "+study=hyperparameter_search",  # a study with a budget of its own
        "+study=schedules tuning.lowest=0.001",
        "problem=bowl,digits_mlp optimizer=adam,adamw optimizer.beta1=0.5",  # a shared field of a swept part
        "problem=bowl steps=5,10 seeds=2,3 tuning.seeds=1,2",  # what building a job resolves
        "problem=bowl learning_rate=0.1,null,1e-3 label=a,'b,c',${optimizer.beta1},${problem.steps}",
        "problem=digits_mlp init=xavier,he label=mine-${problem.batch_size}",
    ],
)
def test_each_job_is_built_as_hydra_composes_it(words):
    parser = OverridesParser.create()
    command = parser.parse_overrides([*words.split(), "profile=tiny"])
    with initialize_config_dir(str(CONF), version_base="1.3"):
        study = [one.input_line for one in command if one.key_or_group in ("study", "profile")]
        base = compose("config", study, return_hydra_config=True)
        grid = own_grid(base.hydra.sweeper.params or {}, base.profile.max_grid_values, parser)
        [jobs] = BasicSweeper.split_arguments(
            parser.parse_overrides(with_command(CONF, grid, command, multirun=True)), None
        )
        assert len(jobs) > 1
        built = [parts for _, parts in built_jobs(CONF, "config", jobs, varied(jobs))]
        for job, parts in zip(jobs, built, strict=True):
            config = compose("config", job, return_hydra_config=True)
            expected = build(config, config.hydra.runtime.choices, variant(job, varied(jobs)))
            assert parts.settings == expected.settings
            assert parts.cell.names == expected.cell.names
            assert parts.cell == expected.cell
