"""What is wrong is said in one line that names field, value and what is allowed, before anything is written."""

import json
import os

import pytest
import torch
from laboratory import copied

pytestmark = pytest.mark.command

# Runs main() once for each case, each in an empty folder of its own.
MANY = """
import contextlib, io, json, os, sys, tempfile
from src.run import main

answers = []
for words, environment in json.load(sys.stdin):
    os.chdir(tempfile.mkdtemp(dir=sys.path[0] or "."))
    os.environ.pop("MLFLOW_TRACKING_URI", None)
    os.environ.update(environment)
    output, errors = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(output), contextlib.redirect_stderr(errors):
        code = main(words.split())
    answers.append([code, output.getvalue(), errors.getvalue(), os.listdir()])
json.dump(answers, sys.stdout)
"""

OPTIMIZERS = "adagrad, adam, adamw"
NAMES = [
    (
        "+study=optimizer_comparisn",
        ["study = optimizer_comparisn", "textbook", "(did you mean optimizer_comparison?)"],
    ),
    ("problem=bowll", ["problem = bowll", "ackley", "(did you mean bowl?)"]),
    ("problem=sines,bowll", ["problem = bowll", "ackley", "(did you mean bowl?)"]),
    ("optimizer=adm", ["optimizer = adm", OPTIMIZERS, "(did you mean adam?)"]),
    ("+study=optimizer_comparison optimizer=adm", ["optimizer = adm", OPTIMIZERS, "(did you mean adam?)"]),
    ("schedule=cosin", ["schedule = cosin", "one_cycle", "(did you mean cosine?)"]),
    ("profile=quik", ["profile = quik", "full, quick, tiny", "(did you mean quick?)"]),
    ("+preset=r5", ["preset = r5", "r5_gd"]),
    ("sed=3", ["sed=3", "no such key (did you mean seeds?)", "learning_rate, max_seeds, optimizer"]),
    ("optimizer.beta3=0.5", ["optimizer.beta3=0.5", "no such key (did you mean beta2?)", "beta1, beta2, eps"]),
    ("tuning.seds=3", ["tuning.seds=3", "(did you mean seeds?)", "highest, lowest"]),
    ("+optimizer.beta3=1", ["optimizer", "beta3"]),
    ("study=textbook", ["study", "+study=textbook"]),
    ("figures=[nonsense]", ["figures = 'nonsense'", "loss_band"]),
    ("figures=loss_band", ["figures = 'loss_band'", "must be a list", "loss_band"]),
    ("sweep_figures=[nonsense]", ["sweep_figures = 'nonsense'", "ranking"]),
    ("optimizer._target_=nowhere.Method", ["optimizer", "nowhere.Method"]),
    ("optimizer=adam,", ["optimizer=adam,", "expecting"]),
    ("problem", ["problem", "missing EQUAL"]),
    ("--nonsense", ["--nonsense", "no such option; try --help"]),
]
POSITIVE, COUNT = "must be a finite number above 0", "must be a whole number, at least 1"
VALUES = [
    ("learning_rate=0", ["learning_rate = 0", POSITIVE]),
    ("learning_rate=-1", ["learning_rate = -1", POSITIVE]),
    ("learning_rate=abc", ["learning_rate = 'abc'", POSITIVE]),
    ("learning_rate=nan", ["learning_rate = nan", POSITIVE]),
    ("-m learning_rate=0.1,0", ["learning_rate = 0", POSITIVE]),
    ("seeds=0", ["seeds = 0", COUNT]),
    ("seeds=abc", ["seeds = 'abc'", COUNT]),
    ("seeds=1.5", ["seeds = 1.5", COUNT]),
    ("tuning.seeds=0", ["tuning.seeds = 0", COUNT]),
    ("tuning.lowest=10 tuning.highest=1", ["Tuning.highest = 1", "must be above lowest = 10"]),
    ("steps=0", ["steps = 0", COUNT]),
    ("evaluate_every=0", ["evaluate_every = 0", COUNT]),
    ("root_seed=-1", ["root_seed = -1", "must be a whole number, at least 0"]),
    ("problem=digits_mlp problem.batch_size=99999", ["batch_size = 99999", "must be at most 1079"]),
    ("problem.start=[1]", ["start = [1]", "must be a list of 2 finite numbers"]),
    ("stopping.patience=0", ["patience = 0", COUNT]),
    ("optimizer.beta1=2", ["beta1 = 2", "must be a finite number at least 0 and below 1"]),
    ("optimizer.beta1=0.5,2", ["beta1 = 2", "must be a finite number at least 0 and below 1"]),
    ("device=gpu", ["device = 'gpu'", "must be cpu, or cuda"]),
]
STORES = [
    ("sqlite:////nonexistent/x.db", ["/nonexistent/x.db", "the folder /nonexistent does not exist"]),
    (f"sqlite:///{__file__}/x.db", [f"{__file__}/x.db", "does not exist"]),
    (f"sqlite:///{__file__}", [__file__, "is not a SQLite database"]),
    ("ftp://somewhere/x", ["ftp://somewhere/x", "a store is sqlite:///PATH"]),
    ("mlflow.db", ["mlflow.db", "a store is sqlite:///PATH"]),
    ("http://[::1", ["http://[::1", "is no address"]),
    ("http://somewhere:port", ["http://somewhere:port", "is no address"]),
]
CASES = {
    "names": [(words, {}, said) for words, said in NAMES],
    "values": [(words, {}, said) for words, said in VALUES],
    "stores": [("problem=bowl learning_rate=0.1", {"MLFLOW_TRACKING_URI": uri}, said) for uri, said in STORES],
}


