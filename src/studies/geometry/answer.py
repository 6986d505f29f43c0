"""Small tables that answer the study of geometry."""

from src.core.result import Result, Tables
from src.studies.geometry.convexity import TESTS

_SHOWN = (
    "problem", "dimension", "known_convex", "agree", *TESTS,
    "global_minima", "valleys", "local_minima", "edge_minima", "stationary_not_global",
)  # fmt: skip


def answers(question: str, gathered: Result) -> Tables:
    """Tables by title: landscapes, counterexample, distances, permutations, verdicts; those that were measured."""
    tables = gathered.tables
    found: Tables = {}
    if "landscapes" in tables:
        found[f"{question} (shares without a violation)"] = tables["landscapes"][list(_SHOWN)]
        found["Does a convex function have one minimum?"] = tables["uniqueness"]
    if "concentration" in tables:
        shown = ["dimension", "spread", "spread_low", "spread_high", "exact", "limit", "contrast"]
        found["How do distances between normal points spread?"] = tables["concentration"][shown]
        found["With which exponent?"] = tables["exponents"][["fit", "exponent", "low", "high", "holds_minus_half"]]
    if "permutations" in tables:
        changes = tables["permutations"].drop(columns=["seed", "permutation"]).select_dtypes("number")
        summary = changes.agg(["min", "median", "max"]).T.reset_index(names="over networks and permutations")
        count = gathered.about["log10_equivalent"]
        found[f"What does permuting hidden units change? (10^{count:.1f} equal minima)"] = summary
    if len(tables["verdicts"]):
        shown = ["claim", "verdict", "estimate", "low", "high", "smallest_effect", "direction", "settings"]
        found["Verdicts"] = tables["verdicts"][shown]
    return found
