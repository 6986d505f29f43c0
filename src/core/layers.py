"""Where each tensor of a network lies in its flat parameter row: what weight initialization needs to know."""

from typing import Literal, NamedTuple

Kind = Literal["weight", "bias", "scale"]


class Layer(NamedTuple):
    """One tensor of a network within ``theta: (R, D)``: columns ``start`` to ``stop``, in row-major order.

    Attributes:
        name: as in the network, such as ``0.weight``.
        shape: the tensor's shape.
        fan_in: inputs of each output unit (a bias carries its layer's).
        fan_out: outputs that each input unit feeds (a bias carries its layer's).
        start: first column.
        stop: one past the last column.
        kind: ``weight`` multiplies across units, ``bias`` adds, ``scale`` multiplies each unit by itself (the gain of
            a normalization layer) and begins at one.
    """

    name: str
    shape: tuple[int, ...]
    fan_in: int
    fan_out: int
    start: int
    stop: int
    kind: Kind