def check_refused(code: int, output: str, errors: str, said: list[str]) -> None:
    assert code == 2
    assert output == ""
    assert errors.startswith("error: ")
    assert errors.endswith("\n")
    assert len(errors.splitlines()) == 1
    for words in said:
        assert words in errors


@pytest.mark.slow
@pytest.mark.parametrize("kind", CASES)
def test_main_refuses_in_one_line_and_writes_nothing(laboratory, kind):
    cases = CASES[kind]
    process = laboratory.python(
        "-c", MANY, text=json.dumps([(words, environment) for words, environment, _ in cases])
    )
    answers = json.loads(process.stdout)
    for (_, _, said), (code, output, errors, written) in zip(cases, answers, strict=True):
        check_refused(code, output, errors, said)
        assert written == []


@pytest.mark.skipif(torch.cuda.is_available(), reason="this machine has cuda")
def test_a_device_that_is_not_there_is_refused(laboratory):
    refused = laboratory.run("device=cuda")
    check_refused(refused.returncode, refused.stdout, refused.stderr, ["device = 'cuda'", "must be cpu"])
    assert list(laboratory.folder.iterdir()) == []


ADAM = "_target_: src.optimizers.adam.Adam\nbeta1: 0.9\nbeta2: 0.999\neps: 1.0e-8\n"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("text", "said"),
    [
        (ADAM.replace("beta1: 0.9", "beta1: [0.9"), ["adam.yaml", "line"]),
        (ADAM.replace("beta1: 0.9\n", ""), ["optimizer", "beta1"]),
        (ADAM + "beta3: 0.5\n", ["optimizer", "beta3"]),
        (ADAM.replace("beta1: 0.9", "beta1: 1.9"), ["beta1 = 1.9", "below 1"]),
    ],
    ids=["broken", "key missing", "key too many", "value"],
)
def test_a_wrong_yaml_is_refused(laboratory, tmp_path_factory, text, said):
    copy = copied(tmp_path_factory.mktemp("wrong"))
    (copy / "conf" / "optimizer" / "adam.yaml").write_text(text)
    laboratory.root = copy
    refused = laboratory.run("optimizer=adam")
    check_refused(refused.returncode, refused.stdout, refused.stderr, said)
    assert list(laboratory.folder.iterdir()) == []


@pytest.mark.parametrize("name", ["runs", "results"])
def test_a_file_where_a_folder_is_needed_is_refused(laboratory, name):
    (laboratory.folder / name).write_text("mine")
    refused = laboratory.run("problem=bowl", "learning_rate=0.1")
    check_refused(refused.returncode, refused.stdout, refused.stderr, [str(laboratory.folder / name), "folder"])
    assert [path.name for path in laboratory.folder.iterdir()] == [name]


@pytest.mark.skipif(os.geteuid() == 0, reason="permissions do not hold for root")
def test_a_working_directory_that_cannot_be_written_is_refused(laboratory):
    laboratory.folder.chmod(0o555)
    refused = laboratory.run("problem=bowl", "learning_rate=0.1")
    laboratory.folder.chmod(0o755)
    check_refused(refused.returncode, refused.stdout, refused.stderr, [str(laboratory.folder), "cannot be written"])
    assert list(laboratory.folder.iterdir()) == []
