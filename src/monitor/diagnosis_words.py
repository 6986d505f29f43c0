"""Words of a diagnosis: the likely cause of each state, and the evidence for it in one sentence."""

from collections.abc import Mapping

from src.monitor.curve_features import Features

CAUSES: Mapping[str, str] = {
    "healthy": "nothing in the curves asks for a change",
    "oscillating": "the rate is too large for the curvature or for the gradient's noise: lower it, or let it decay",
    "plateaued by rate": "the rate is too small: the parameters have hardly moved; raise it",
    "plateaued by initialization": "the start is a poor one (equal weights, a saddle, dead or saturated units): "
    "start elsewhere",
    "slow": "the budget is too small, or the rate, the batch or the method is: train on, or raise the rate",
    "diverging": "the rate is beyond what the curvature allows: lower it, or warm up",
    "vanishing gradients": "hardly any gradient reaches the parameters: larger initial weights, normalization, "
    "fewer layers",
    "exploding gradients": "gradients are out of proportion to loss and parameters: smaller initial weights, "
    "clipping, normalization",
    "over-fitting": "the network learns its training samples by heart: stop early, regularize, or get more data",
}


def evidence(state: str, f: Features, row: int) -> str:
    """The numbers that speak for ``state`` in replicate ``row``, in one sentence."""

    def value(name: str) -> str:
        return f"{getattr(f, name)[row]:.3g}"

    ends = f"the loss went from {value('start')} to {value('end')}"
    hovers = 0 < f.work[row] < float("inf")
    share = f"{100 * f.late[row]:.0f} %"
    sentences: Mapping[str, str] = {
        "healthy": f"{ends}, and the second half of the run brought {share} of its fall",
        "oscillating": f"{ends}"
        + (f", having leapt above its start by {value('leap')} times its size" if f.leap[row] > 0.3 else "")
        + (f"; late steps descend {value('work')} of the fall each and lose it again" if hovers else ""),
        "plateaued by rate": f"{ends}, while all updates together measure {value('path')} of the parameters' length",
        "plateaued by initialization": f"{ends}, though all updates together measure {value('path')} of the "
        "parameters' length",
        "slow": f"{ends}, {share} of it in the second half, and about {value('remain')} of the fall is still to come",
        "diverging": "loss or gradient is no longer finite" if f.broken[row] else f"{ends} and still rises",
        "vanishing gradients": f"{ends}; gradient times parameters is {value('slope')} of the loss",
        "exploding gradients": f"{ends}; gradient times parameters reached {value('steepest')} times the loss",
        "over-fitting": f"the validation loss is {100 * f.valid_rise[row]:.0f} % above its lowest, since when the "
        f"training loss fell to {value('train_after')} of what it was",
    }
    return sentences[state]
