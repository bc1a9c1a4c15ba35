# SPDX-License-Identifier: Apache-2.0
"""What the tool says of the exported log of a scene: the same state as the
region, each alert explained, the history under other rules, examples of rules.
Of a log that was touched it shows nothing and says so in one sentence."""
import csv
import json
import shutil
import subprocess

import checks
from region import BIN, DEADLINE, ROOT, Failed, Mailbox, run
from scenes import SCENES, Scene

HEADINGS = ["1. Aturan mana?", "2. Unit atau objek mana?", "3. Angka mana?",
            "4. Seberapa tua datanya?", "5. Apa yang diminta",
            "6. Bagaimana berkeberatan?", "1. Which rule?",
            "2. Which unit or object?", "3. Which figures?",
            "4. How old are the data?", "5. What is asked",
            "6. How can one object?", "RIWAYAT / HISTORY"]
SUBJECTS = {"PNS": "pns", "PPPK": "pppk", "NON_ASN": "non_asn"}
VERDICTS = {"AlertOpened", "AlertRaised", "AlertCorrected", "AlertWithdrawn",
            "AlertResolved"}


def ikrar(*words, code=0):
    done = subprocess.run([BIN / "ikrar", *words], capture_output=True,
                          text=True, timeout=DEADLINE,
                          stdin=subprocess.DEVNULL)
    if done.returncode != code:
        raise Failed(f"ikrar {' '.join(map(str, words))}: exit "
                     f"{done.returncode}, not {code}\n{done.stdout}"
                     f"{done.stderr}")
    return done


def document(*words):
    return json.loads(ikrar(*words, "--json").stdout)


def equal(what, found, wanted):
    if found != wanted:
        raise Failed(f"{what}: {found!r}, not {wanted!r}")


def check_state(log, live):
    """The region may have gone on since the export; verdicts and coverage
    have not."""
    state = document("state", log)
    for key in ("origin", "wilayah", "campaigns", "incidents", "alerts"):
        equal(f"state {key}", state[key], live[key])
    for campaign in state["campaigns"]:
        for by in ("by_opd", "by_kind"):
            equal(f"{campaign['id']} {by}",
                  sum(g["expected"] for g in campaign[by]),
                  campaign["coverage"]["expected"])
    print(f"state: as the region's own, {len(state['alerts'])} alerts, "
          f"{len(state['campaigns'])} campaigns")


def check_moments(log, entries):
    opened = [i for i, e in enumerate(entries) if e["kind"] == "AlertOpened"]
    for index in opened:
        cause = index
        while entries[cause]["kind"] in VERDICTS:
            cause -= 1
        before = document("state", log, "--at", str(cause - 1))["alerts"]
        after = document("state", log, "--at", str(cause))["alerts"]
        if len(after) <= len(before):
            raise Failed(f"entry {index}: no alert more than before")
    print(f"state --at: {len(opened)} openings, each at its entry")


def check_cell(row, units):
    """Act and kind of subject beside a unit: five such people work there."""
    if row.get("scope") == "unit" and "act" in row:
        people = units[row["object"]][SUBJECTS[row["subject"]]]
        if people < 5:
            raise Failed(f"told of too few people: {row}")
        return 0
    if "act" in row and len(row["date"]) != len("2024-10"):
        raise Failed(f"the day stands beside few people: {row}")
    return "act" in row


def check_explain(log, entries, units):
    small = 0
    for alert in document("state", log)["alerts"]:
        mine = [i for i, e in enumerate(entries) if e["kind"] in VERDICTS and
                e["body"]["alert"] == alert["id"]]
        told = sum(e["kind"] in ("AlertDelivered", "AlertFailed") and
                   e["body"]["alert"] == alert["id"] for e in entries)
        one = document("explain", alert["id"][:12], "--log", log)
        equal("verdicts", [v["index"] for v in one["verdicts"]], mine)
        equal("telling", len(one["telling"]), told)
        evidence = {i for v in one["verdicts"] for i in v["evidence"]}
        basis = {b["index"] for b in one["basis"]}
        if not evidence <= basis or not basis:
            raise Failed(f"{alert['rule']}: evidence {evidence}, {basis}")
        small += sum(check_cell(row, units) for row in one["basis"])
        text = ikrar("explain", f"{alert['rule']}:{alert['object']}",
                     "--log", log).stdout
        at = 0
        for heading in HEADINGS:
            at = text.find(heading, at)
            if at < 0:
                raise Failed(f"{alert['rule']}: no `{heading}` in\n{text}")
    ikrar("explain", "ffff", "--log", log, code=1)
    print(f"explain: each alert in 2 x 6 answers; {small} reports told of "
          "more than the unit")


