"""The stage that stands for all code and configs that studies share: a digest per file in ``shared_sources.csv``.

Each study's stage depends on this one file instead of on thirty folders, which DVC would look through once per study.
"""

import hashlib
import sys
from collections.abc import Iterable
from pathlib import Path

import pandas as pd
import yaml

OUTPUT = Path("results") / "shared_sources.csv"
STAGE = "shared_sources"


def digests(paths: Iterable[Path]) -> pd.DataFrame:
    """Columns path and sha256 of the files in ``paths`` and below, sorted by path; compiled files are left out."""
    found = [file for path in paths for file in (path.rglob("*") if path.is_dir() else [path])]
    files = sorted(file for file in set(found) if file.is_file() and "__pycache__" not in file.parts)
    rows = [(file.as_posix(), hashlib.sha256(file.read_bytes()).hexdigest()) for file in files]
    return pd.DataFrame(rows, columns=["path", "sha256"])


def main() -> int:
    """Write the digests of what the stage depends on in ``dvc.yaml``."""
    pipeline = yaml.safe_load(Path("dvc.yaml").read_text(encoding="utf-8"))
    OUTPUT.parent.mkdir(exist_ok=True)
    digests(Path(path) for path in pipeline["stages"][STAGE]["deps"]).to_csv(OUTPUT, index=False)
    return 0


if __name__ == "__main__":
    sys.exit(main())
