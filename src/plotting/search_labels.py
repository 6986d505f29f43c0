"""Search methods in figures: their names, and their lines by how a gradient is charged."""

from typing import Any

from src.plotting.palettes import colour
from src.plotting.style import LINES, marker

# What each way to count a call is called, and its dash: solid where no gradient is taken.
CHARGES = {"values": ("", LINES[0]), "backward": ("gradient = 1 evaluation", LINES[1])}
CHARGES |= {"differences": ("gradient = D evaluations", LINES[2])}


def shown(name: str) -> str:
    """A method's or landscape's name in words."""
    return name.removesuffix("_off_centre").replace("_", " ")


def called(method: str, cost: str) -> str:
    """What a method is called whose gradients, if any, are charged as ``cost`` says."""
    return shown(method) + {"backward": " (backward)", "differences": " (differences)"}.get(cost, "")


def look(method: str, cost: str) -> dict[str, Any]:
    """The line of a method; its colour and marker are the same in every figure."""
    dash = CHARGES.get(cost, CHARGES["values"])[1]
    return {"color": colour(method), "linestyle": dash, "linewidth": 1.5, "marker": marker(method), "markersize": 4}
