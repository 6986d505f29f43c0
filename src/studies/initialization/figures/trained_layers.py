"""Mean squares of activations and gradients layer by layer after training."""

from matplotlib.figure import Figure

from src.plotting.contract import About, Tables, draws
from src.plotting.words import seeds
from src.studies.initialization.figures._layer_panels import draw_layers


@draws("sweep")
def trained_layers(tables: Tables, about: About) -> Figure | None:
    """Medians over the test seeds with interquartile ranges after training, and theory's lines before training."""
    subtitle = (
        f"Layers after training, median over {seeds(about)} and interquartile range, without networks that diverged. "
        "Lines: theory before training, for comparison"
    )
    return draw_layers(tables, about, "trained", "How does training change the signals?", subtitle)
