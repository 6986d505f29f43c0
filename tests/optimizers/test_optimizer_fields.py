"""Bad hyperparameters: one line that names the field, the value and what is allowed."""

import re

import pytest

from src.core.checks import FieldError
from src.optimizers.adagrad import AdaGrad
from src.optimizers.adam import Adam
from src.optimizers.adamw import AdamW
from src.optimizers.clip import Clip
from src.optimizers.momentum import Momentum
from src.optimizers.nesterov import Nesterov
from src.optimizers.noise import Noise
from src.optimizers.precondition import Precondition
from src.optimizers.rmsprop import RMSProp

FLAG = {"inside_root": False}
SECOND = {"beta": 0.9, "eps": 1e-8}
ADAM = {"beta1": 0.9, "beta2": 0.999, "eps": 1e-8}
SHARE, POSITIVE, NOT_NEGATIVE = "at least 0 and below 1", "above 0", "at least 0"


@pytest.mark.parametrize(
    ("kind", "good", "field", "value", "allowed"),
    [
        (Momentum, {"beta": 0.9}, "beta", 1, SHARE),
        (Nesterov, {"beta": 0.9}, "beta", -0.1, SHARE),
        (AdaGrad, {"eps": 1e-8} | FLAG, "eps", 0, POSITIVE),
        (AdaGrad, {"eps": 1e-8} | FLAG, "inside_root", 1, "true or false"),
        (RMSProp, SECOND | FLAG, "beta", 1.0, SHARE),
        (RMSProp, SECOND | FLAG, "eps", -1e-8, POSITIVE),
        (RMSProp, SECOND | FLAG, "inside_root", "yes", "true or false"),
        (Adam, ADAM, "beta1", True, SHARE),
        (Adam, ADAM, "beta2", float("nan"), SHARE),
        (Adam, ADAM, "eps", "1e-8", POSITIVE),
        (AdamW, ADAM | {"weight_decay": 0.01}, "beta1", 1.5, SHARE),
        (AdamW, ADAM | {"weight_decay": 0.01}, "weight_decay", -0.01, NOT_NEGATIVE),
        (Clip, {"limit": 1.0}, "limit", 0.0, POSITIVE),
        (Clip, {"limit": 1.0}, "limit", float("inf"), POSITIVE),
        (Noise, {"scale": 1e-3, "decay": 0.55, "as_variance": False}, "scale", -1, NOT_NEGATIVE),
        (Noise, {"scale": 1e-3, "decay": 0.55, "as_variance": False}, "decay", None, NOT_NEGATIVE),
        (Noise, {"scale": 1e-3, "decay": 0.55, "as_variance": False}, "as_variance", 0, "true or false"),
        (Precondition, SECOND | {"bias_correction": True}, "beta", 1, SHARE),
        (Precondition, SECOND | {"bias_correction": True}, "eps", 0.0, POSITIVE),
        (Precondition, SECOND | {"bias_correction": True}, "bias_correction", None, "true or false"),
    ],
)
def test_bad_field_is_named(kind: type, good: dict[str, object], field: str, value: object, allowed: str) -> None:
    kind(**good)
    with pytest.raises(FieldError, match=re.escape(f"{kind.__name__}.{field} = {value!r}: must be") + f".*{allowed}"):
        kind(**good | {field: value})
