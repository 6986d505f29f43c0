"""The advice as text."""

import math
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import pandas as pd

from src.advice.advice import Advice
from src.advice.commands import Setting, settling_line, start_line
from src.advice.comparisons import studies_of
from src.advice.evidence import SHOWN, runs_of, verdicts_on
from src.advice.nearest import RADIUS
from src.advice.needs import Limits, Needs, refusals
from src.advice.ranking import RESAMPLES, Ranking
from src.advice.textbook import textbook_ranking
from src.advice.traits import TRAITS

NAMED = 8  # near problems that are named; the others are counted
SURE = 0.95
MOST_METHODS = 5  # in a line that compares methods of which none was measured near
WIDTH = 112


def textbook_lines(problem: Mapping[str, bool]) -> list[str]:
    """The textbook's own scores (row R62) of an example, and what they leave out."""
    scores = ", ".join(f"{name} {score}" for name, score in textbook_ranking(problem).items())
    return [
        f"The textbook's scoring, by agreement in four properties: {scores}",
        "It takes a point from a method for a capability that the problem does not need, so it has no part below.",
        "",
    ]


def near_lines(advice: Advice) -> list[str]:
    """What was compared, and which measured problems are near."""
    near = advice.near
    by = "; ".join(f"{name}: {TRAITS[name]}" for name in near.compared) or "nothing: no trait is known of both"
    if near.measured_itself:
        lines = ["This very problem is measured, so that its own runs alone count:"]
    else:
        lines = [
            f"Near is what lies less than {RADIUS:.2f} away: differences in standard deviations over the measured "
            f"problems, root mean square over {len(near.compared)} traits",
            *_wrapped(f"compared by {by}"),
        ]
    shown = [f"{one.label} ({gap:.2f})" for (one, _), gap in zip(near.votes, near.distances, strict=True)]
    names = list(dict.fromkeys(shown))
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return [*lines, *_wrapped(f"{len(names)} near: {', '.join(names[:NAMED])}{more}"), ""]


def ranking_lines(ranking: Ranking, needs: Mapping[str, Needs]) -> list[str]:
    """The methods in order, how sure the first is, and what was left out of the ranking."""
    rows = [
        {
            "rank": place,
            "method": one.method,
            "score": f"{one.score:.2f} [{one.low:.2f}, {one.high:.2f}]",
            "first in": f"{one.first:.0%}",
            "near problems": one.problems,
            "at once": needs[one.method].at_once or "?",
        }
        for place, one in enumerate(ranking.ranked, start=1)
    ]
    table = pd.DataFrame(rows).to_string(index=False)
    lines = [
        "score: share of pairs of runs that the method wins, by nearness; 95 % interval over problems and seeds",
        table,
        *_how_sure(ranking),
    ]
    return lines + [f"not ranked: {name}: {reason}" for name, reason in ranking.left_out.items()]


def _how_sure(ranking: Ranking) -> list[str]:
    first, *others = ranking.ranked
    share = f"{first.method} is first in {first.first:.0%} of {RESAMPLES} bootstrap rankings"
    rivals = [f"{one.method} ({one.first:.0%})" for one in others if one.first > 1 - SURE]
    lines = [f"how sure: {share}" + (f"; also first: {', '.join(rivals)}" if rivals else "")]
    problems = {one.problem for one in ranking.comparisons}
    if len(problems) == 1:
        lines.append("all of these runs are on one problem: how problems differ is not in the intervals")
    profiles = sorted({one.profile for one in ranking.comparisons} - {"full"})
    if profiles:
        lines.append(
            f"{', '.join(profiles).upper()} PROFILE: few seeds, short runs. This shows no more than that it runs."
        )
    return lines


