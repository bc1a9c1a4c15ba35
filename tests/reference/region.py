# SPDX-License-Identifier: Apache-2.0
"""What a log has said so far, kept as it was said: plain lists, nothing added
up. Questions are answered by looking at all of it.
"""

import cases

KINDS = ("pns", "pppk", "non_asn")
NEVER = float("inf")
PARENTS_MAX = 64
NO_NODE = "0" * 32


def zone_hours(wilayah):
    """Hours east of UTC: WIB, WITA or WIT by province."""
    province = int(wilayah[:2])
    if province <= 36 or province in (61, 62):
        return 7
    return 9 if province >= 81 else 8


def is_within(code, prefix):
    return code == prefix or code.startswith(prefix + ".")


class Node:
    def __init__(self, body, number):
        self.id, self.kind = body["node"], body["kind"]
        self.wilayah, self.number = body["wilayah"], number
        self.state = "pending" if body.get("pending") else "enrolled"
        self.seen = self.vouched = 0
        self.begun_ms = self.contact_ms = self.contact = None

    def begins(self, entry):
        self.seen = entry["index"] + 1
        self.begun_ms = entry["received_at_ms"]
        self.logged(entry)

    def logged(self, entry):
        self.contact_ms = max(self.begun_ms, entry["received_at_ms"])
        self.contact = entry["index"]

    def is_awaited(self):
        return self.kind == "collector" and self.state == "enrolled"


class Word:
    """One version of a record: who said it, and with how much knowledge."""

    def __init__(self, region, node, entry, body):
        self.body, self.index = body, entry["index"]
        self.seq, self.node = entry["seq"], node.number
        self.order = self.seen = node.seen
        # Nobody waits for others than active collectors: what they say had
        # seen all that stood before it.
        if not node.is_awaited():
            self.seen = max(self.seen, entry["index"])

    def age(self):
        return (self.order, self.node, self.seq)


class Record:
    def __init__(self, node, entry, word):
        self.node, self.node_id, self.seq = node.number, node.id, entry["seq"]
        self.index, self.received_ms = entry["index"], entry["received_at_ms"]
        self.recorded_ms = entry["recorded_at_ms"]
        self.first, self.later, self.withdrawals = word, [], []
        # Of incidents: what reviewers said; since when it stands in its
        # step; the reason by which a person decided on the burst it was in.
        self.reviews, self.decided = [], None
        self.step_ms, self.step_index = self.received_ms, self.index

    def case(self):
        return cases.Case(self.reviews)

    def words(self):
        return [self.first] + self.later

    def newest(self, seen=NEVER):
        """As those have it who had seen no more than that; None: there is
        none, or it was withdrawn."""
        if self.first.seen > seen:
            return None
        if any(word.seen <= seen for word in self.withdrawals):
            return None
        return self.latest(seen)

    def latest(self, seen=NEVER):
        """Withdrawn or not."""
        return max((w for w in self.later if w.seen <= seen),
                   key=Word.age, default=self.first)

    def is_gone(self):
        return bool(self.withdrawals) or self.decided == "BUATAN"


class Extension:
    """More time for a unit, or for all that lie in a wilayah."""

    def __init__(self, body):
        self.campaign, self.until_ms = body["campaign"], body["until_ms"]
        self.unit, self.wilayah = body.get("unit"), body.get("wilayah")
        self.line = NEVER  # the entry at which it ran out

    def names(self, code, wilayah):
        return self.unit == code or \
            self.wilayah is not None and is_within(wilayah, self.wilayah)

    def end_ms(self, region):
        """It moves the end of grace by as much as the due date."""
        dates = region.dates[self.campaign]
        if self.until_ms <= dates["due_ms"] or self.campaign in region.closed:
            return NEVER
        return self.until_ms + dates["grace_end_ms"] - dates["due_ms"]


class Terms:
    """By when a unit must have signed: made by due, said before the line."""

    def __init__(self, region, code, campaign):
        self.due_ms = region.dates[campaign]["due_ms"]
        self.line = region.lines.get((campaign, "grace_end_ms"), NEVER)
        self.is_extended, self.own_line = False, 0
        given = [e for e in region.extensions if e.campaign == campaign and
                 e.names(code, region.rows[code]["wilayah"])]
        longest = max(given, key=lambda e: e.until_ms, default=None)
        if longest is None or longest.until_ms <= self.due_ms:
            return
        self.due_ms, self.line = longest.until_ms, longest.line
        self.is_extended = longest.line == NEVER
        self.own_line = 0 if self.is_extended else longest.line


