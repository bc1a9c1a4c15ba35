# SPDX-License-Identifier: Apache-2.0
"""What incidents give the judge to look at: groups of repeats, bursts, cases
that do not move. A part of Judge.
"""
import burst
import cell
import due
import repeat
from region import Record, Word


class Reports:
    def record_of(self, entry):
        return self.region.record(self.region.incidents, entry)

    def word_of(self, entry, body):
        node = self.region.node(entry["node"])
        return Word(self.region, node, entry, body)

    def take_IncidentReported(self, entry):
        held = burst.held_by_any(self.region)
        record = Record(self.region.node(entry["node"]), entry,
                        self.word_of(entry, entry["body"]))
        self.region.incidents.append(record)
        self.look_at_bursts(held, entry["body"]["unit"])
        self.look_at_repeats(entry["body"])

    def incident_corrected(self, record, word):
        held, before = burst.held_by_any(self.region), record.newest()
        record.later.append(word)
        now = record.newest()
        if now is before:
            return
        if before.body["unit"] != now.body["unit"]:
            self.look_at_bursts(held, before.body["unit"], now.body["unit"])
        self.look_at_repeats(before.body, now.body)
        self.case_changed(record)

    def incident_withdrawn(self, record, word):
        held, counted = burst.held_by_any(self.region), self.counted()
        record.withdrawals.append(word)
        self.look_at_bursts(held, record.latest().body["unit"])
        self.look_at_counted(counted)
        self.look_at_repeats(record.latest().body)
        self.case_changed(record)

    def take_IncidentReviewed(self, entry):
        record, counted = self.record_of(entry), self.counted()
        case = record.case()
        record.reviews.append(self.word_of(entry, entry["body"]))
        now = record.case()
        if now.step != case.step:
            record.step_ms = self.now_ms
            record.step_index = entry["index"]
            self.case_changed(record)
        if now.is_own != case.is_own:
            self.look_at_repeats(record.latest().body)
        self.look_at_counted(counted)

    # ---- repeats

    def counted(self):
        return [self.region.counts_as(r) for r in self.region.incidents]

    def look_at_counted(self, before):
        """One report may change what another counts as."""
        for record, was, now in zip(self.region.incidents, before,
                                    self.counted()):
            if was != now:
                self.look_at_repeats(record.latest().body)

    def look_at_repeats(self, *bodies, rules=None):
        """The groups that these incidents fall in."""
        for order, rule in rules or self.rules("repeat_incidents"):
            row = rule["repeat_incidents"]
            names = {repeat.object_of(self.region, row, body)
                     for body in bodies
                     if rules or repeat.counts_act(row, body["act"])}
            for name in sorted(names - {None}):
                self.look_at(self.now_ms, (order, 0), lambda r=rule, n=name:
                             self.count_repeats(r, n))

    def count_repeats(self, rule, name):
        key = (rule["id"], name)
        window = repeat.best_window(self.region, rule["repeat_incidents"],
                                    name)
        if window is None:
            self.open.pop(key, None)
            return
        alert = self.open.get(key)
        if alert is None:
            if window.cases <= self.cases_known(key):
                return
            alert = self.open_one(rule, name)
        elif window.cases == alert.cases:
            return  # another report of a case is not told again
        alert.cases, alert.figures = window.cases, window.figures
        alert.evidence = window.evidence

    # ---- bursts

    def look_at_bursts(self, held_before, *units):
        """What is held now, or no longer, may count differently."""
        for order, rule in self.rules("burst"):
            for unit in units:
                self.look_at(self.now_ms, (order, 0), lambda r=rule, u=unit:
                             self.count_burst(r, u))
        held = burst.held_by_any(self.region)
        for key in held.keys() ^ held_before.keys():
            record = held.get(key) or held_before[key]
            self.look_at_repeats(record.latest().body)

    def count_burst(self, rule, unit):
        key = (rule["id"], unit)
        found = burst.held(self.region, rule["burst"], unit)
        if not found:
            self.open.pop(key, None)
            return
        alert = self.open.get(key)
        if alert is None:
            alert = self.open_one(rule, unit)
        elif len(found) == alert.cases:
            return
        alert.cases = len(found)
        alert.figures = {"reported": len(found),
                         "nodes": len({r.node for r in found})}
        alert.evidence = sorted(r.index for r in found)[:256]

    def burst_decided(self, alert, reason):
        held, counted = burst.held_by_any(self.region), self.counted()
        for record in burst.held(self.region, alert.rule["burst"],
                                 alert.object):
            record.decided = reason
            self.case_changed(record)
        self.look_at_bursts(held, alert.object)
        self.look_at_counted(counted)

    # ---- cases that do not move

    @staticmethod
    def case_name(record):
        return f"KASUS-{record.node}-{record.seq}"

    def due_cases(self):
        for order, rule in self.rules("case_deadline"):
            for record in self.region.incidents:
                name = self.case_name(record)
                at_ms = due.case_ms(self.region, rule["case_deadline"],
                                    record)
                if at_ms <= self.until_ms and \
                   self.closed_at((rule["id"], name)) < record.step_index:
                    self.look_at(at_ms, (order, 0), lambda r=rule, c=record:
                                 self.open_case(r, c))

    def open_case(self, rule, record):
        key = (rule["id"], self.case_name(record))
        if key in self.open:
            return
        body, alert = rule["case_deadline"], self.open_one(rule, key[1])
        day = due.anchor_day(self.region, body, record)
        is_told = body["anchor"] != "known" or \
            not cell.is_small(self.region, record.latest().body)
        alert.figures = {"days": body["days"], "since_ms":
                         self.region.midnight(day) if is_told else 0}
        alert.evidence, alert.record = [record.index], record
        alert.step = record.case().step

    def case_changed(self, record):
        for key in [key for key, alert in self.open.items()
                    if alert.record is record]:
            self.look_at(self.now_ms, (-1,), lambda key=key:
                         self.case_again(key))

    def case_again(self, key):
        alert = self.open.get(key)
        if alert is None:
            return
        rule = self.region.rules[key[0]]["case_deadline"]
        if due.case_ms(self.region, rule, alert.record) > self.now_ms or \
           alert.record.case().step != alert.step:
            del self.open[key]
