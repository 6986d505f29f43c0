"""The text of ``--help``: what there is to run, read from ``conf/`` without importing anything heavy."""

import textwrap
from pathlib import Path

USAGE = """\
usage: python -m src.run [+study=NAME] [GROUP=NAME,...] [KEY=VALUE,...]

  python -m src.run +study=optimizer_comparison                      the study's whole grid
  python -m src.run +study=optimizer_comparison optimizer=adam,gd    narrower
  python -m src.run +study=optimizer_comparison optimizer=+clip      the whole grid and one method more
  python -m src.run problem=rosenbrock optimizer=adam learning_rate=0.01      one run
  python -m src.run problem=eggholder +search=cma_es                 one run of a search
  python -m src.run +search=cma_es,particle_swarm problem=plain_function problem.function=MODULE.FUNCTION
  python -m src.run -m problem=bowl,sines schedule=constant,cosine   a grid of your own

keys (defaults in conf/config.yaml; any field of any part can be set, as optimizer.beta1=0.8):
  learning_rate=NUMBER     learning rate; left out, it is tuned      seeds=COUNT         test seeds
  steps=COUNT     budget; left out, the problem's own       tuning.seeds=COUNT  tuning seeds
                  (of a search 500 evaluations per dimension on a landscape)
  profile=quick   few seeds, short runs                     device=cuda         where there is one
  force=true      do again what is done                     aside=true          leave results/STUDY as it is
  until=decided   add test seeds, seeds= at a time, until the study's claims are decided or max_seeds=COUNT are spent;
                  python -m src.settle C4 does so for one claim, in every study that settles it
"""
GROUPS = ("study", "problem", "optimizer", "search", "schedule", "start", "init", "stopping", "profile")
CLOSING = """\
results: results/STUDY/ (tables and figures), of another grid than the study's own results/sweeps/STUDY/ID/
finished runs: runs/; MLflow: make ui (MLFLOW_TRACKING_URI is honoured)
hydra's own options (--cfg job, --info, ...) work too
"""


def names(conf: Path, group: str) -> list[str]:
    """Names of the yamls of ``group``, sorted."""
    return sorted(path.stem for path in (conf / group).glob("*.yaml"))


def overview(conf: Path) -> str:
    """What can be run, group by group."""
    lines = [USAGE]
    for group in GROUPS:
        listed = ", ".join(names(conf, group))
        lines.append(textwrap.fill(listed, 112, initial_indent=f"{group + ':':<11}", subsequent_indent=" " * 11))
    return "\n".join([*lines, "", CLOSING])