class Region:
    def __init__(self):
        self.wilayah, self.epoch, self.recoveries = None, 1, []
        self.now_ms = 0
        self.nodes, self.pledges, self.incidents = [], [], []
        self.rows, self.roster = {}, set()  # rows: of all there ever were
        self.campaigns, self.lines = {}, {}
        self.rules, self.rules_ms = {}, 0
        self.calendar, self.calendar_ms = [], 0
        self.extensions, self.excuses, self.closed = [], [], set()
        self.dates = {}  # of every campaign, as it was in force last
        self.parts = {}

    def node(self, node_id):
        return next((n for n in self.nodes if n.id == node_id), None)

    def record(self, records, entry):
        """The record that a body speaks of."""
        node_id = entry["body"].get("node", NO_NODE)
        if node_id == NO_NODE:
            node_id = entry["node"]
        return next((r for r in records if r.node_id == node_id and
                     r.seq == entry["body"]["seq"]), None)

    def whole(self, entry):
        """All rows of a text when its last part is there; else None."""
        kind, part = entry["kind"], entry["body"]["part"]
        rows = entry["body"]["rows"]
        if part["part"] > 1:
            rows = self.parts[kind] + rows
        self.parts[kind] = rows
        return rows if part["part"] == part["parts"] else None

    def seen_of(self, entry):
        """An older epoch's heads say no more than what was recovered."""
        if entry["seen_epoch"] > self.epoch:
            return 0
        return min([entry["seen_size"]] +
                   [entries for epoch, entries in self.recoveries
                    if epoch > entry["seen_epoch"]])

    # ---- incidents

    def counts_as(self, report):
        """reported, verified, or None: it does not count."""
        if report.is_gone():
            return None
        return report.case().counts_as(self.is_told_twice(report))

    def told_of(self, report):
        """The report that this one is told twice of, if that is there."""
        case = report.case()
        if case.step != "GANDA":
            return None
        return next((r for r in self.incidents if not r.is_gone() and
                     (r.node_id, r.seq) == case.twin), None)

    def is_told_twice(self, report):
        """Of a circle the first stands."""
        way, other = [report], self.told_of(report)
        if other is None:
            return False
        while other is not None and other not in way and not other.is_gone():
            way.append(other)
            other = self.told_of(other)
        return other is not report or \
            report is not min(way, key=lambda r: (r.node, r.seq))

    # ---- units

    def district(self, wilayah):
        return ".".join(wilayah.split(".")[:3])

    def top(self, code):
        start = code
        for _ in range(PARENTS_MAX):
            parent = self.rows[code]["parent"]
            if parent not in self.roster:
                return code
            code = parent
        return start

    def object_of(self, code, scope):
        if scope == "unit":
            return code
        if scope == "kecamatan":
            return self.district(self.rows[code]["wilayah"])
        return self.top(code) if scope == "opd" else self.wilayah

    def heard(self, code):
        """How much of the log everybody who may write for the unit is known
        to have seen; None: there is nobody."""
        wilayah = self.rows[code]["wilayah"]
        return min((max(n.seen, n.vouched) for n in self.nodes
                    if n.is_awaited() and is_within(wilayah, n.wilayah)),
                   default=None)

    def is_heard(self, code, line):
        heard = self.heard(code)
        return heard is not None and heard > line

    def is_awaited(self, code, line):
        heard = self.heard(code)
        return heard is not None and heard <= line

    def is_excused(self, code, campaign):
        words = [w for w in self.excuses if w.body["unit"] == code and
                 w.body["campaign"] == campaign]
        return bool(words) and not max(words, key=Word.age).body["lifted"]

    # ---- days

    def day(self, ms):
        hour = 3600 * 1000
        return (ms // hour + zone_hours(self.wilayah)) // 24

    def midnight(self, day):
        return (day * 24 - zone_hours(self.wilayah)) * 3600 * 1000
