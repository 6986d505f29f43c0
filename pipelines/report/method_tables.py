"""Methods and problems across all studies: how a method ranks, and where each of them appears."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from pipelines.report.stored_tables import StudyTables

RANKED = ("problem", "method", "rank", "tied_with_best")


@dataclass(frozen=True)
class Place:
    """Rank of a method on a problem, and whether it is not shown to be worse than the best one."""

    rank: float
    tied: bool


@dataclass(frozen=True)
class Ranking:
    """Ranks of ``methods`` on ``problems`` in one study, and the mean rank of each method (NaN: unknown)."""

    study: str
    problems: tuple[str, ...]
    methods: tuple[str, ...]
    mean_ranks: Mapping[str, float]
    places: Mapping[tuple[str, str], Place]

    def best(self, problem: str) -> list[str]:
        """Methods of rank 1 on ``problem``."""
        return [name for name in self.methods if self.rank(problem, name) == 1]

    def tied(self, problem: str) -> list[str]:
        """Further methods that are not shown to be worse than the best."""
        return [
            name
            for name in self.methods
            if (place := self.places.get((problem, name))) and place.tied and place.rank != 1
        ]

    def rank(self, problem: str, method: str) -> float:
        """The rank, NaN where the method was not compared on the problem."""
        place = self.places.get((problem, method))
        return place.rank if place else float("nan")


def base_name(method: str) -> str:
    """The method without its setting: ``adam`` of ``adam (schedule=cosine)``."""
    return method.partition(" (")[0]


def rankings(studies: Sequence[StudyTables]) -> list[Ranking]:
    """The ranking of each study that has one, best method first."""
    found = [_ranking(study) for study in studies]
    return [ranking for ranking in found if ranking]


def _ranking(study: StudyTables) -> Ranking | None:
    rows = study.tables.get("ranking")
    if rows is None or not set(RANKED) <= set(rows) or rows.empty:
        return None
    overall = study.tables.get("overall", pd.DataFrame())
    known = dict(zip(overall["method"], overall["mean_rank"], strict=True)) if "mean_rank" in overall else {}
    means = {str(name): float(value) for name, value in known.items()}
    methods = sorted(rows["method"].astype(str).unique(), key=lambda name: (means.get(name, float("inf")), name))
    places = {
        (str(problem), str(method)): Place(float(rank), str(tied) == "True")
        for problem, method, rank, tied in rows[list(RANKED)].itertuples(index=False, name=None)
    }
    problems = tuple(rows["problem"].astype(str).unique())
    return Ranking(study.name, problems, tuple(methods), means, places)


def appearances(studies: Sequence[StudyTables], column: str) -> dict[str, list[str]]:
    """Studies in whose runs each ``method`` or ``problem`` appears, by its name without settings."""
    found: dict[str, list[str]] = {}
    for study in studies:
        summary = study.tables.get("summary")
        if summary is not None and column in summary:
            for name in sorted({base_name(str(one)) for one in summary[column].dropna().unique()}):
                found.setdefault(name, []).append(study.name)
    return dict(sorted(found.items()))
