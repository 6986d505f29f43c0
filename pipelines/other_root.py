"""Part of a study's stage: its claims are settled again on another root seed, with few seeds.

A verdict that is another one there rests on the draw of its random numbers. ``python -m pipelines.other_root
study=NAME root_seed=1000 seeds=10 profile=full`` runs the study's grid with at most that many test seeds and writes
``results/NAME/other_root.csv``. Nothing is run with ``seeds=0``, or where the study makes no claims.
"""

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

# Everything heavy is imported where it is used: without seeds there is nothing to wait for.
if TYPE_CHECKING:
    import pandas as pd

CONF, RESULTS = Path("conf"), Path("results")
TABLE = "other_root"
COLUMNS = ("claim", "settings", "verdict", "root_seed")
WORDS = ("study", "root_seed", "seeds", "profile")


def own_seeds(conf: Path, study: str) -> int:
    """Number of test seeds that ``study`` asks for; 0 where it makes no claims."""
    own = yaml.safe_load((conf / "study" / f"{study}.yaml").read_text(encoding="utf-8"))
    default = yaml.safe_load((conf / "config.yaml").read_text(encoding="utf-8"))["seeds"]
    return int(own.get("seeds", default)) if own["study"].get("claims") else 0


def main(arguments: Sequence[str]) -> int:
    """Run the study on another root seed and write the table of its verdicts there.

    Returns:
        The exit code: that of the study's command, or 2 when this command is wrong.
    """
    given = dict(word.partition("=")[::2] for word in arguments)
    if set(given) != set(WORDS) or not all(given[name].isdecimal() for name in ("root_seed", "seeds")):
        print("error: other_root: must be given study=NAME root_seed=COUNT seeds=COUNT profile=NAME", file=sys.stderr)
        return 2
    study = given["study"]
    seeds = min(own_seeds(CONF, study), int(given["seeds"]))
    if not seeds:
        return 0
    words = [f"+study={study}", f"profile={given['profile']}", f"root_seed={given['root_seed']}", f"seeds={seeds}"]
    words.append("aside=true")
    code = subprocess.run([sys.executable, "-m", "src.run", *words], check=False).returncode
    if code:
        return code
    verdicts = _verdicts(words, study)
    verdicts.assign(root_seed=int(given["root_seed"]))[list(COLUMNS)].to_csv(
        RESULTS / study / f"{TABLE}.csv", index=False
    )
    return 0


def _verdicts(words: Sequence[str], study: str) -> "pd.DataFrame":
    """The verdicts that the command with these ``words`` has left."""
    import pandas as pd

    from src.composition.plan import make_plan
    from src.run import SWEEPS
    from src.runs.identity import sweep_identity

    jobs = make_plan(CONF.resolve(), words, asked_for_multirun=False).jobs
    return pd.read_csv(RESULTS / SWEEPS / study / sweep_identity(study, jobs) / "verdicts.csv")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
