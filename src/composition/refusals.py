"""Refusals: whatever Hydra, OmegaConf, yaml and the constructors object to in a config, as one line."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hydra.errors import HydraException, OverrideParseException
from omegaconf.errors import OmegaConfBaseException
from yaml import YAMLError

from src.core.checks import FieldError


class Refused(Exception):  # noqa: N818 (a refusal is an answer, not a fault of the program)
    """The command or a config is wrong; the message is one line."""


@contextmanager
def refusing(conf: Path | None = None) -> Iterator[None]:
    """Turn every error about a config into Refused; ``conf`` is the folder of the configs."""
    try:
        yield
    except OverrideParseException as error:
        raise Refused(f"{error.override}: {' '.join(str(error).split())}") from error
    except UnicodeDecodeError as error:
        raise Refused(f"{_file_of(error, conf)}: must be yaml in UTF-8 text, not binary") from error
    except (HydraException, OmegaConfBaseException, YAMLError, ValueError) as error:
        raise Refused(one_line(error)) from error


def _file_of(error: UnicodeDecodeError, conf: Path | None) -> str:
    """The yaml in ``conf`` that holds the bytes which could not be decoded."""
    paths = sorted(conf.rglob("*.yaml")) if conf else []
    return next((str(path) for path in paths if error.object in path.read_bytes()), "a config")


def causes(error: BaseException) -> list[BaseException]:
    """The error, and what caused it, to the root."""
    chain = [error]
    while (cause := chain[-1].__cause__) is not None:
        chain.append(cause)
    return chain


def one_line(error: BaseException) -> str:
    """A constructor's message about a field, or else the messages from the outermost to the root, without repeats."""
    chain = causes(error)
    field = next((one for one in chain if isinstance(one, FieldError)), None)
    text = str(field).removeprefix("Cell.") if field else ": ".join(dict.fromkeys(str(one) for one in chain))
    return " ".join(text.split())
