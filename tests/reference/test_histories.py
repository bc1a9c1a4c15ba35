#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""After every input of every random history the open alerts are those of the
reference judge. A failure says its seed and the shortest history with it that
was found; SEED=n plays one, ROUNDS=n so many, FIRST=n from another seed.
"""
import json
import os
import subprocess
import sys

from compare import Comparison, Difference, Wronged
from judge import VERDICTS

SHRINK_TRIES = 400


def entries(driver, seed, count=1, skip=()):
    """(seed, entry) of so many histories."""
    env = {**os.environ, "SKIP": ",".join(map(str, skip))}
    with subprocess.Popen([driver, str(seed), str(count)], env=env,
                          stdout=subprocess.PIPE) as player:
        for line in player.stdout:
            entry = json.loads(line)
            if "seed" in entry:
                seed = entry["seed"]
            else:
                yield seed, entry
    if player.returncode != 0:
        sys.exit(f"seed {seed}: {driver} ended with {player.returncode}")


def difference(driver, seed, skip):
    """(None, or what differs; the entries up to there)."""
    comparison, played = Comparison(), []
    try:
        for _, entry in entries(driver, seed, 1, skip):
            played.append(entry)
            comparison.take(entry)
        comparison.compare()
    except (Difference, Wronged) as found:
        return found, played
    return None, played


def shrink(driver, seed, count):
    """Leaves out inputs, many at once and then few, as long as something
    differs; the first ones stay."""
    skip, tries, size = set(), 0, count // 2
    while size > 0:
        for first in range(1, count, size):
            more = skip | set(range(first, min(first + size, count)))
            tries += 1
            if more != skip and tries <= SHRINK_TRIES and \
               difference(driver, seed, sorted(more))[0]:
                skip = more
        size //= 2
    return sorted(skip)


def report(driver, seed, found):
    print(f"seed {seed}: {found}", flush=True)
    count = sum(entry["kind"] not in VERDICTS
                for _, entry in entries(driver, seed))
    skip = shrink(driver, seed, count)
    found, played = difference(driver, seed, skip)
    print(f"shortest: SEED={seed} SKIP={','.join(map(str, skip))}")
    for entry in played[:found.index + 1]:
        print(json.dumps(entry))
    print(found)
    sys.exit(1)


def main():
    driver = sys.argv[1]
    only = int(os.environ.get("SEED", 0))
    first = only or int(os.environ.get("FIRST", sys.argv[2]))
    count = 1 if only else int(os.environ.get("ROUNDS", sys.argv[3]))
    comparison = playing = None
    for seed, entry in entries(driver, first, count):
        try:
            if seed != playing:
                if comparison:
                    comparison.compare()
                comparison, playing = Comparison(), seed
            comparison.take(entry)
        except (Difference, Wronged) as found:
            report(driver, playing, found)
    comparison.compare()
    print(f"{count} histories")


if __name__ == "__main__":
    main()
