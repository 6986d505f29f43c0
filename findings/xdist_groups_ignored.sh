#!/bin/sh
# pytest-xdist 3.8.0 with pytest 9.2.0: `--dist loadgroup` spreads one xdist_group over all workers, without a word.
#
# Guess before the run: tests that bear the same xdist_group run on one worker, as the documentation of pytest-xdist says
# of `--dist loadgroup`, so that a costly module-wide fixture is set up once.
# Seen (Linux, Python 3.11): with pytest 8.4.2 all eight tests of the group run on one worker; with pytest 9.2.0 four
# run on gw0 and four on gw1. No warning, exit code 0. `--dist loadfile` keeps a file's tests on one worker with both.
# Fails when that is no longer so.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv .venv
cat > test_group.py <<'PY'
import os

import pytest


@pytest.mark.xdist_group("one")
@pytest.mark.parametrize("number", range(8))
def test_on_a_worker(number, worker_id):
    with open(os.environ["SEEN"], "a") as seen:
        seen.write(worker_id + "\n")
PY

workers() { # pytest's version, how tests are dealt out: the number of workers that ran some of them
  .venv/bin/python -m pip install --quiet --disable-pip-version-check "pytest==$1" pytest-xdist==3.8.0 execnet==2.1.2
  SEEN="$folder/seen" .venv/bin/python -m pytest -q -p no:cacheprovider -n 2 --dist "$2" > "$folder/output" 2>&1 ||
    { cat "$folder/output"; exit 1; }
  sort -u "$folder/seen" | wc -l
  rm "$folder/seen"
}

status=0
check() { # pytest's version, how, the number of workers that was seen
  found=$(workers "$1" "$2")
  echo "pytest $1 --dist $2: the group ran on $found worker(s)"
  [ "$found" -eq "$3" ] || { echo "changed: it was $3"; status=1; }
}
check 8.4.2 loadgroup 1
check 9.2.0 loadgroup 2
check 9.2.0 loadfile 1
exit "$status"
