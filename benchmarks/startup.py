"""Time until the command's first answer."""

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
    times = waited(["-m", "src.run", "--help"], repeats), waited(["-c", "pass"], repeats)
    return _measurement("python -m src.run --help", "python -c pass", times, most)


def imports(repeats: int, most: float = 5.0) -> Measurement:
    """Imports of each process of a sweep against ``import torch`` alone."""
    needed = "import src.command.run_job, src.protocol.comparison, hydra"
    times = waited(["-c", needed], repeats), waited(["-c", "import torch"], repeats)
    return _measurement("imports of a study's process", "import torch", times, most)


def _measurement(benchmark: str, peer: str, times: tuple[float, float], most: float) -> Measurement:
    ours, peers = times
    return Measurement(
        benchmark=benchmark,
        peer=peer,
        ours=ours,
        peers=peers,
        ratio=ours / peers,
        goal=most,
        at_most=True,
        note="wall clock; ratio of the times",
    )
