"""A figure as a file."""

from pathlib import Path
from typing import TYPE_CHECKING

from src.plotting.contract import Movie

if TYPE_CHECKING:  # where all figures are drawn already, nobody waits for matplotlib
    from matplotlib.figure import Figure

FRAMES_A_SECOND = 6


def suffix_of(drawn: "Figure | Movie") -> str:
    """The suffix of the file that ``drawn`` is saved to."""
    return ".gif" if isinstance(drawn, Movie) else ".png"


def save(figure: "Figure | Movie", path: Path) -> None:
    """Write ``figure`` to ``path`` in the format of its suffix, making its folder where it is missing.

    The same figure gives the same bytes in png: matplotlib's version is left out of the file. Compression is light,
    which halves the time of writing at a few more kilobytes.
    """
    from src.plotting.style import DPI  # noqa: PLC0415 (imports matplotlib)

    path.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(figure, Movie):
        from matplotlib.animation import FuncAnimation, PillowWriter  # noqa: PLC0415 (as above)

        film = FuncAnimation(figure.figure, lambda frame: (figure.show(frame), ())[1], frames=figure.frames)
        film.save(path, writer=PillowWriter(fps=FRAMES_A_SECOND), dpi=DPI)
    elif path.suffix == ".png":
        figure.savefig(path, dpi=DPI, metadata={"Software": None}, pil_kwargs={"compress_level": 3})
    else:
        figure.savefig(path)