def evidence_lines(ranking: Ranking, runs: Mapping[tuple[str, str, str], str], verdicts: Iterable[str]) -> list[str]:
    """The runs and verdicts on which the first method's place rests."""
    method = ranking.ranked[0].method
    own = [one for one in ranking.comparisons if method in one.methods]
    keys = dict.fromkeys((one.study, one.problem, method) for one in own)
    lines = [f"rests on results/: {', '.join(studies_of(ranking.comparisons))}"]
    found = [f"runs/{runs[key]} ({key[1]})" for key in keys if key in runs]
    if found:
        more = f" and {len(found) - SHOWN} more" if len(found) > SHOWN else ""
        lines += _wrapped(f"runs of {method}: {', '.join(found[:SHOWN])}{more}")
    else:
        lines.append(f"runs of {method}: not on disk; the same studies, run again, make them")
    return lines + [f"verdict {line}" for line in verdicts]


def refused_lines(refused: Mapping[str, str]) -> list[str]:
    """Methods that need what the user lacks, by reason."""
    by_reason: dict[str, list[str]] = {}
    for name, reason in refused.items():
        by_reason.setdefault(reason, []).append(name)
    return [
        line for reason, found in by_reason.items() for line in _wrapped(f"left out ({reason}): {', '.join(found)}")
    ]


def ranked_lines(answer: Advice, needs: Mapping[str, Needs], setting: Setting, here: Path) -> list[str]:
    """The rankings, each with what it rests on and the line to start from.

    Args:
        answer: advice with at least one ranking.
        needs: what each method needs.
        setting: what the lines are written for.
        here: folder that holds ``results/`` and ``runs/``.
    """
    lines = near_lines(answer)
    runs = runs_of(here, {one.study for one, _ in answer.near.votes})
    for place, ranking in enumerate(answer.rankings):
        if place:
            lines += ["", "Not compared with these on any near problem:"]
        best = ranking.ranked[0].method
        near = next(one for one in ranking.comparisons if best in one.methods)
        lines += ranking_lines(ranking, needs)
        lines += evidence_lines(ranking, runs, verdicts_on(here, studies_of(ranking.comparisons), best))
        lines.append(f"start from: {start_line(best, near, setting)}")
    beyond = max(one.budget for one, _ in answer.near.votes)
    if beyond < setting.budget < math.inf:
        lines.append(f"no near run went beyond {beyond} evaluations: what a larger budget changes is not measured")
    return lines


def nothing_near(
    answer: Advice, needs: Mapping[str, Needs], limits: Limits, setting: Setting, *, grows: bool
) -> list[str]:
    """What is said where no measured problem is near, or no method that was measured near can be used.

    Args:
        answer: advice without a ranking.
        needs: what each method needs.
        limits: what the user lacks.
        setting: what the line is written for.
        grows: whether the problem of ``answer.near.alike`` is a formula for any number of coordinates.
    """
    closest, alike = answer.near.closest, answer.near.alike
    what = "no problem of this kind is measured"
    usable: list[str] = []
    if closest is not None and alike is not None:
        what = f"the closest is {closest.label}, {answer.near.gap:.2f} away"
        there = {name: needs[name] for name in alike.methods if name in needs}
        usable = [name for name in there if name not in refusals(there, limits)]
    if len(usable) < 2:  # one method by itself is no comparison
        usable = _other_usable(needs, limits, setting)
    said = "nothing measured near can be used" if answer.near.votes else f"nothing measured is near: {what}"
    lines = [said, f"this would settle it: {settling_line(alike, usable, setting, grows=grows)}"]
    return (
        lines if setting.words else [*lines, "with a problem of your own in the place of problem= where there is one"]
    )


def _other_usable(needs: Mapping[str, Needs], limits: Limits, setting: Setting) -> list[str]:
    """Methods of the laboratory that can be used: those that descend on data, and those that search elsewhere."""
    refused, descends = refusals(needs, limits), limits.kind == "data"
    return [name for name in needs if name not in refused and (name in setting.optimizers) == descends][:MOST_METHODS]


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(text, WIDTH, subsequent_indent="  ", break_on_hyphens=False)


def joined(blocks: Sequence[str]) -> str:
    """The lines as one text without empty lines at its end."""
    return "\n".join(blocks).rstrip()
