"""One claim settled: ``python -m src.settle C4`` adds test seeds in each study that settles C4 until it is decided.

Further words are those of ``python -m src.run``, as ``max_seeds=240`` or ``profile=quick``. Exit codes are its too:
of several studies the first that is not 0.
"""

import sys
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path

from src.run import CONF, main

USAGE = """\
usage: python -m src.settle CLAIM [KEY=VALUE,...]

  python -m src.settle C4                     test seeds until C4 is decided, in each study that settles it
  python -m src.settle C4.adam max_seeds=240  one part of it, with at most 240 test seeds

The keys are those of python -m src.run --help.
"""


def settle(arguments: Sequence[str]) -> int:
    """Decide the claim that is the first of ``arguments``; the exit code."""
    if not arguments or {"-h", "--help"} & set(arguments):
        print(USAGE)
        return 0 if arguments else 2
    claim, *words = arguments
    claims = claims_by_study(CONF)
    known = {name for names in claims.values() for name in names}
    known |= {name.partition(".")[0] for name in known}
    if claim not in known:
        near = get_close_matches(claim, sorted(known), n=3, cutoff=0.5)
        meant = f"did you mean {' or '.join(near)}?" if near else f"there are {', '.join(sorted(known))}"
        print(f"error: claim = {claim}: no study settles it; {meant}", file=sys.stderr)
        return 2
    studies = [study for study, names in claims.items() if is_of(claim, names)]
    codes = [main([f"+study={study}", "until=decided", f"claim={claim}", *words]) for study in studies]
    return next((code for code in codes if code), 0)


def is_of(claim: str, names: Sequence[str]) -> bool:
    """Whether ``claim`` is one of ``names``, or the row of docs/reference.md that one of them is a part of."""
    return any(claim in (name, name.partition(".")[0]) for name in names)


def claims_by_study(conf: Path) -> Mapping[str, list[str]]:
    """Names of the claims that each study's yaml in ``conf`` settles."""
    import yaml

    found = {}
    for path in sorted((conf / "study").glob("*.yaml")):
        study = yaml.safe_load(path.read_text(encoding="utf-8"))["study"]
        found[path.stem] = list(study.get("claims") or {})
    return found


if __name__ == "__main__":
    from src.command.interruption import interruptible

    with interruptible():
        sys.exit(settle(sys.argv[1:]))
