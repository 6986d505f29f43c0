"""Peers of the contests: methods of other packages, and whether the packages are installed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from src.core.search import SearchMethod

INSTALLATION = "install it with `make peers`"


@dataclass(frozen=True)
class Peer:
    """A method of another package.

    Attributes:
        name: printed name, with the changes of the defaults.
        package: package that must be installed.
        module: module that holds ``maker``.
        maker: name of a class or function that returns a solver.
        arguments: arguments of the maker.
    """

    name: str
    package: str
    module: str
    maker: str
    arguments: Mapping[str, Any] = field(default_factory=dict)

    @property
    def installed(self) -> bool:
        """Whether the package can be imported."""
        return find_spec(self.package) is not None

    def solver(self) -> SearchMethod:
        """Solver that the maker returns."""
        maker = getattr(import_module(self.module), self.maker)
        solver: SearchMethod = maker(**self.arguments)
        return solver


def pymoo(algorithm: str, changed: str = "", **options: Any) -> Peer:
    """One of pymoo's algorithms with its defaults except ``options``."""
    arguments = {"algorithm": algorithm, "options": options}
    name = f"pymoo {algorithm}{f' ({changed})' if changed else ''}"
    return Peer(name, "pymoo", "benchmarks.searches.pymoo_peers", "PymooSolver", arguments)


def scipy_de(changed: str = "", **options: Any) -> Peer:
    """Differential evolution of scipy without the final descent, with its defaults except ``options``."""
    name = f"scipy differential_evolution{f' ({changed})' if changed else ''}"
    return Peer(name, "scipy", "benchmarks.searches.scipy_peers", "ScipyEvolution", {"options": options})


def cma() -> Peer:
    """The library cma as ``conf/search/pycma.yaml`` has it: defaults, sigma 0.3 of the box, restarts."""
    arguments = {"population": None, "sigma": 0.3, "growth": 1}
    return Peer("cma", "cma", "src.search.pycma", "Pycma", arguments)


def cma_growing() -> Peer:
    """The library cma with restarts of growing population (IPOP), sigma 0.3 of the box."""
    arguments = {"population": None, "sigma": 0.3, "growth": 2}
    return Peer("cma IPOP", "cma", "src.search.pycma", "Pycma", arguments)


def missing(package: str) -> str:
    """Line that is printed where a peer is not installed."""
    return f"{package} is not installed, so it is left out: {INSTALLATION}"
