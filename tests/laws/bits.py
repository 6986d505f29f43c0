"""Digests of two descents with all their randomness; run as a program, it prints them from a fresh process."""

import hashlib
import json
import sys

import registry
import torch
from descents import LEARNING_RATES, descend, rows_of

from src.core.streams import Seed, seeds


def digest(problem: str, optimizer: str, beginning: tuple[str, str], seeds_drawn: list[Seed]) -> str:
    """SHA-256 of everything that a descent returns."""
    task = registry.build("problem", problem)
    start = registry.build(*beginning).draw(task, seeds_drawn)
    descent = descend(task, registry.build("optimizer", optimizer), start, LEARNING_RATES, seeds_drawn, steps=12)
    parts = rows_of(descent)
    return hashlib.sha256(b"".join(parts[name].numpy().tobytes() for name in sorted(parts))).hexdigest()


def digests(root_seed: int = 0) -> dict[str, str]:
    """Start and noise on a landscape; weights and the order of the data on a network in float32."""
    return {
        "noise": digest(
            "rosenbrock_4d", "clip_noise_precondition", ("start", "normal"), seeds(3, root_seed=root_seed)
        ),
        "order": digest("digits_mlp", "adam", ("init", "xavier"), seeds(3, root_seed=root_seed)),
    }


if __name__ == "__main__":
    torch.set_num_threads(1)
    sys.stdout.write(json.dumps(digests()))
