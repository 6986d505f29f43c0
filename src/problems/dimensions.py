"""A landscape that is written for any number of coordinates, in another number of them."""

from dataclasses import fields, replace
from itertools import cycle, islice
from typing import Any

from src.core.checks import field_error
from src.problems.landscape import Landscape


def in_dimensions(landscape: Landscape, dimension: int) -> Landscape:
    """``landscape`` in ``dimension`` coordinates; the box's edges, and the start's coordinates, repeat in turn.

    Raises FieldError for a landscape with a number of coordinates of its own, or what the landscape itself raises.
    """
    if dimension == landscape.dimension:
        return landscape
    if not landscape.has_any_dimension:
        raise field_error(landscape, "dimension", dimension, f"{landscape.dimension}, its own number of coordinates")
    lists = {name: getattr(landscape, name) for name in ("lower", "upper", "start")}
    changes: dict[str, Any] = {
        name: None if values is None else tuple(islice(cycle(values), dimension)) for name, values in lists.items()
    }
    if "dimension" in {field.name for field in fields(landscape)}:
        changes["dimension"] = dimension
    return replace(landscape, **changes)
