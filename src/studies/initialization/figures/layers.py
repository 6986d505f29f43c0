"""Mean squares of activations and gradients layer by layer before training, with theory's lines."""

from matplotlib.figure import Figure

from src.plotting.contract import About, Tables, draws, number
from src.studies.initialization.figures._layer_panels import draw_layers


@draws("sweep")
def layers(tables: Tables, about: About) -> Figure | None:
    """Means over many fresh networks with 95 % intervals; columns are activations, rows directions."""
    networks = number(about.get("networks"))
    drawn = "fresh networks" if networks is None else f"{networks:.0f} fresh networks"
    width = number(about.get("width"))
    wide = "" if width is None else f" {width:.0f} units wide"
    subtitle = (
        f"Layers{wide} before training, mean over {drawn} and 95 % interval. Theory: mean-field recursion from the "
        "weights' variance alone. Gradients: of a standard-normal gradient at the outputs"
    )
    return draw_layers(tables, about, "initial", "Which initialization keeps signals level through depth?", subtitle)
