"""Mean squares of activations and gradients layer by layer after training."""

from matplotlib.figure import Figure

from src.plotting.contract import About, Tables, draws
from src.plotting.words import seeds
from src.studies.initialization.figures._layer_panels import draw_layers


@draws("sweep")
def trained_layers(tables: Tables, about: About) -> Figure | None:
    """After training: dots are medians over the test seeds with interquartile ranges, beside theory before it."""
    words = (
        f"Layers after training, median over {seeds(about)} and interquartile range, without networks that diverged; "
        "lines: theory before training, to see what training has changed"
    )
    return draw_layers(tables, about, "trained", "What does training make of the signals?", words)
