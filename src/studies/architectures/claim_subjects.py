"""Methods and problems that the claims on architectures speak of."""

from collections.abc import Sequence
from dataclasses import dataclass

from src.core.checks import field_error


@dataclass(frozen=True, kw_only=True)
class ClaimSubjects:
    """Names of the methods and problems that the claims speak of.

    Attributes:
        adam, momentum, rmsprop: the methods.
        kin: methods that count as Adam, and never as one of the other methods.
        convolutional, recurrent, sparse: the problems of claim C28.
    """

    adam: str
    momentum: str
    rmsprop: str
    kin: Sequence[str]
    convolutional: str
    recurrent: str
    sparse: str

    def __post_init__(self) -> None:
        if isinstance(self.kin, str):
            raise field_error(self, "kin", self.kin, "a list of methods")
