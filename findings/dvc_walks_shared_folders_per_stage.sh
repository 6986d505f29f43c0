#!/bin/sh
# DVC 3.67.1: one `dvc status` looks through a folder that many stages depend on once per stage, not once.
#
# Guess before the run: within one command the state of a dependency is looked up once and kept, so that a folder which
# forty stages share costs no more than one that a single stage has.
# Seen (Linux, Python 3.11): with 4, 8 and 16 stages of one foreach that share five folders, each folder is listed 5, 9 and
# 17 times although nothing has changed: the cost of finding that out grows with stages times dependencies. A pipeline
# whose stages depend on one file that stands for the shared folders lists each folder twice, whatever the stages.
# Fails when that is no longer so.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv .venv
.venv/bin/python -m pip install --quiet --disable-pip-version-check dvc==3.67.1
cat > count.py <<'PY'
"""How often each of the folders d1 ... d5 is listed by one `dvc status`: the distinct numbers."""
import os
import sys
from collections import Counter

from dvc.cli import main

listed, scandir = Counter(), os.scandir


def counted(path="."):
    listed[os.path.basename(os.fspath(path))] += 1
    return scandir(path)


os.scandir = counted
code = main(["status", "--quiet"])
print(*sorted({listed[f"d{number}"] for number in range(1, 6)}))
sys.exit(code)
PY
git init -q .
.venv/bin/dvc init -q
for number in 1 2 3 4 5; do mkdir "d$number"; echo "$number" > "d$number/file"; done

stages() { # their numbers, what they depend on, a further stage
  printf 'stages:\n%b  s:\n    foreach: [%s]\n    do:\n      cmd: echo ${item} > out${item}\n      deps: [%s]\n' "$3" "$1" "$2"
  printf "      outs: ['out\${item}']\n"
}

status=0
check() { # what is set up, the number of listings that was seen
  .venv/bin/dvc repro --quiet
  found=$(.venv/bin/python count.py)
  echo "$1: each folder is listed $found time(s)"
  [ "$found" = "$2" ] || { echo "changed: it was $2"; status=1; }
}
all='d1, d2, d3, d4, d5'
stages '1, 2, 3, 4' "$all" '' > dvc.yaml
check '4 stages that share five folders' 5
stages '1, 2, 3, 4, 5, 6, 7, 8' "$all" '' > dvc.yaml
check '8 stages that share five folders' 9
stages '1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16' "$all" '' > dvc.yaml
check '16 stages that share five folders' 17
one="  one:\n    cmd: cat d?/file > shared\n    deps: [$all]\n    outs: [shared]\n"
stages '1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16' shared "$one" > dvc.yaml
check '16 stages that share one file' 2
exit "$status"
