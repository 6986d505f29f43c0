"""Which jobs a command makes: the study's grid, narrower, wider, and commands that cannot be meant."""

import pytest

from src.composition.plan import make_plan
from src.composition.refusals import Refused
from src.run import CONF

COMPARISON = "+study=optimizer_comparison profile=tiny"


def plan(words):
    given = words.split()
    return make_plan(CONF, [word for word in given if word != "-m"], asked_for_multirun="-m" in given)


def values(words, key):
    return list(
        dict.fromkeys(
            word.partition("=")[2] for job in plan(words).jobs for word in job if word.partition("=")[0] == key
        )
    )


@pytest.mark.parametrize(
    ("words", "key", "expected"),
    [
        (COMPARISON, "optimizer", ["gd", "clip_noise_precondition"]),
        (f"{COMPARISON} optimizer=adam", "optimizer", ["adam"]),
        (f"{COMPARISON} optimizer=+adam", "optimizer", ["gd", "clip_noise_precondition", "adam"]),
        (f"{COMPARISON} optimizer=+adam,gd", "optimizer", ["gd", "clip_noise_precondition", "adam"]),
        ("-m optimizer=glob(ada*) problem=bowl", "optimizer", ["adagrad", "adam", "adamw"]),
        ("problem=bowl seeds=range(1,4)", "seeds", ["1", "2", "3"]),
        # the study's own optimizer has the field, the default one does not
        ("+study=noise_regularization profile=tiny optimizer.scale=0.01", "optimizer.scale", ["0.01"]),
        ("+study=noise_regularization profile=tiny optimizer.scale=0.0,0.01", "optimizer.scale", ["0.0", "0.01"]),
        ("problem=bowl,sines hydra/launcher=basic", "problem", ["bowl", "sines"]),
    ],
)
def test_a_command_makes_the_jobs_that_it_names(words, key, expected):
    assert values(words, key) == expected


@pytest.mark.parametrize(
    ("words", "whole"),
    [
        (COMPARISON, True),
        (f"{COMPARISON} seeds=3 tuning.seeds=2 root_seed=1 hydra.launcher.n_jobs=1 force=true", True),
        (f"{COMPARISON} aside=false", True),
        (f"{COMPARISON} root_seed=1 aside=true", False),
        ("problem=bowl optimizer=gd aside=true", False),
        (f"{COMPARISON} problem=bowl", False),
        (f"{COMPARISON} optimizer=+adam", False),
        (f"{COMPARISON} optimizer=adam optimizer.beta1=0.8", False),
        ("problem=bowl optimizer=gd", True),  # a command without a study has no grid to be a part of
    ],
)
def test_only_the_studys_own_grid_gives_the_studys_results(words, whole):
    assert plan(words).is_whole is whole


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("+stduy=optimizer_comparison", "stduy: nothing reads this key (did you mean study?)"),
        ("-m +seed=1,2,3", "seed: nothing reads this key (did you mean seeds?)"),
        ("++optimizr.beta1=0.5", "optimizr: nothing reads this key (did you mean optimizer?)"),
        ("+study=textbook,schedules", "+study=textbook,schedules: one study at a time"),
        ("optimizer=gd,gd", "optimizer=gd,gd: names gd twice"),
        ("learning_rate=0.1,0.10 problem=bowl", "names 0.1 twice"),
        ("optimizer=adam,gd label=mine problem=bowl", "label = mine: must tell the methods of a sweep apart"),
        ("seeds=range(5,1)", "seeds=range(5,1): holds no value"),
        ("-m optimizer=glob(zz*)", "optimizer=glob(zz*): holds no value"),
        ("hydra.launcher.n_jobs=0", "hydra.launcher.n_jobs = 0: must be at least 1, or -1"),
        ("study._target_=pathlib.Path", "study._target_ = pathlib.Path: "),
        (
            "problem._target_=src.optimizers.gd.GradientDescent",
            "problem._target_ = src.optimizers.gd",
        ),
        ("profile._target_=pathlib.Path", "profile._target_ = pathlib.Path: "),
        (
            "optimizer=gd optimizer._target_=pathlib.PurePath",
            "optimizer._target_ = pathlib.PurePath: must",
        ),
        # the study's own grid, not the command, names what does not exist
        (f"{COMPARISON} hydra.sweeper.params.optimizer='gd,adm'", "optimizer = adm: must be one of"),
        ("force=please", "force = please: must be true or false"),
        ("force=1", "force = 1: must be true or false"),
        ("aside=maybe", "aside = maybe: must be true or false"),
        ("study.name=../precious", "name = '../precious': must be a name of at most 100 letters"),
        ("study.name=/tmp/precious", "name = '/tmp/precious': must be a name"),
        ("study.name=.", "name = '.': must be a name"),
        ("study.name=sweeps", "name = 'sweeps': must be another name"),
        ("study.name=null", "name = None: must be a name"),
        ("seeds=1000000000000", "seeds = 1000000000000: must be at most"),
        ("tuning.seeds=1000000000000", "tuning.seeds = 1000000000000: must be at most"),
        # nobody waits for a setting that changes nothing
        ("+search=cma_es problem=eggholder optimizer=adam", "optimizer=adam: has no part in a search"),
        ("+search=cma_es problem=eggholder learning_rate=0.1", "learning_rate=0.1: has no part in a search"),
        ("+search=cma_es problem=eggholder problem.steps=50", "whose budget is steps=EVALUATIONS"),
        ("+study=gradient_free optimizer.beta1=0.5", "optimizer.beta1=0.5: has no part in a search"),
        (f"{COMPARISON} +search=cma_es", "search = CmaEs: must be left out: study optimizer_comparison searches"),
        # each is allowed alone
        (
            "problem=bowl optimizer=gd tuning.lowest=0.001,1 tuning.highest=10,0.1",
            "Tuning.highest = 0.1: must be above lowest = 1",
        ),
        ("problem=bowl,digits_mlp problem.batch_size=4,8", "batch_size"),
        ("problem=sines,bowl optimizer=gd,adam optimizer.beta1=0.8", "optimizer.beta1"),
    ],
)
def test_what_cannot_be_meant_is_refused_in_one_line(words, said):
    with pytest.raises(Refused) as refused:
        plan(words)
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)
    assert len(str(refused.value)) < 600


@pytest.mark.parametrize(("profile", "steps"), [("full", 170), ("quick", 34), ("tiny", 8)])
def test_a_profile_runs_its_share_of_a_studys_own_steps_in_every_job(profile, steps):
    planned = plan(f"+study=hyperparameter_search profile={profile}")
    assert len(planned.parts) > 1
    assert {parts.study.training_steps for parts in planned.parts} == {steps}
    assert {parts.settings["study"]["training_steps"] for parts in planned.parts} == {steps}
