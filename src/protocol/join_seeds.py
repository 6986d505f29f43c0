"""Runs of one cell on successive seeds, joined to what one run on all of these seeds is.

A seed's random numbers depend on neither its neighbours nor their number (src/core/streams.py), so the tables by seed
of the runs, one under the other, are those of the long run: to the bit, but for networks, whose sums over a layer may
be rounded otherwise in a batch of another size.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from src.core.result import Result
from src.protocol.study import Study
from src.protocol.summary import StudyError


def join_seeds(study: Study, blocks: Sequence[Result]) -> Result:
    """One cell's runs on successive blocks of test seeds as one run.

    Tables with a column ``seed`` are put one under the other, with the tuning seeds of the first block. Other tables,
    and ``about``, must be the same in all blocks, but for those that the study says are of all seeds: these are left
    out, and the study works out again what its ``gather`` needs. End metrics are left out: no ``gather`` reads them.

    Raises:
        StudyError: the study's runs cannot be joined, or the blocks share a seed.
    """
    if len(blocks) == 1:
        return blocks[0]
    if study.of_all_seeds is None:
        raise StudyError(f"study {study.name}: its runs cannot be joined by seeds")
    tables = {}
    for name in dict.fromkeys(name for block in blocks for name in block.tables if name not in study.of_all_seeds):
        parts = [block.tables[name] for block in blocks if name in block.tables]
        if "seed" in parts[0]:
            tables[name] = _by_seed(study, name, parts)
        elif all(part.equals(parts[0]) for part in parts):
            tables[name] = parts[0]
        else:
            raise StudyError(f"study {study.name}: its table {name} is of all seeds together, and cannot be joined")
    about = _about(study, [block.about for block in blocks])
    return study.over_all_seeds(replace(blocks[0], tables=tables, metrics={}, missing={}, about=about))


def _by_seed(study: Study, name: str, parts: Sequence[pd.DataFrame]) -> pd.DataFrame:
    tested = [part[part["split"] == "test"] if "split" in part else part for part in parts]
    numbers = [number for part in tested for number in part["seed"].unique()]
    if len(set(numbers)) < len(numbers):
        raise StudyError(f"study {study.name}: its table {name} has a seed in two blocks")
    return pd.concat([parts[0], *tested[1:]], ignore_index=True)


def _about(study: Study, blocks: Sequence[dict[str, Any]]) -> dict[str, Any]:
    own = ("seeds", *(study.of_all_seeds or ()))
    first, *others = ({key: value for key, value in about.items() if key not in own} for about in blocks)
    if changed := [key for key in first if any(other.get(key) != first[key] for other in others)]:
        raise StudyError(f"study {study.name}: {changed[0]} is of all seeds together, and cannot be joined")
    return first | {"seeds": sum(about["seeds"] for about in blocks)}
