"""``until=decided``: how many test seeds may be added, when they are looked at, and for which claims."""

from collections.abc import Sequence
from dataclasses import dataclass

from omegaconf import DictConfig

from src.composition.parts import Parts, cannot_be_joined
from src.composition.refusals import Refused
from src.composition.suggestions import must_be_one_of
from src.statistics.looks import Look, plan_looks

KEYS = ("until", "max_seeds", "claim")
BLOCKS = 4  # of ``seeds`` test seeds, unless ``max_seeds`` says otherwise


@dataclass(frozen=True)
class Until:
    """When to stop adding test seeds.

    Attributes:
        block: test seeds that are added at a time.
        looks: planned looks at the blocks.
        claims: names of the claims that are to be decided.
    """

    block: int
    looks: Sequence[Look]
    claims: Sequence[str]

    @property
    def most(self) -> int:
        """Test seeds after which there is no look more."""
        return self.block * self.looks[-1].blocks

    def first_seed(self, block: int) -> int:
        """Number of the first test seed of a block, from block 0 on."""
        return block * self.block


def is_of_looks(word: str) -> bool:
    """Whether an override says when to stop adding seeds, so that it has no part in a block of them."""
    return word.lstrip("+").partition("=")[0] in KEYS


def until_of(config: DictConfig, jobs: Sequence[Parts]) -> Until | None:
    """When a sweep of ``jobs`` stops adding seeds; None where its config does not ask for that.

    Args:
        config: of one of the jobs.
        jobs: all of them, or a few of very many.

    Raises:
        Refused: the config asks for what there is not, or for what the study cannot do.
    """
    if config.until is None:
        for key in KEYS[1:]:
            if config[key] is not None:
                raise Refused(f"{key} = {config[key]}: has a part with until=decided alone")
        return None
    if config.until != "decided":
        raise Refused(f"until = {config.until}: must be decided, or left out")
    study, seeds = jobs[0].study, {parts.cell.seeds for parts in jobs}
    if study.of_all_seeds is None:
        raise Refused(f"until = decided: {cannot_be_joined(study)}; set seeds=COUNT instead")
    if len(seeds) > 1:
        raise Refused(f"seeds = {','.join(map(str, sorted(seeds)))}: must be one number with until=decided")
    if config.first_seed != 0:
        raise Refused(f"first_seed = {config.first_seed}: must be 0 with until=decided, which begins there")
    [block] = seeds
    most = config.max_seeds if config.max_seeds is not None else BLOCKS * block
    if not isinstance(most, int) or isinstance(most, bool) or most < block or most % block:
        raise Refused(f"max_seeds = {most}: must be seeds = {block}, or a multiple of it")
    return Until(block, plan_looks(most // block), _claims(jobs[0], config.claim))


def _claims(parts: Parts, wanted: object) -> list[str]:
    """Names of the study's claims that are ``wanted``: one of them, a row of docs/reference.md, or None for all."""
    names = list(getattr(parts.study, "claims", None) or {})
    if not names:
        raise Refused(f"until = decided: the study {parts.study.name} makes no claim that could be decided")
    found = [name for name in names if wanted is None or str(wanted) in (name, name.partition(".")[0])]
    if not found:
        raise Refused(must_be_one_of("claim", wanted, {*names, *(name.partition(".")[0] for name in names)}))
    return found
