"""Room at the foot of a page, for the slanted names of states."""

from matplotlib.figure import Figure


def lift_page(figure: Figure, more: float) -> None:
    """Make room below: all but the note at the bottom moves up by ``more`` inches of new page."""
    wide, tall = figure.get_size_inches()
    figure.set_size_inches(wide, tall + more)
    for axes in figure.axes:
        place = axes.get_position()
        low, high = ((edge * tall + more) / (tall + more) for edge in (place.y0, place.y1))
        axes.set_position((place.x0, low, place.width, high - low))
    for text in figure.texts:
        edge = 0 if text.get_verticalalignment() == "bottom" else more
        text.set_y((text.get_position()[1] * tall + edge) / (tall + more))
