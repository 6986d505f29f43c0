"""Whether two builds give the same tables: ``python -m benchmarks.compare_tables OLD NEW [STUDY ...]``.

OLD and NEW are folders in which each build ran the studies under the same settings; their ``results/STUDY/*.csv`` are
compared as text, so a number that differs in its last bit counts. The order of rows does not count, and names are
mapped as ``benchmarks/tables/renamed.yaml`` says. One line per table that differs; exit 1 if any does.
"""

import argparse
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

RENAMED = Path(__file__).parent / "tables" / "renamed.yaml"
SHOWN = 5  # columns named of a table that differs


@dataclass(frozen=True)
class Names:
    """What the earlier build calls otherwise."""

    columns: Mapping[str, str]
    columns_of: Mapping[str, Mapping[str, str]]
    values: Mapping[str, str]
    claims: Mapping[str, str]
    not_compared: Sequence[str]

    def mapped(self, old: pd.DataFrame, study: str, table: str) -> pd.DataFrame:
        """A table of the earlier build under the present names."""
        columns = {**self.columns, **self.columns_of.get(study, {}), **self.columns_of.get(f"{study}/{table}", {})}
        old = old.rename(columns=columns)
        return old.loc[:, ~old.columns.duplicated()].map(self._value)

    def _value(self, text: object) -> object:
        if not isinstance(text, str) or not self.values:
            return text
        longest_first = sorted(map(re.escape, self.values), key=len, reverse=True)
        text = re.sub(rf"(?<![\w.])({'|'.join(longest_first)})(?![\w])", lambda found: self.values[found[1]], text)
        for pattern, replacement in self.claims.items():
            text = re.sub(pattern, replacement, text)
        return text


def differences(old: Path, new: Path, study: str, names: Names) -> Iterator[tuple[str, str]]:
    """The study's tables in ``old``: each one's name, and how the new table differs (empty: not at all)."""
    for path in sorted((old / "results" / study).glob("*.csv")):
        counterpart = new / "results" / study / path.name
        if not counterpart.is_file():
            yield path.stem, "missing in the new build"
            continue
        yield path.stem, _difference(names.mapped(_read(path), study, path.stem), _read(counterpart), names)


def _read(path: Path) -> pd.DataFrame:
    try:
        return pd.read_csv(path, dtype=str, keep_default_na=False)
    except pd.errors.EmptyDataError:
        return pd.DataFrame()


def _difference(old: pd.DataFrame, new: pd.DataFrame, names: Names) -> str:
    if lost := sorted(set(old.columns) - set(new.columns) - set(names.not_compared)):
        return f"lost columns {', '.join(lost)}"
    if len(old) != len(new):
        return f"{len(old)} rows, now {len(new)}"
    common = [column for column in old.columns if column not in names.not_compared]
    before, after = (each[common].sort_values(common, ignore_index=True) for each in (old, new))
    unequal = [column for column in common if not before[column].equals(after[column])]
    if not unequal:
        return ""
    was, now = (list(each[unequal[0]]) for each in (before, after))
    row = next(row for row, text in enumerate(was) if text != now[row])
    return f"columns {', '.join(unequal[:SHOWN])}; {unequal[0]} is {was[row]}, now {now[row]}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Compare, print, and tell by the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("old", type=Path)
    parser.add_argument("new", type=Path)
    parser.add_argument("studies", nargs="*", metavar="STUDY", help="all that OLD holds by default")
    parsed = parser.parse_args(arguments)
    content: dict[str, Any] = yaml.safe_load(RENAMED.read_text(encoding="utf-8"))
    names = Names(**content)
    studies = parsed.studies or sorted(path.name for path in (parsed.old / "results").iterdir() if path.is_dir())
    unequal = 0
    for study in studies:
        found = list(differences(parsed.old, parsed.new, study, names))
        for table, difference in found:
            if difference:
                print(f"{study}/{table}: {difference}")
        worse = sum(bool(difference) for _, difference in found)
        print(f"{study}: {len(found)} tables, {worse} of them differ")
        unequal += worse + (not found)
    return int(unequal > 0)


if __name__ == "__main__":
    sys.exit(main())
