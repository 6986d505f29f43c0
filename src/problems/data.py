"""Data sets: training, validation and test part, standardized by the training part alone (row R66)."""

import zlib
from abc import ABC, abstractmethod
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple
from zipfile import BadZipFile, is_zipfile

import numpy as np
import torch
from torch import Tensor

from src.core.checks import check_count, check_vector, field_error
from src.core.failures import error_line


class Samples(NamedTuple):
    """Inputs (N, ...) floating, and targets: classes (N,) int64 or values (N, K) floating."""

    inputs: Tensor
    targets: Tensor


class Parts(NamedTuple):
    """What training sees, what tuning and early stopping see, and what neither may look at."""

    train: Samples
    valid: Samples
    test: Samples


class DataSet(ABC):
    """Anything that loads as three parts. Subclasses are frozen dataclasses."""

    @abstractmethod
    def load(self) -> Parts:
        """The three parts, in float64; the same tensors at every call."""

    def load_for(self, loss: str) -> Parts:
        """The three parts for a task with ``loss``, which says what the targets of a user's file are."""
        return self.load()


@dataclass(frozen=True, kw_only=True)
class Divided(DataSet):
    """Samples that are shuffled and divided here: stratified where the targets are classes.

    Attributes:
        split: fractions of training, validation and test part; each above 0, together 1.
        split_seed: seed of the division, which is the same for all replicates.
    """

    split: tuple[float, float, float]
    split_seed: int

    def __post_init__(self) -> None:
        check_vector(self, "split", 3)
        if min(self.split) <= 0 or abs(sum(self.split) - 1) > 1e-9:
            raise field_error(self, "split", self.split, "three fractions above 0 that sum to 1")
        object.__setattr__(self, "split", tuple(self.split))  # a list from yaml could not be a cache's key
        check_count(self, "split_seed", at_least=0)

    @abstractmethod
    def samples(self) -> tuple[np.ndarray, np.ndarray]:
        """Inputs (N, ...) and targets: whole numbers from 0 (N,) for classes, floating (N,) or (N, K) for values."""

    def load(self) -> Parts:
        """The three parts, divided once a process."""
        return _divide(self, None)

    def samples_for(self, loss: str | None) -> tuple[np.ndarray, np.ndarray]:
        """``samples`` for a task with ``loss``; None where the type of the targets alone says what they are."""
        return self.samples()


@dataclass(frozen=True, kw_only=True)
class Digits(Divided):
    """1797 images of handwritten digits, 8 x 8 = 64 pixels, 10 classes (Alpaydin and Kaynak 1998; scikit-learn's)."""

    def samples(self) -> tuple[np.ndarray, np.ndarray]:
        """Inputs (1797, 64) and classes (1797,)."""
        from sklearn.datasets import load_digits  # noqa: PLC0415 (a second that landscapes need not wait)

        inputs, classes = load_digits(return_X_y=True)
        return inputs, classes


