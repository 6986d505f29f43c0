"""The stage that runs the studies which have no line of their own in ``dvc.yaml``.

A study that was just added is thereby part of the pipeline and of the overview; a line in ``dvc.yaml`` and a section
in ``params.yaml`` give it settings that a person may vary, and a stage that depends on its own folder alone.
"""

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import yaml

STAGES = "study"  # the foreach in dvc.yaml
OUTPUT = Path("results") / "other_studies.csv"


def other_studies(root: Path) -> list[str]:
    """Names of the yamls in ``conf/study`` that the pipeline at ``root`` has no stage for, sorted."""
    pipeline = yaml.safe_load((root / "dvc.yaml").read_text(encoding="utf-8"))
    known = set(pipeline["stages"][STAGES]["foreach"])
    return sorted({path.stem for path in (root / "conf" / "study").glob("*.yaml")} - known)


def main(overrides: Sequence[str]) -> int:
    """Run each of these studies with ``overrides``, then list them in OUTPUT; 1 when one of them failed."""
    codes = {
        name: subprocess.run([sys.executable, "-m", "src.run", f"+study={name}", *overrides], check=False).returncode
        for name in other_studies(Path.cwd())
    }
    OUTPUT.parent.mkdir(exist_ok=True)
    pd.DataFrame({"study": list(codes)}).to_csv(OUTPUT, index=False)
    for name, code in codes.items():
        if code:
            print(f"error: study {name} ended with exit code {code}", file=sys.stderr)
    return int(any(codes.values()))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
