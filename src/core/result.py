"""Result of a run or of a sweep: its tables, and what is known of them."""

from dataclasses import dataclass, field
from typing import Any

import pandas as pd

Tables = dict[str, pd.DataFrame]


@dataclass(frozen=True, kw_only=True)
class Result:
    """What a run returns.

    Attributes:
        tables: tidy tables by name (``src/tables/``; a study adds its own).
        metrics: end metrics, finite, under the same names in every study (``src/tables/end_metrics.py``).
        missing: for each end metric that does not exist, why.
        about: what figures and the sweep need to know besides: names, seeds, minimum, target, ...
        tags: words to find and group runs by.
    """

    tables: Tables
    metrics: dict[str, float]
    missing: dict[str, str] = field(default_factory=dict)
    about: dict[str, Any] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
