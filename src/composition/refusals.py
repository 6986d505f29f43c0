"""Refusals: whatever Hydra, OmegaConf, yaml and the constructors object to in a config, as one line."""

from collections.abc import Iterator
from contextlib import contextmanager

from hydra.errors import HydraException, OverrideParseException
from omegaconf.errors import OmegaConfBaseException
from yaml import YAMLError

from src.core.checks import FieldError


class Refused(Exception):  # noqa: N818 (a refusal is an answer, not a fault of the program)
    """The command or a config is wrong; the message is one line."""


@contextmanager
def refusing() -> Iterator[None]:
    """Turn every error about a config into Refused."""
    try:
        yield
    except OverrideParseException as error:
        raise Refused(f"{error.override}: {' '.join(str(error).split())}") from error
    except (HydraException, OmegaConfBaseException, YAMLError, ValueError) as error:
        raise Refused(one_line(error)) from error


def one_line(error: BaseException) -> str:
    """A constructor's message about a field, or else the messages from the outermost to the root, without repeats."""
    chain = [error]
    while (cause := chain[-1].__cause__) is not None:
        chain.append(cause)
    field = next((one for one in chain if isinstance(one, FieldError)), None)
    text = str(field).removeprefix("Cell.") if field else ": ".join(dict.fromkeys(str(one) for one in chain))
    return " ".join(text.split())
