"""Crossover of two parents into two children."""

from collections.abc import Callable

from torch import Tensor

# Mothers and fathers (R, M, D) and numbers (R, M, D) uniform on [0, 1) give two children of each pair.
Crossover = Callable[[Tensor, Tensor, Tensor], tuple[Tensor, Tensor]]
SPREAD = 15.0  # distribution index eta_c of Deb and Agrawal: a higher index puts children nearer to their parents


def blend(mothers: Tensor, fathers: Tensor, uniform: Tensor) -> tuple[Tensor, Tensor]:
    """Each gene is uniform between the parents' genes (Wright 1991; row R53): the population contracts."""
    step = uniform * (fathers - mothers)
    return mothers + step, fathers - step


def simulated_binary(mothers: Tensor, fathers: Tensor, uniform: Tensor) -> tuple[Tensor, Tensor]:
    """Crossover of Deb and Agrawal 1995, equations 5 and 11.

    The mean spread is that of one-point crossover of bits. Each gene's pair of values goes to the two children in
    either order, as in the authors' own code: otherwise every gene of a child would be near the same parent's gene,
    and nothing would be recombined.
    """
    # One number serves twice: its first bit gives the order, the other bits give the spread.
    exchanged, uniform = uniform < 0.5, (2 * uniform).frac()
    inner, outer = 2 * uniform, 1 / (2 * (1 - uniform))
    beta = inner.where(uniform <= 0.5, outer) ** (1 / (SPREAD + 1))
    middle, half = (mothers + fathers) / 2, beta * (fathers - mothers) / 2
    half = half.where(exchanged, -half)
    return middle + half, middle - half


def none(mothers: Tensor, fathers: Tensor, uniform: Tensor) -> tuple[Tensor, Tensor]:
    """Copies of the parents."""
    return mothers, fathers


CROSSOVERS: dict[str, Crossover] = {"blend": blend, "simulated_binary": simulated_binary, "none": none}
