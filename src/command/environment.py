"""Settings of the process that have to stand before numerical libraries load, or before the process starts."""

import os
from collections.abc import MutableMapping

# Small tensors gain nothing from a second thread, and two one-thread processes are faster than one with two.
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
# glibc gives large freed blocks back to the system and clears them again at each step. Keeping them, in huge pages,
# makes small networks faster. Read when a process starts, so this is for the jobs' processes.
KEEP_MEMORY = {
    "MALLOC_TRIM_THRESHOLD_": "2000000000",
    "MALLOC_MMAP_THRESHOLD_": "1000000000",
    "MALLOC_TOP_PAD_": "134217728",
    "GLIBC_TUNABLES": "glibc.malloc.hugetlb=1",
}


def set_up(environment: MutableMapping[str, str] = os.environ) -> None:
    """Put the settings into ``environment`` where it does not say otherwise."""
    for name, value in (ONE_THREAD | KEEP_MEMORY).items():
        environment.setdefault(name, value)
