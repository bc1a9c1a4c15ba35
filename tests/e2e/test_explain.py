# SPDX-License-Identifier: Apache-2.0
"""Alerts of all six kinds of rules in one drill region's log, open ones and
ended ones: `ikrar explain` of each answers the six questions in both
languages, for somebody who has read nothing else, and says no more than the
log holds."""
import json
import re

import checks
import hostile
from region import BIN, ROOT, Failed, Region, local_ms, run
from reviewer import Reviewer

UNITS = """kode,nama,jenis,wilayah,induk,pns,pppk,non_asn
OPD-SETDA,Sekretariat Daerah,SETDA_BAGIAN,73.71,,64,4,22
KEC-A,Kecamatan Mariso,KECAMATAN,73.71.01,,20,6,8
KEL-B,Kelurahan Bontorannu,KELURAHAN,73.71.01.1001,KEC-A,9,2,3
KEC-C,Kecamatan Mamajang,KECAMATAN,73.71.02,,18,6,9
KEC-D,Kecamatan Makassar,KECAMATAN,73.71.03,,21,6,9
"""
CAMPAIGNS = """campaigns:
  - id: NETRAL2024
    name: Deklarasi netralitas
    due: "2023-11-17 16:00"
    grace_end: "2023-11-20 16:00"
    lock: "2023-11-27 16:00"
"""
CALENDAR = """holidays: [2023-11-14]
stages:
  - {id: MASA-RAWAN, from: 2023-11-18, to: 2023-11-19, phase: BALON,
     sensitive: true}
"""
RULES = """rules:
  - {id: BELUM, kind: unsigned_units/1, campaign: NETRAL2024, scope: region,
     at: [grace_end], counts: head, min_units: 1, settle: 2h, tell: head}
  - {id: PENGINGAT, kind: unsigned_units/1, campaign: NETRAL2024,
     scope: kecamatan, at: [due], counts: head, min_units: 1, settle: 2h,
     tell: admin}
  - {id: ULANG, kind: repeat_incidents/1, count: 2, within: 30d, scope: unit,
     tell: head}
  - {id: ULANG-PERBUATAN, kind: repeat_incidents/1, count: 2, within: 30d,
     scope: act, acts: [SOS], tell: head}
  - {id: ULANG-ORANG, kind: repeat_incidents/1, count: 2, within: 30d,
     scope: subject, tell: head}
  - {id: SUNYI, kind: node_silent/1, wilayah: "73.71", after: 3d,
     sensitive_after: 12h, tell: admin}
  - {id: BATAS, kind: case_deadline/1, days: 2, clock: working, since: known,
     acts: [UNG], tell: admin}
  - {id: LONJAKAN, kind: burst/1, count: 2, within: 10m, tell: admin}
  - {id: RANTAI, kind: chain_broken/1, clock: 1h, tell: admin}
"""
KINDS = {"unsigned_units/1", "repeat_incidents/1", "node_silent/1",
         "case_deadline/1", "burst/1", "chain_broken/1"}
ZONE = "WITA"
TAG = bytes(range(32))


def at(text):
    return local_ms(f"2023-11-{text}", ZONE)


