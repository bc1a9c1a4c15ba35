#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Random histories under other rules: what `ikrar rules try` finds added,
removed and changed is what the reference judge finds. A failure says its seed;
SEED=n plays one, ROUNDS=n so many, FIRST=n from another seed.
usage: test_trials.py DUMP_TRIAL FIRST COUNT
"""
import collections
import os
import subprocess
import sys

import trial


def histories(driver, first, count):
    with subprocess.Popen([driver, str(first), str(count)],
                          stdout=subprocess.PIPE) as player:
        yield from trial.read(player.stdout)
    if player.returncode != 0:
        sys.exit(f"{driver} ended with {player.returncode}")


def main():
    only = int(os.environ.get("SEED", 0))
    first = only or int(os.environ.get("FIRST", sys.argv[2]))
    count = 1 if only else int(os.environ.get("ROUNDS", sys.argv[3]))
    whats, alerts = collections.Counter(), 0
    for head, entries, differs in histories(sys.argv[1], first, count):
        try:
            alerts += trial.check_read(head, entries, differs)
        except trial.Wrong as wrong:
            sys.exit(f"seed {head['seed']}: {wrong}")
        whats.update(row["what"] for row in differs)
    if count >= 100 and min(whats[w] for w in (
            "added", "removed", "changed")) < count // 2:
        sys.exit(f"too little happens to say anything: {dict(whats)}")
    print(f"{count} histories, {alerts} alerts under other rules: "
          f"{dict(whats)}")


if __name__ == "__main__":
    main()
