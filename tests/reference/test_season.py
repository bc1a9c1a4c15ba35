#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A season of 12,000 units and 300 incidents under other rules: what `ikrar
rules try` finds added, removed and changed is what the reference judge finds.
It remembers here what it would otherwise count again for each unit; that this
changes nothing is seen on random histories first, verdicts and all.
usage: test_season.py BENCH_SEASON IKRAR DUMP_LOG DUMP_TRIAL HISTORIES
"""
import itertools
import json
import pathlib
import subprocess
import sys
import tempfile

import trial
from remembered import remembered

RULES = pathlib.Path(__file__).resolve().parents[1] / "bench/season.yaml"


def story(head, entries):
    """Everything that opened and ended under the other rules."""
    played = trial.Trial(head["rules"][0]["body"]["rows"], head["from_ms"])
    for entry in entries:
        played.take(entry)
    return {name: (*row[:2], sorted(row[2].members), row[2].figures)
            for name, row in played.judge.open.story.items()}


def check_remembering(driver, count):
    with subprocess.Popen([driver, "1", str(count)],
                          stdout=subprocess.PIPE) as player:
        alerts = 0
        for head, entries, _ in trial.read(player.stdout):
            naive = story(head, entries)
            with remembered():
                if story(head, entries) != naive:
                    sys.exit(f"seed {head['seed']}: remembering errs")
            alerts += len(naive)
    if player.returncode != 0 or alerts < count:
        sys.exit(f"{driver}: {player.returncode}, {alerts} alerts")


def check_season(make, ikrar, dump, work):
    log = work / "season"
    made = subprocess.run([make, log], stdout=subprocess.PIPE, text=True,
                          check=True).stdout.strip()
    said = json.loads(subprocess.run(
        [ikrar, "rules", "try", RULES, "--log", log, "--json"],
        stdout=subprocess.PIPE, check=True).stdout)
    if min(said["added"], said["removed"] + said["changed"]) == 0:
        sys.exit(f"too little differs to say anything: {said}")
    with subprocess.Popen([dump, log, RULES],
                          stdout=subprocess.PIPE) as dumped:
        told = json.dumps({"alerts": said["alerts"]})
        head, entries, alerts = next(trial.read(
            itertools.chain(dumped.stdout, [told])))
    if dumped.returncode != 0:
        sys.exit(f"{dump} ended with {dumped.returncode}")
    with remembered():
        try:
            found = trial.check_read(head, entries, alerts)
        except trial.Wrong as wrong:
            sys.exit(str(wrong))
    print(f"{made}: {found} alerts under other rules, {said['added']} added, "
          f"{said['removed']} removed, {said['changed']} changed, "
          f"{said['equal']} equal: as the reference; rules try took "
          f"{said['took_ms'] / 1000:.2f} s")


def main():
    make, ikrar, dump, histories, count = sys.argv[1:]
    check_remembering(histories, int(count))
    with tempfile.TemporaryDirectory() as work:
        check_season(make, ikrar, dump, pathlib.Path(work))


if __name__ == "__main__":
    main()
