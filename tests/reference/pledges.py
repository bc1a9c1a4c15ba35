# SPDX-License-Identifier: Apache-2.0
"""What the pledges of a unit come to: by all of them, or by the timely ones.

Timely is what was made by the due date and said before its writer had seen
the line. What is said after it takes away and never adds: it may take a
pledge out, clear the head's signature, or lower a count to the least ever
said; and a pledge that steps in for one that was taken out stands for no more
than that had said.
"""
from region import KINDS, NEVER


class Line:
    """A pledge in one reading: what it sets, what of it still stands."""

    def __init__(self, record, body):
        self.body, self.is_there = body, True
        self.head = body["act"] == "pakta" and body["head_signed"]
        self.sets = {k for k in KINDS if k in body}
        self.keeps = set(self.sets)
        self.least = {k: body[k]["signed"] for k in self.sets}
        self.order = (body["made_at_ms"], record.node_id, record.seq)

    def take_out(self):
        self.is_there, self.head, self.keeps = False, False, set()

    def lower(self, body):
        self.head = self.head and body["head_signed"]
        self.keeps = {k for k in self.keeps if k in body}
        for kind in self.sets & set(body):
            self.least[kind] = min(self.least[kind], body[kind]["signed"])


def lines_of(region, unit, campaign, timely, terms):
    due, line = terms.due_ms, terms.line
    for record in region.pledges:
        word = record.newest(line if timely else NEVER)
        if word is None or word.body["unit"] != unit or \
           word.body["campaign"] != campaign:
            continue
        if not timely:
            yield Line(record, word.body)
        elif word.body["made_at_ms"] <= due:
            found = Line(record, word.body)
            if any(w.seen > line for w in record.withdrawals):
                found.take_out()
            for late in (w.body for w in record.later if w.seen > line):
                same = all(late[k] == word.body[k]
                           for k in ("unit", "campaign", "act"))
                if same and late["made_at_ms"] <= due:
                    found.lower(late)
                else:
                    found.take_out()
            yield found


class Shown:
    def __init__(self, region, unit, campaign, timely, terms):
        lines = sorted(lines_of(region, unit, campaign, timely, terms),
                       key=lambda line: line.order, reverse=True)
        self.read = any(line.is_there and line.body["act"] == "ikrar"
                        for line in lines)
        self.head = any(line.head for line in lines)
        pakta = [line for line in lines if line.body["act"] == "pakta"]
        self.signed = {kind: self.signatures(pakta, kind) for kind in KINDS}

    @staticmethod
    def signatures(lines, kind):
        least = NEVER
        for line in lines:  # the last made first
            least = min(least, line.least.get(kind, NEVER))
            if kind in line.keeps:
                return least
        return 0


def reaches(rule, row, shown):
    """Is that what the rule asks for? `row` is the unit's on the roster."""
    if rule["counts"] == "read":
        return shown.read
    if rule["counts"] == "head":
        return shown.head
    total = sum(row[kind] for kind in KINDS)
    if total == 0:
        return shown.head or shown.read
    signed = sum(shown.signed[kind] for kind in KINDS if row[kind])
    return signed * 10000 >= rule["signed_bp"] * total


def fulfils(region, rule, unit, timely):
    campaign = rule["campaign"]
    if campaign not in region.campaigns:
        return False
    return reaches(rule, region.rows[unit],
                   region.shown(unit, campaign, timely))