class Story:
    """A week and a half in which everything happens that alerts are for."""

    def __init__(self, directory):
        self.region = Region(directory, "73.71", at("10 08:00"))
        self.linked = []

    def open(self):
        region = self.region
        region.start_aggregator()
        files = region.dir / "files"
        files.mkdir()
        for name, text in (("units.csv", UNITS), ("rules.yaml", RULES),
                           ("campaigns.yaml", CAMPAIGNS),
                           ("calendar.yaml", CALENDAR)):
            (files / name).write_text(text)
        (files / "offices.yaml").write_text(
            (ROOT / "data/scenes/makassar-2023/offices.yaml").read_text())
        region.set_up(files)
        for wilayah in ("73.71", "73.71.01", "73.71.02"):
            checks.join_clerk(region, wilayah)
            self.linked.append(wilayah)
        self.first = Reviewer(region, "first")
        self.second = Reviewer(region, "second")

    def until(self, text):
        self.region.advance(at(text), self.linked)

    def report(self, node, unit, act, day, source="WARGA"):
        self.region.collector(
            node, "incident", "--unit", unit, "--act", act, "--happened",
            f"2023-11-{day}", "--known", f"2023-11-{day}", "--reported",
            f"2023-11-{day}", "--source", source, "--subject", "PNS", "--yes")
        self.region.settle(self.linked)

    def pledge(self, node, unit, made):
        self.region.collector(
            node, "pledge", "--campaign", "NETRAL2024", "--act", "pakta",
            "--form", "APEL", "--made", f"2023-11-{made}", "--template", "T",
            "--unit", f"{unit},head", "--yes")
        self.region.settle(self.linked)

    def alert(self, rule, state="open", **more):
        """The id of the one alert of a rule that is so."""
        found = [a for a in self.region.state()["alerts"]
                 if a["rule"] == rule and a["state"] == state and
                 all(a[k] == v for k, v in more.items())]
        if len(found) != 1:
            raise Failed(f"{rule} {state} {more}: {found}")
        return found[0]["id"]

    def close(self, rule, reason, **more):
        self.region.admin("alert", "close", self.alert(rule, **more),
                          "--reason", reason)

    # ---- what happens

    def repeats(self):
        """Twice in one office, twice one act, twice one person, who is known
        by a tag that no command makes yet."""
        self.report("73.71", "OPD-SETDA", "SOS", "09")
        self.report("73.71.01", "KEL-B", "SOS", "10", "RT_RW")
        self.report("73.71", "OPD-SETDA", "APK", "10", "TOKOH")
        self.stranger = hostile.enrol(self.region, "73.71.03")
        self.tagged("HOX", 8)
        self.tagged("PST", 6)

    def tagged(self, act, days_ago):
        node, now = self.stranger, self.region.now_ms
        event = node.event_pb.Event(
            version=1, node=node.id, seq=node.seq + 1, recorded_at_ms=now,
            wilayah="73.71.03", seen_epoch=1, seen_size=node.size)
        body, day = event.incident_reported, now // 86400000
        body.unit, body.act, body.source, body.subject = "KEC-D", act, 1, 1
        body.happened_from_day = body.happened_to_day = day - days_ago
        body.known_day = body.reported_day = day - days_ago
        body.subject_tag = TAG
        node.verify(node.push(event.SerializeToString(deterministic=True)))

    def bursts(self):
        for unit in ("KEC-A", "KEC-C"):
            node = "73.71.01" if unit == "KEC-A" else "73.71.02"
            for act in ("PST", "DKL", "APK"):
                self.report(node, unit, act, "10")
        self.close("LONJAKAN", "BUATAN", object="KEC-C")

    def deadlines(self):
        self.report("73.71.01", "KEC-A", "UNG", "12")
        self.report("73.71.01", "KEL-B", "UNG", "12")
        self.until("16 08:00")
        rows = json.loads(self.region.admin("case", "list", "--json").stdout)
        moved = [c["case"] for c in rows["cases"] if c["act"] == "UNG"][0]
        self.first("receive", moved)
        ENDED["BATAS", moved] = MOVED

    def faults(self):
        other = hostile.enrol(self.region, "73.71.03")
        word = hostile.bad_signature(other, hostile.good(
            other, "KEC-D", self.region.now_ms, "NETRAL2024"))
        assert word == "bad_signature", word
        self.close("RANTAI", "KELIRU")
        word = hostile.fork(self.stranger, hostile.good(
            self.stranger, "KEC-D", self.region.now_ms, "NETRAL2024"))
        assert word == "fork", word

    def silence(self):
        """73.71.02 is away over the sensitive days, and comes back."""
        self.region.set_link("73.71.02", False)
        self.linked.remove("73.71.02")
        self.until("19 08:00")
        self.region.set_link("73.71.02", True)
        self.linked.append("73.71.02")
        self.pledge("73.71.02", "KEC-C", "15 07:00")

    def campaign(self):
        self.pledge("73.71", "OPD-SETDA", "15 07:00")
        self.until("20 20:00")
        self.region.admin("campaign", "excuse", "NETRAL2024", "--unit",
                          "KEL-B", "--reason", "KOSONG")
        self.pledge("73.71.01", "KEC-A", "20 07:00")
        self.region.settle(self.linked)

    def play(self):
        self.open()
        self.repeats()
        self.bursts()
        self.until("13 08:00")
        self.deadlines()
        self.faults()
        self.until("18 06:00")
        self.silence()
        self.campaign()
        return self.region.export("copy")


