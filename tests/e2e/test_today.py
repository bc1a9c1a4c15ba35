# SPDX-License-Identifier: Apache-2.0
"""The admin's worklist: whom to phone, whose device is at fault, a rush of reports, alerts that reached
nobody for a quarter of an hour, records that were refused. Each line stands
there for its reason, the command that it names works as it is written, and
the line is gone when that was dealt with."""
import json
import shlex

import checks
import hostile
from region import BIN, Failed, Mailbox, run, wait_for

RULES = """rules:
  - {id: SUNYI, kind: node_silent/1, after: 2d, tell: admin}
  - {id: RANTAI, kind: chain_broken/1, tell: admin}
  - {id: SERBUAN, kind: burst/1, count: 2, within: 10m, tell: admin}
  - {id: TERLAPOR, kind: repeat_incidents/1, count: 3, within: 30d,
     scope: unit, tell: head}
"""
MINUTE_MS = 60000
AWAY = "73.71.02"
UNIT, OTHER = checks.UNITS[AWAY], "KEL-73.71.02.1001"


def items(region, kind=None):
    found = json.loads(region.admin("today", "--json").stdout)["items"]
    return [i for i in found if kind in (None, i["kind"])]


def only(region, kind):
    found = items(region, kind)
    if len(found) != 1:
        raise Failed(f"{kind}: {found}")
    return found[0]


def do(item, directory=None, clock=None):
    """The command of a line, as it stands there; DIR is what the admin of
    another computer has to put in."""
    words = shlex.split(item["command"])
    words = [str(directory) if w == "DIR" else w for w in words]
    words[0] = BIN / words[0]
    return run(*words, *(["--clock", clock] if clock else [])).stdout


def report(region, day, act):
    region.collector(
        "73.71.01", "incident", "--unit", checks.UNITS["73.71.01"], "--act",
        act, "--happened", day, "--known", day, "--reported", day, "--source",
        "WARGA", "--subject", "PNS", "--yes")


def a_rush(region):
    for day, act in (("2023-11-11", "SOS"), ("2023-11-12", "APK"),
                     ("2023-11-13", "PST")):
        report(region, day, act)
    region.settle(["73.71.01"])
    line = only(region, "burst")
    assert "3 laporan ditahan" in line["text"], line
    assert "NYATA" in line["text"] and "BUATAN" in line["text"], line
    do(line, clock=region.clock)
    assert items(region, "burst") == []


def not_delivered(region, mailbox):
    """They are real now, and the head's office is to be told."""
    assert items(region, "undelivered") == [], "not yet a quarter of an hour"
    region.set_clock(region.now_ms + 14 * MINUTE_MS)
    assert items(region, "undelivered") == [], "not yet a quarter of an hour"
    region.set_clock(region.now_ms + MINUTE_MS)
    lines = items(region, "undelivered")
    assert [i["place"] for i in lines] == ["TERLAPOR"], lines
    region.join(region.wilayah, "notifier")
    contacts = region.dir / "contacts.yaml"
    contacts.write_text(
        "contacts:\n"
        "  - {seat: wali-kota, channel: mail, mail: wali@office.example}\n"
        "  - {seat: wali-kota, channel: webhook, "
        f"url: http://127.0.0.1:{mailbox.http}/hook, private: true}}\n")
    contacts.chmod(0o600)
    region.start_notifier(contacts, mailbox)
    wait_for("the alert to be told", lambda: not items(region, "undelivered"))
    said = do(lines[0], region.nodes["notifier"])
    assert "dibaca sampai / read up to" in said, said
    region.daemons.pop("notifier").stop()


def refused(region):
    """A record for a unit that had left the roster when it came in."""
    region.set_link(AWAY, False)
    units = region.dir / "units.csv"
    scene = (checks.ROOT / "data/scenes/makassar-2023/units.csv").read_text()
    units.write_text("".join(line for line in scene.splitlines(True)
                             if not line.startswith(UNIT + ",")))
    region.admin("unit", "import", units)
    checks.record(region, AWAY)
    region.set_link(AWAY, True)
    line = wait_for("the refusal", lambda: items(region, "refused"))[0]
    assert line["place"] == AWAY, line
    assert "1 catatan ditolak" in line["text"], line
    assert "unknown_unit" in line["text"], line
    said = do(line, region.nodes[AWAY])
    assert "unknown_unit" in said or UNIT in said, said
    later = region.dir / "later"
    later.write_text(f"{region.now_ms + 8 * 24 * 60 * MINUTE_MS}\n")
    said = run(BIN / "ikrar-aggregator", "today", "--dir",
               region.dir / "region", "--clock", later).stdout
    assert "Ditolak" not in said, "older than a week"


def a_fault(region):
    node = hostile.enrol(region, "73.71.03")
    word = hostile.bad_signature(node, hostile.good(
        node, "KEL-73.71.03.1006", region.now_ms, "NETRAL2024"))
    assert word == "bad_signature", word
    line = only(region, "fault")
    assert line["place"] == "73.71.03", line
    assert node.id.hex() in do(line, clock=region.clock)
    region.admin("node", "revoke", node.id.hex(), "--reason", "RUSAK")
    assert items(region, "fault") == []


def whom_to_phone(region):
    """Silent by a rule; and a deadline that was not heard past."""
    assert items(region, "phone") == []
    region.set_link(AWAY, False)
    region.advance(checks.local_ms("2023-11-16 08:00", "WITA"), ["73.71.01"])
    lines = [i for i in items(region, "phone") if i["place"] == AWAY]
    assert len(lines) == 1 and "silent" in lines[0]["text"], lines
    assert AWAY in do(lines[0], clock=region.clock)
    region.set_link(AWAY, True)
    region.collector(
        AWAY, "pledge", "--campaign", "NETRAL2024", "--act", "pakta",
        "--form", "APEL", "--made", "2023-11-13 07:00", "--template", "T",
        "--unit", OTHER + ",head", "--yes")
    region.settle(["73.71.01", AWAY])
    away = [i for i in items(region, "phone") if i["place"] == AWAY]
    assert away == [], away
    region.set_link(AWAY, False)
    region.advance(checks.local_ms("2023-11-17 17:00", "WITA"), ["73.71.01"])
    line = only(region, "phone")
    assert line["place"] == AWAY and "not heard past" in line["text"], line
    region.set_link(AWAY, True)
    wait_for("its report", lambda: not items(region, "phone"))


def main():
    with checks.region("makassar-2023", "2023-11-13 08:00") as region:
        mailbox = Mailbox(region.dir / "mailbox").start()
        try:
            rules = region.dir / "rules.yaml"
            rules.write_text(RULES)
            region.admin("rules", "load", rules)
            for wilayah in ("73.71.01", AWAY):
                checks.join_clerk(region, wilayah)
            assert items(region) == [], items(region)
            a_rush(region)
            not_delivered(region, mailbox)
            refused(region)
            a_fault(region)
            whom_to_phone(region)
        finally:
            mailbox.stop()
        print("today: phone, fault, burst, undelivered, refused; each with a "
              "command that works")


checks.main(main)
