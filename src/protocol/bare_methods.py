"""Methods under their bare names, for studies whose tables hold the settings in columns of their own."""

from collections.abc import Sequence
from dataclasses import replace

from src.core.result import Result


def bare_methods(cells: Sequence[Result]) -> list[Result]:
    """The cells with ``method`` in ``about`` cut to the optimizer's name: "adam (schedule=cosine)" becomes "adam".

    Figures of a single run keep the whole name, which the settings of the run belong to.
    """
    return [replace(cell, about=cell.about | {"method": _bare(str(cell.about["method"]))}) for cell in cells]


def _bare(method: str) -> str:
    return method.partition(" (")[0]
