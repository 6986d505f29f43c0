"""The words of titles and subtitles, from what is known about a run."""

from src.plotting.contract import About, number


def brief(value: float) -> str:
    """``value`` in three significant digits; as a whole number from a thousand to a million (1234, not 1.23e3)."""
    if 1e3 <= abs(value) < 1e6:
        return f"{value:.0f}"
    mantissa, sign, exponent = f"{value:.3g}".partition("e")
    return mantissa + (f"e{int(exponent)}" if sign else "")


def subject(about: About) -> tuple[str, str]:
    """Names of the optimizer and the problem."""
    return str(about.get("method") or "the optimizer"), str(about.get("problem") or "the problem")


def seeds(about: About) -> str:
    """How many seeds, in words: "30 seeds", or "the seeds" where the number is unknown."""
    count = number(about.get("seeds"))
    return "the seeds" if count is None else f"{count:.0f} seed{'' if count == 1 else 's'}"


def step_unit(about: About) -> str:
    """Unit of the step axis: that of the budget, such as evaluations, unless the run names its own."""
    unit = str(about.get("budget_unit") or "steps").partition(" per ")[0]
    return str(about.get("step_unit") or ("step" if unit == "steps" else unit))


def measured(about: About) -> str:
    """How a run-level figure's curves came about."""
    rate = number(about.get("best_learning_rate"))
    at = "" if rate is None else f", learning rate {brief(rate)}"
    return f"Median and interquartile band over {seeds(about)}{at}"


def above_minimum(name: str) -> str:
    """What a loss is called once its minimum is taken off."""
    return f"{name} \N{MINUS SIGN} minimum"


def compared(about: About) -> str:
    """How a study-level figure's curves came about."""
    study = f"{about['study']}: " if about.get("study") else ""
    how = ", each method at its own chosen rate" if about.get("tuned", True) else ""
    return f"{study}median and interquartile band over {seeds(about)}{how}"