def check_try(log, scene, directory):
    rules = (SCENES / scene / "rules.yaml").read_text()
    same = document("rules", "try", SCENES / scene / "rules.yaml", "--log",
                    log)
    equal("the same rules", [same["added"], same["removed"],
                             same["changed"]], [0, 0, 0])
    none = directory / "none.yaml"
    none.write_text("rules: []\n")
    gone = document("rules", "try", none, "--log", log)
    equal("without rules", [gone["added"], gone["removed"]],
          [0, same["equal"]])
    more = directory / "more.yaml"
    more.write_text(rules + "  - {id: SATU, kind: repeat_incidents/1, count: 1"
                    ", within: 400d, scope: region, tell: admin}\n")
    added = document("rules", "try", more, "--log", log)
    equal("one rule more", added["removed"], 0)
    bad = directory / "bad.yaml"
    bad.write_text("rules:\n  - {id: SATU, kind: repeat_incidents/1, count: 1"
                   ", within: 0d, scope: region, tell: admin}\n")
    done = ikrar("rules", "try", bad, "--log", log, code=78)
    if "bad.yaml:2:" not in done.stderr or "window" not in done.stderr:
        raise Failed(f"bad rules: {done.stderr}")
    print(f"rules try: same {same['equal']}, none removes {gone['removed']}, "
          f"one more adds {added['added']}; bad rules refused in their place")
    return added["added"]


def check_test(directory):
    sample = ROOT / "data/samples/rules-test.yaml"
    print(ikrar("rules", "test", sample).stdout.splitlines()[-1])
    for beside in ("rules.yaml", "calendar.yaml"):
        shutil.copy(ROOT / "data/samples" / beside, directory)
    wrong = directory / "wrong.yaml"
    wrong.write_text(sample.read_text().replace("count: 3,", "count: 4,"))
    out = ikrar("rules", "test", wrong, code=1).stdout
    if "gagal" not in out or "count 3, diharapkan/expected 4" not in out:
        raise Failed(out)


def check_replay(log, entries):
    opened = next(i for i, e in enumerate(entries)
                  if e["kind"] == "AlertOpened")
    out = ikrar("replay", log, "--until", str(opened)).stdout
    if "terbuka/open 1" not in out:
        raise Failed(out)
    slow = ikrar("replay", log, "--speed", "100000000").stdout
    equal("replay at a speed", slow, ikrar("replay", log).stdout)
    ikrar("replay", log, "--speed", "0", code=1)


def check_broken(log, directory):
    broken = directory / "broken"
    shutil.copytree(log, broken)
    bundle = next(p for p in sorted((broken / "tile/entries").rglob("*"))
                  if p.is_file())
    raw = bytearray(bundle.read_bytes())
    raw[len(raw) // 2] ^= 1
    bundle.write_bytes(raw)
    rules = ROOT / "data/samples/rules.yaml"
    for words in (["state", broken], ["explain", "0000", "--log", broken],
                  ["rules", "try", rules, "--log", broken]):
        done = ikrar(*words, code=1)
        if done.stdout or ("tidak utuh" not in done.stderr and
                           "rusak" not in done.stderr):
            raise Failed(f"{words}: {done.stdout}{done.stderr}")
    done = ikrar("state", directory / "nothing", code=1)
    print("broken: " + done.stderr.splitlines()[-2])


def record(name, directory, mailbox):
    scene = Scene(name, directory, mailbox)
    try:
        scene.play()
        return (scene.region.export(directory / f"log-{name}"),
                scene.region.log(), scene.region.state())
    finally:
        scene.close()


def heads(name):
    with open(SCENES / name / "units.csv", encoding="utf-8") as file:
        return {row["kode"]: {k: int(row.get(k) or 0)
                              for k in SUBJECTS.values()}
                for row in csv.DictReader(file)}


def main():
    with checks.workspace() as directory:
        mailbox = Mailbox(directory / "mailbox").start()
        try:
            played = {name: record(name, directory, mailbox)
                      for name in ("makassar-warga", "makassar-2023")}
        finally:
            mailbox.stop()
        for name, (log, entries, live) in played.items():
            print(f"{name}:")
            entries = entries[:document("state", log)["size"]]
            check_state(log, live)
            check_moments(log, entries)
            check_explain(log, entries, heads(name))
            check_try(log, name, directory)
            check_replay(log, entries)
        check_test(directory)
        check_broken(log, directory)


checks.main(main)
