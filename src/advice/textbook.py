"""The textbook's own scoring of methods (row R62), for comparison: it has no part in the ranking.

One point for each of four properties in which problem and method agree. So a method loses a point for a capability
that the problem does not need, as handling constraints where there are none.
"""

from collections.abc import Mapping

# Gradients, constraints, parallel evaluations, little memory: what a problem calls for, and a method uses. Row R62
# states the totals of its two examples; these properties are ones that have them.
PROPERTIES = ("gradients", "constraints", "parallel", "memory")
METHODS: dict[str, dict[str, bool]] = {
    "Adam": {"gradients": True, "constraints": False, "parallel": True, "memory": False},
    "gradient descent": {"gradients": True, "constraints": False, "parallel": False, "memory": False},
    "evolutionary": {"gradients": False, "constraints": False, "parallel": True, "memory": False},
    "Bayesian": {"gradients": False, "constraints": True, "parallel": False, "memory": False},
}
# The two examples, in words of the command, and as the textbook has them.
EXAMPLES: dict[str, tuple[tuple[str, ...], dict[str, bool]]] = {
    "deep_learning": (
        ("data=yes", "gradients=yes", "constraints=no", "parallel=yes", "memory=limited"),
        {"gradients": True, "constraints": False, "parallel": True, "memory": True},
    ),
    "hyperparameters": (
        ("data=no", "gradients=no", "constraints=box", "parallel=no", "memory=plenty", "dimension=2", "budget=30"),
        {"gradients": False, "constraints": True, "parallel": False, "memory": False},
    ),
}


def textbook_score(problem: Mapping[str, bool], method: Mapping[str, bool]) -> int:
    """Number of properties in which the problem and the method agree, from 0 to 4."""
    return sum(problem[name] == method[name] for name in PROPERTIES)


def textbook_ranking(problem: Mapping[str, bool]) -> dict[str, int]:
    """Score of each of the textbook's methods, the highest first."""
    scores = {name: textbook_score(problem, method) for name, method in METHODS.items()}
    return dict(sorted(scores.items(), key=lambda pair: -pair[1]))