# What a stranger must find in the answer to each question, whose letters end
# the kind's name: 1 rule, 2 object, 3 figures, 5 what is asked, 6 objection.
MUST = {
    "unsigned_units/1": {
        1: ("Campaign NETRAL2024", "the head of the unit has signed"),
        2: ("Kecamatan Mariso",),
        3: ("units expected", "unheard (which is not", "excused"),
        5: ("before 27 November 2023 16:00 WITA",),
        6: ("asks its kecamatan to record",)},
    "repeat_incidents/1": {
        1: ("at least 2 alleged cases",),
        3: ("cases reported, not yet verified", "different sources",
            "Reported does not mean guilty"),
        5: ("have the inspectorate review these reports, at the latest by",
            "Take no action against anybody"),
        6: ("Object to the inspectorate",)},
    "node_silent/1": {
        1: ("has sent nothing for 3 days, in sensitive stages for 12 hours",),
        2: ("A node is a device",),
        3: ("Its last entry before it fell silent", "Found silent",
            "nobody's neglect"),
        5: ("phone whoever holds that device today",
            "which is not unsigned"),
        6: ("calls the regional admin", "this alert ends by itself")},
    "case_deadline/1": {
        1: ("for 2 working days, counted since it was known",
            "UNG (Money politics"),
        2: ("KASUS-", "one report of an alleged breach"),
        3: ("Counted in working days, since the act was known, 2023-11-12; "
            "passed on 16 November 2023", "no reviewer has recorded a step",
            "Reported does not mean guilty"),
        5: ("record its next step today", "case show KASUS-",
            "Take no action against anybody"),
        6: ("this alert ends with it", "case object")},
    "burst/1": {
        1: ("more than 2 reports on one unit within 10 minutes",),
        2: ("Kecamatan Mariso, in wilayah 73.71.01",),
        3: ("reports held, which do not count                  3",
            "nodes that recorded so fast                       1",
            "usual: at most (reports)                          2",
            "Held does not mean made up"),
        5: ("--reason NYATA (all of them count) or BUATAN",),
        6: ("withdraws the mistaken ones",)},
    "chain_broken/1": {
        1: ("its clock is off by more than 1 hour.",),
        2: ("Kecamatan Makassar, in wilayah 73.71.03",),
        3: ("two different records have one number", "the log cannot say"),
        5: ("leave it alone until it is clear", "alert close"),
        6: ("calls the regional admin",)},
}
# And in the history of those that have ended.
MOVED = ("the case moved on", "At the end of this log its step is: received")
# And the case that is moved on, whose number depends on what its node said
# before.
ENDED = {
    ("LONJAKAN", "KEC-C"): (
        "closed by a person entitled to",
        "BUATAN (laporan dibuat-buat/the reports are made up)",
        "A person decided: made up; they never count"),
    ("RANTAI", "SIMPUL-7"): (
        "its signature is not valid",
        "KELIRU (peringatan keliru/the alert is mistaken)"),
    ("SUNYI", "SIMPUL-3"): ("the node was heard again", "; heard again "),
    ("PENGINGAT", "73.71.02"): (
        "was on time after all", "disregard it and stop"),
    ("ULANG", "KEC-C"): ("reports are held", "disregard it and stop"),
}
QUESTIONS = ["1. Which rule?", "2. Which unit or object?", "3. Which figures?",
             "4. How old are the data?", "5. What is asked of whom, by when?",
             "6. How can one object?"]
