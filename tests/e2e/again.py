# SPDX-License-Identifier: Apache-2.0
"""A scene's exported log once more: by other builds, and under other rules
beside the reference judge.
"""
import copy
import json
import os
import pathlib
import subprocess
import sys

import yaml

from region import BIN, ROOT, Failed, run

# Besides this one; ./dev test makes them, --full all four.
BUILDS = os.environ.get("IKRAR_BUILDS", "").split()
MORE = [
    {"id": "SATU", "kind": "repeat_incidents/1", "count": 1, "within": "60d",
     "scope": "unit", "tell": "admin"},
    {"id": "DIAM", "kind": "node_silent/1", "after": "30h", "tell": "admin"},
    {"id": "TELAAH", "kind": "case_deadline/1", "days": 2,
     "clock": "calendar", "tell": "admin"},
]


def replay_elsewhere(log):
    """What other builds' judges make of the log; a line for each build."""
    lines, state = [], run(BIN / "ikrar", "state", "--json", "--units",
                           log).stdout
    for name in BUILDS:
        other = ROOT / "build" / name / "bin/ikrar"
        if not other.exists():
            if os.environ.get("CI") == "true":
                raise Failed(f"{other} is not built")
            lines.append(f"build {name}: belum ada/not built, dilewati/skipped")
            continue
        said = run(other, "replay", log).stdout.strip().splitlines()[-1]
        if run(other, "state", "--json", "--units", log).stdout != state:
            raise Failed(f"{other} adds {log} up to something else")
        lines.append(f"build {name}: {said}")
    return lines


def other_rules(scene_rules):
    """One gone, the others milder, and some more."""
    rows = copy.deepcopy(scene_rules["rules"])
    for row in rows:
        if row["kind"] == "unsigned_units/1":
            row.update(counts="read", settle="6h")
        elif row["kind"] == "repeat_incidents/1":
            row.update(count=2, scope="kecamatan")
        else:
            row.update(after="2d")
    return {"rules": rows[len(rows) > 1:] + MORE}


def try_other_rules(region, log, scene_rules):
    """`rules try` finds what the reference judge finds. Afterwards these are
    the region's rules: so the log says what the file means. No office is to
    hear of them."""
    region.daemons.pop("notifier").stop()
    path = pathlib.Path(region.dir) / "other-rules.yaml"
    path.write_text(yaml.safe_dump(other_rules(scene_rules)))
    size = int((log / "checkpoint").read_text().splitlines()[1])
    said = json.loads(run(BIN / "ikrar", "rules", "try", path, "--log", log,
                          "--json").stdout)
    region.admin("rules", "load", path)
    entries = region.log()
    rules = [e for e in entries if e["kind"] == "RulesChanged"][-1:]
    lines = [{"from_ms": 0, "rules": rules}, *entries[:size],
             {"alerts": said["alerts"]}]
    checked = subprocess.run(
        [sys.executable, ROOT / "tests/reference/check_trial.py"],
        input="".join(json.dumps(line) + "\n" for line in lines),
        capture_output=True, text=True, timeout=120, check=False)
    if checked.returncode != 0:
        raise Failed(f"rules try: {checked.stderr}")
    return (f"aturan lain/other rules: {checked.stdout.strip()} peringatan/alerts "
            f"({said['added']} bertambah/added, {said['removed']} hilang/"
            f"removed, {said['changed']} berubah/changed), sama/as reference")
