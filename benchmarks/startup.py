"""How long a person waits for the command's first answer."""

import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from benchmarks.measurement import Measurement

ROOT = Path(__file__).resolve().parents[1]


def waited(arguments: Sequence[str], repeats: int) -> float:
    """Median wall-clock seconds of ``python ARGUMENTS`` in the project's folder, after one warm-up."""
    seconds = []
    for _ in range(repeats + 1):
        began = time.perf_counter()
        subprocess.run([sys.executable, *arguments], cwd=ROOT, stdout=subprocess.DEVNULL, check=True)
        seconds.append(time.perf_counter() - began)
    return median(seconds[1:])


def usage(repeats: int, most: float = 5.0) -> Measurement:
    """``python -m src.run --help`` against a Python that does nothing."""
    ours, peers = waited(["-m", "src.run", "--help"], repeats), waited(["-c", "pass"], repeats)
    return Measurement(
        benchmark="python -m src.run --help",
        peer="python -c pass",
        ours=ours,
        peers=peers,
        ratio=ours / peers,
        goal=most,
        at_most=True,
        note="wall clock; how many times as long",
    )


def imports(repeats: int, most: float = 5.0) -> Measurement:
    """What each process of a sweep imports before it measures, against ``import torch`` alone."""
    ours = waited(["-c", "import src.command.work, src.studies.comparison, hydra"], repeats)
    peers = waited(["-c", "import torch"], repeats)
    return Measurement(
        benchmark="imports of a study's process",
        peer="import torch",
        ours=ours,
        peers=peers,
        ratio=ours / peers,
        goal=most,
        at_most=True,
        note="wall clock; how many times as long",
    )