PERTANYAAN = ["1. Aturan mana?", "2. Unit atau objek mana?",
              "3. Angka mana?", "4. Seberapa tua datanya?",
              "5. Apa yang diminta dari siapa, sampai kapan?",
              "6. Bagaimana berkeberatan?"]


def answers(text, questions):
    """Number of the question -> its answer, none of them empty."""
    found, rest = {}, text
    for number, question in enumerate(questions, 1):
        before, there, rest = rest.partition(question + "\n")
        if not there:
            raise Failed(f"no {question} in\n{text}")
        found[number - 1] = before
    found[len(questions)] = rest
    for number in range(1, len(questions) + 1):
        if not found[number].strip():
            raise Failed(f"nothing under {questions[number - 1]}\n{text}")
    return found


def explain(log, alert):
    """The English answers, the history, and the whole as JSON."""
    text = run(BIN / "ikrar", "explain", alert["id"], "--log", log).stdout
    shown = json.loads(run(BIN / "ikrar", "explain", alert["id"], "--log", log,
                           "--json").stdout)
    assert text.startswith("LATIHAN"), text
    indonesian, english = text.split("\nALERT ")
    english, history = english.split("\nRIWAYAT / HISTORY")
    halves = (answers(indonesian, PERTANYAAN), answers(english, QUESTIONS))
    for number, key in ((3, "figures_told"), (5, "asked"), (6, "objection")):
        for half, tongue in zip(halves, ("id", "en")):
            if half[number].strip() != shown[key][tongue].strip():
                raise Failed(f"{key} {tongue}: {shown[key]}, {half[number]}")
    nonsense = re.search(r"\b(\w+) \1\b|\(\)|\s,|, \.|%", english)
    if nonsense:
        raise Failed(f"`{nonsense[0]}` in\n{english}")
    return halves[1], history, text


def holds(what, text, wanted):
    for words in wanted:
        if words not in text:
            raise Failed(f"{what}: no `{words}` in\n{text}")


def check_open(log, alert, kind):
    answered, _, _ = explain(log, alert)
    for number, wanted in MUST[kind].items():
        holds(f"{alert['rule']} {alert['object']}", answered[number], wanted)


def check_ended(log, alert):
    answered, _, text = explain(log, alert)
    wanted = ENDED.get((alert["rule"], alert["object"]), ())
    holds(f"{alert['rule']} {alert['object']}", text, wanted)
    if "phone" in answered[5] or "alert close" in answered[5]:
        raise Failed(f"asked of what has ended: {answered[5]}")
    return bool(wanted)


def check_scopes(log, alerts):
    """An act says what it is; a person is a mark without a name."""
    for rule, wanted in (
            ("ULANG-PERBUATAN", ("That act is: Promoting or campaigning on "
                                 "social media", "2 alleged cases of one "
                                 "kind of act")),
            ("ULANG-ORANG", ("who it is cannot be read from them",
                             "2 alleged cases against one person"))):
        alert = next(a for a in alerts if a["rule"] == rule)
        _, _, text = explain(log, alert)
        holds(rule, text, wanted)
        assert TAG.hex()[:8] not in text, text


def main():
    with checks.workspace() as directory:
        story = Story(directory)
        try:
            log = story.play()
        finally:
            story.region.stop()
        rules = {r.split(",")[0]: re.search(r"kind: ([a-z_]+/1)", r)[1]
                 for r in RULES.split("{id: ")[1:]}
        alerts = json.loads(run(BIN / "ikrar", "state", log,
                                "--json").stdout)["alerts"]
        kinds, ended = set(), set()
        for alert in alerts:
            kind = rules[alert["rule"]]
            if alert["state"] == "open":
                kinds.add(kind)
                if alert["rule"] != "PENGINGAT":
                    check_open(log, alert, kind)
            elif check_ended(log, alert):
                ended.add(kind)
        assert kinds == KINDS and ended == KINDS, (kinds, ended)
        check_scopes(log, alerts)
        print(f"explained: {len(alerts)} alerts of all six kinds of rules, "
              "open and ended")


checks.main(main)