@dataclass(frozen=True, kw_only=True)
class NpzFile(Divided):
    """A NumPy ``.npz`` file with inputs ``x`` (N, ...) and targets ``y``.

    With ``loss=mse`` the targets are values, whole numbers included; with ``loss=cross_entropy`` whole numbers from 0
    are classes, whatever their type.

    Attributes:
        path: the file; relative to the working directory.
    """

    path: str

    def __post_init__(self) -> None:
        if not isinstance(self.path, str) or not self.path:
            raise field_error(self, "path", self.path, "the path of a .npz file")
        super().__post_init__()

    def samples(self) -> tuple[np.ndarray, np.ndarray]:
        """``x`` and ``y``; FieldError when the file or what it holds is not as stated."""
        return self.samples_for(None)

    def load_for(self, loss: str) -> Parts:
        """The three parts, with targets as ``loss`` takes them; divided once a process."""
        return _divide(self, loss)

    def samples_for(self, loss: str | None) -> tuple[np.ndarray, np.ndarray]:
        """``x`` and ``y`` for a task with ``loss``; FieldError when the file or what it holds is not as stated."""
        held = self._arrays()
        if not {"x", "y"} <= held.keys():
            raise field_error(
                self, "path", self.path, f"a file that holds x and y; it holds {', '.join(sorted(held))}"
            )
        inputs, targets = held["x"], held["y"]
        if inputs.ndim < 2 or targets.ndim not in {1, 2} or not 0 < len(inputs) == len(targets):
            shapes = f"x has shape {inputs.shape} and y {targets.shape}"
            raise field_error(
                self, "path", self.path, f"a file with as many samples in x (N, ...) as in y (N,): {shapes}"
            )
        if inputs.dtype.kind not in "iufb" or not np.isfinite(inputs).all():
            raise field_error(self, "path", self.path, "a file whose x holds finite numbers")
        if targets.dtype.kind not in "iufb" or not np.isfinite(targets).all():
            raise field_error(
                self, "path", self.path, "a file whose y holds whole numbers from 0 or finite floating ones"
            )
        if loss == "mse":
            return inputs, targets.astype(np.float64)
        typed_whole = targets.dtype.kind in "iub"
        classes = targets.ndim == 1 and targets.min() >= 0 and bool((targets == np.rint(targets)).all())
        if typed_whole and not classes:
            allowed = "a file whose y holds whole numbers from 0 (N,) as classes, or the loss must be mse"
            raise field_error(self, "path", self.path, allowed)
        if typed_whole or (loss == "cross_entropy" and classes):
            return inputs, targets.astype(np.int64)
        return inputs, targets

    def _arrays(self) -> dict[str, np.ndarray]:
        """Arrays of the file by name."""
        path = Path(self.path)
        if not path.is_file():
            raise field_error(self, "path", self.path, f"a file; there is none in {Path.cwd()}")
        if not is_zipfile(path):
            how = "write it with numpy.savez(path, x=inputs, y=targets)"
            fault = "it is empty" if not path.stat().st_size else "it is another kind of file, or cut short"
            raise field_error(self, "path", self.path, f"a .npz file; {fault}: {how}")
        try:
            with np.load(path, allow_pickle=False) as arrays:
                return {name: np.asarray(arrays[name]) for name in arrays.files}
        except (ValueError, OSError, TypeError, EOFError, BadZipFile, zlib.error) as error:
            allowed = "a whole .npz file of numeric arrays"
            raise field_error(
                self, "path", self.path, f"{allowed}; it cannot be read ({error_line(error)})"
            ) from None


@lru_cache(maxsize=8)
def _divide(data: Divided, loss: str | None) -> Parts:
    """Shuffle, divide and standardize ``data.samples()``."""
    from sklearn.model_selection import train_test_split  # noqa: PLC0415 (as above)
    from sklearn.preprocessing import StandardScaler  # noqa: PLC0415 (as above)

    inputs, targets = data.samples_for(loss)
    classes = targets.dtype.kind != "f"
    rest = np.arange(len(targets))
    shares = []
    for fraction in data.split[:0:-1]:
        try:
            rest, share = train_test_split(
                rest,
                test_size=round(fraction * len(targets)),
                random_state=data.split_seed,
                stratify=targets[rest] if classes else None,
            )
        except ValueError as error:
            allowed = f"a division that {len(targets)} samples allow ({error})"
            raise field_error(data, "split", data.split, allowed) from None
        shares.append(share)
    table = inputs.reshape(len(inputs), -1).astype(np.float64)
    scaler = StandardScaler().fit(table[rest])
    # A feature that never varies in training tells nothing; elsewhere it would enter unscaled.
    table = (scaler.transform(table) * (scaler.var_ > 0)).reshape(inputs.shape)
    test, valid = shares
    return Parts(*(_tensors(table[share], targets[share], classes) for share in (rest, valid, test)))


def _tensors(inputs: np.ndarray, targets: np.ndarray, classes: bool) -> Samples:
    if classes:
        return Samples(torch.from_numpy(inputs), torch.from_numpy(targets.astype(np.int64)))
    values = targets.astype(np.float64)
    return Samples(torch.from_numpy(inputs), torch.from_numpy(values.reshape(len(values), -1)))
