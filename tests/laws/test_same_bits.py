"""Same seed, same bits: twice in one process, and in another."""

import json
import os
import subprocess
import sys

import registry
from bits import digests


def test_the_same_seeds_give_the_same_bits_twice_and_in_another_process():
    here = digests()
    assert digests() == here
    environment = os.environ | {"PYTHONPATH": str(registry.ROOT), "PYTHONHASHSEED": "12345", "OMP_NUM_THREADS": "1"}
    command = [sys.executable, str(registry.ROOT / "tests" / "laws" / "bits.py")]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True, timeout=120)
    assert json.loads(done.stdout) == here


def test_another_root_gives_other_bits():
    here, other = digests(), digests(root_seed=1)
    assert here["noise"] != other["noise"]
    assert here["order"] != other["order"]
