# SPDX-License-Identifier: Apache-2.0
"""Which alerts must be open after each entry of a log: computed from the
inputs alone, naively. What the product's judge has said is not read.

Time moves only by Ticked entries. What an entry gives cause to look at is
collected first, with the whole of the entry applied; then the looks are made
in the order of their times.
"""
import unsigned
from clock import Clock
from decisions import Decisions
from nodes import Nodes
from pledges import Shown, fulfils
from region import Record, Region, Terms, Word
from reports import Reports
from texts import Texts, speaks_of_the_same

GATHER_MS = 60 * 1000
VERDICTS = ("AlertOpened", "AlertRaised", "AlertCorrected", "AlertWithdrawn",
            "AlertResolved")


class Alert:
    def __init__(self, rule, name):
        self.rule, self.object = rule, name
        self.members, self.figures, self.evidence = set(), {}, []
        self.cases, self.record, self.node, self.step = 0, None, None, ""
        self.asked = 0  # units of which something is expected, as told last
        self.line = self.news_ms = None


class Look:
    def __init__(self, at_ms, order, make):
        self.key, self.make = (at_ms, order), make


class Judge(Clock, Decisions, Nodes, Reports, Texts):
    def __init__(self):
        self.region = Region()
        self.region.shown, self.region.terms = self.shown, self.terms
        self.open = {}  # (rule id, object) -> Alert
        self.openings = {}  # how many there were
        self.closed = {}  # those whose last one a person closed -> (entry, it)
        self.names = {}  # id of an alert -> (rule id, object), which opening
        self.watches = {}
        self.ticked_ms = 0
        self.looks, self.memo = [], {}

    def take(self, entry):
        region = self.region
        self.looks, self.entry = [], entry
        self.now_ms = region.now_ms = entry["received_at_ms"]
        if entry["author"] == 1:
            self.node_wrote(region.node(entry["node"]))
        if entry["kind"] != "Ticked":
            self.memo = {}
        getattr(self, "take_" + entry["kind"], lambda entry: None)(entry)
        if entry["author"] == 1:
            self.look_at_clock(region.node(entry["node"]))
        for look in sorted(self.looks, key=lambda look: look.key):
            look.make()

    def look_at(self, at_ms, order, make):
        self.looks.append(Look(at_ms, order, make))

    # ---- what pledges come to

    def terms(self, unit, campaign):
        key = (unit, campaign)
        if key not in self.memo:
            self.memo[key] = Terms(self.region, *key)
        return self.memo[key]

    def shown(self, unit, campaign, timely):
        key = (unit, campaign, timely)
        if key not in self.memo:
            self.memo[key] = Shown(self.region, *key,
                                   self.terms(unit, campaign))
        return self.memo[key]

    # ---- unsigned units

    def look_at_group(self, at_ms, order, rule, name, cause):
        watch = self.watches[rule["id"]]
        line, is_settled = watch.line, watch.is_settled

        def make():
            self.look_by_mark(rule, name, cause, line, is_settled)
        self.look_at(at_ms, (order, 0), make)

    def units_of(self, rule, name):
        return unsigned.groups(self.region, rule["unsigned_units"]).get(
            name, [])

    def look_by_mark(self, rule, name, cause, line, is_settled):
        alert = self.open.get((rule["id"], name))
        units = self.units_of(rule, name)
        if alert is None and (self.watches[rule["id"]].follows or
                              self.closed_at((rule["id"], name)) > line):
            return
        if any(self.region.is_awaited(u, line) for u in units):
            if not is_settled:
                return
        elif cause == "settle" and alert is not None:
            return  # who was heard in full was judged before
        self.count(rule, name, line)

    def count(self, rule, name, line):
        """Everything of a group anew."""
        key, alert = (rule["id"], name), self.open.get((rule["id"], name))
        count = unsigned.Count(
            self.region, rule["unsigned_units"], self.units_of(rule, name),
            line, alert.members if alert else set())
        if not (count.is_kept if alert else count.is_reached):
            self.open.pop(key, None)
            return
        if alert is None:
            alert = self.open_one(rule, name)
        if count.unsigned == alert.members:
            return  # nothing is told, so no figure moves
        if not count.unsigned <= alert.members:
            alert.line = line
        alert.members, alert.asked = count.unsigned, count.asked

    def take_out(self, key, leaves):
        """Members leave between the looks; no other figure moves."""
        alert = self.open.get(key)
        if alert is None:
            return
        rule = self.region.rules[key[0]]["unsigned_units"]
        left = {u for u in alert.members if leaves(rule, u)}
        if not left:
            return
        alert.asked -= sum(self.region.is_excused(u, rule["campaign"])
                           for u in left)
        alert.members -= left
        if not unsigned.is_kept(rule, len(alert.members), alert.asked):
            del self.open[key]

    def look_at_news(self, key):
        self.take_out(key, lambda rule, u: fulfils(self.region, rule, u, True))

    def open_one(self, rule, name):
        key = (rule["id"], name)
        self.openings[key] = self.openings.get(key, 0) + 1
        self.closed.pop(key, None)
        self.open[key] = Alert(rule, name)
        return self.open[key]

    def look_again(self, key, cause):
        """After a change of roster, campaigns, rules or calendar."""
        alert = self.open.get(key)
        if alert is None:
            return
        rule = self.region.rules.get(key[0])
        if rule is None or not speaks_of_the_same(alert.rule, rule):
            del self.open[key]
            return
        alert.rule = rule
        kind = rule["kind"].split("/")[0]
        if kind == "unsigned_units" and cause != "calendar":
            self.unsigned_again(key, rule)
        elif kind == "repeat_incidents" and cause != "calendar":
            self.count_repeats(rule, key[1])
        elif kind == "burst":
            self.count_burst(rule, key[1])
        elif kind == "node_silent" and cause != "roster":
            self.silence_again(key)
        elif kind == "case_deadline" and cause != "roster":
            self.case_again(key)

    def unsigned_again(self, key, rule):
        alert = self.open[key]
        watch = self.watches[key[0]]
        units = self.units_of(rule, key[1])
        if watch.line is None or not units:
            del self.open[key]
            return
        line = watch.line
        # A new mark may still wait; the one before it was heard past.
        if not watch.is_settled and any(self.region.is_awaited(u, line)
                                        for u in units):
            line = alert.line
        self.count(rule, key[1], line)

    # ---- pledges

    def note_news(self, *units):
        for alert in self.open.values():
            body = alert.rule.get("unsigned_units")
            if body and alert.news_ms is None and any(
                    u in alert.members and fulfils(self.region, body, u, True)
                    for u in units):
                alert.news_ms = self.now_ms + GATHER_MS

    def take_PledgeMade(self, entry):
        node = self.region.node(entry["node"])
        word = Word(self.region, node, entry, entry["body"])
        self.region.pledges.append(Record(node, entry, word))
        self.note_news(entry["body"]["unit"])

    def take_Corrected(self, entry):
        node, body = self.region.node(entry["node"]), entry["body"]
        word = Word(self.region, node, entry,
                    body.get("pledge") or body.get("incident"))
        if "pledge" in body:
            record = self.region.record(self.region.pledges, entry)
            record.later.append(word)
            self.note_news(*{w.body["unit"] for w in record.words()})
            return
        self.incident_corrected(
            self.region.record(self.region.incidents, entry), word)

    def take_Withdrawn(self, entry):
        node = self.region.node(entry["node"])
        word = Word(self.region, node, entry, None)
        record = self.region.record(self.region.pledges, entry)
        if record is not None:
            record.withdrawals.append(word)
            self.note_news(*{w.body["unit"] for w in record.words()})
            return
        self.incident_withdrawn(
            self.region.record(self.region.incidents, entry), word)
