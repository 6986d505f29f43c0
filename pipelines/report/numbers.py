"""Numbers of tables as readers see them."""

import math

_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
SMALL, LARGE = 1e-4, 1e6  # outside of these a power of ten is written
UNKNOWN = "\N{EN DASH}"
MINUS = "\N{MINUS SIGN}"


def number(value: float, digits: int = 3) -> str:
    """``value`` with as many significant digits; infinite ones as a sign, unknown ones as a dash."""
    if math.isnan(value):
        return UNKNOWN
    sign = MINUS if value < 0 else ""
    size = abs(value)
    if math.isinf(size):
        return f"{sign}∞"
    if size and not SMALL <= size < LARGE:
        mantissa, _, exponent = f"{size:.{digits - 1}e}".partition("e")
        shown = f"{float(mantissa):g} \N{MULTIPLICATION SIGN} 10{str(int(exponent)).translate(_RAISED)}"
    elif size >= 10**digits:
        shown = f"{size:.0f}"
    else:
        shown = f"{float(f'{size:.{digits}g}'):.10g}"
    return sign + shown


def with_interval(value: float, low: float, high: float) -> str:
    """``value [low, high]``; without brackets where the interval is unknown."""
    if math.isnan(low) and math.isnan(high):
        return number(value)
    return f"{number(value)} [{number(low)}, {number(high)}]"


def percent(share: float) -> str:
    """``share`` of one in percent."""
    return f"{number(100 * share)}\N{NO-BREAK SPACE}%"
