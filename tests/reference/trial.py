# SPDX-License-Identifier: Apache-2.0
"""A log's inputs under other rules, by the reference judge: which alerts open
and end, and when. And whether `ikrar rules try` says the same.

Of the recorded log neither verdicts nor changes of rules are looked at once
the other rules are in force. Where something is due that the log has no Ticked
for, one is put before the next input. What a node had seen is counted in the
entries of this history, in which no verdict stands.
"""
import json

import due
from compare import FIGURES
from judge import VERDICTS, Judge
from region import NEVER


class OpenAlerts(dict):
    """What is open; all that ever was is kept, with its times."""

    def __init__(self, judge):
        super().__init__()
        self.judge, self.story = judge, {}

    def name(self, key):
        return (*key, self.judge.openings[key])

    def __setitem__(self, key, alert):
        super().__setitem__(key, alert)
        self.story[self.name(key)] = [self.judge.judged_ms, None, alert]

    def __delitem__(self, key):
        super().__delitem__(key)
        self.story[self.name(key)][1] = self.judge.judged_ms

    def pop(self, key, *otherwise):
        if key not in self:
            return super().pop(key, *otherwise)
        alert = self[key]
        del self[key]
        return alert


class Timed(Judge):
    """Knows for what time it judges."""

    def __init__(self):
        super().__init__()
        self.judged_ms, self.open = 0, OpenAlerts(self)

    def take(self, entry):
        self.judged_ms = entry["received_at_ms"]
        super().take(entry)

    def look_at(self, at_ms, order, make):
        def timed():
            self.judged_ms = at_ms
            make()
        super().look_at(at_ms, order, timed)

    def is_waited_for(self, key, since):
        """Neither open nor closed by a person since then."""
        return key not in self.open and self.closed_at(key) < since

    def is_due(self, now_ms):
        """Would a Ticked of now do anything?"""
        times = [at_ms for at_ms, _ in self.timers()]
        times += [alert.news_ms for alert in self.open.values()
                  if alert.news_ms is not None]
        for _, rule in self.rules("node_silent"):
            times += [due.silence_ms(self.region, rule["node_silent"], node)
                      for node in self.region.nodes if self.is_waited_for(
                          (rule["id"], self.node_name(node)), node.contact)]
        for _, rule in self.rules("case_deadline"):
            times += [due.case_ms(self.region, rule["case_deadline"], record)
                      for record in self.region.incidents
                      if self.is_waited_for(
                          (rule["id"], self.case_name(record)),
                          record.step_index)]
        return min(times, default=NEVER) <= now_ms


class Trial:
    def __init__(self, rows, from_ms, names=()):
        self.judge, self.rows, self.from_ms = Timed(), rows, from_ms
        self.judge.names = dict(names)
        self.places, self.size, self.is_in_force = [], 0, False

    def take(self, entry):
        self.places.append(self.size)
        if entry["kind"] in VERDICTS:
            return
        if self.from_ms and not self.is_in_force and \
           len(self.places) > 1 and entry["received_at_ms"] >= self.from_ms:
            self.come_into_force()
        if entry["kind"] != "Ticked":
            self.tick(entry["received_at_ms"])
        entry = self.counted_anew(entry)
        if entry["kind"] == "RulesChanged":
            entry = self.rules_changed(entry)
        self.input(entry)

    def input(self, entry):
        self.judge.take({**entry, "index": self.size})
        self.size += 1

    def tick(self, now_ms):
        if self.judge.is_due(now_ms):
            self.input({"kind": "Ticked", "author": 0,
                        "received_at_ms": now_ms, "recorded_at_ms": now_ms,
                        "body": {"until_ms": now_ms}})

    def counted_anew(self, entry):
        entry = {**entry, "seen_size": self.place(entry.get("seen_size", 0))}
        if entry["kind"] == "LogRecovered":
            entry["body"] = {**entry["body"], "entries":
                             self.place(entry["body"]["entries"])}
        return entry

    def place(self, size):
        return self.places[size] if size < len(self.places) else self.size

    # ---- the rules

    def text(self):
        return {"part": {"version": 1, "part": 1, "parts": 1},
                "rows": self.rows}

    def come_into_force(self):
        """As if the first admin had loaded them, who had seen nothing new."""
        self.is_in_force = True
        admin = self.judge.region.nodes[0]
        self.tick(self.from_ms)
        self.input({"kind": "RulesChanged", "author": 1, "node": admin.id,
                    "seq": 0, "received_at_ms": self.from_ms,
                    "recorded_at_ms": self.from_ms, "seen_size": admin.seen,
                    "seen_epoch": self.judge.region.epoch,
                    "body": self.text()})

    def rules_changed(self, entry):
        part = entry["body"]["part"]
        if self.from_ms and not self.is_in_force:
            return entry
        if self.is_in_force or part["part"] != part["parts"]:
            return {**entry, "kind": "NodeReported", "body": {}}
        self.is_in_force = True
        return {**entry, "body": self.text()}


def recorded(entries):
    """(rule, object, opening) -> (opened, ended, id), of recorded verdicts."""
    found = {}
    for entry in entries:
        if entry["kind"] not in VERDICTS:
            continue
        body = entry["body"]
        key = (body["rule"], body["object"], body["opening"])
        if entry["kind"] == "AlertOpened":
            found[key] = (body["judged_at_ms"], None, body["alert"])
        elif entry["kind"] in ("AlertWithdrawn", "AlertResolved"):
            found[key] = (found[key][0], body["judged_at_ms"], body["alert"])
    return found


def told(before, alerts):
    """The same for the trial, by what was recorded and what differs."""
    after = dict(before)
    for row in alerts:
        key = (row["rule"], row["object"], row["opening"])
        was = before.get(key)
        if row["what"] == "added":
            if was is not None and was[2] == row["alert"]:
                raise Wrong(f"{key} was there before")
        elif was is None or was[2] != row["alert"] or \
                was[:2] != times(row["before"]):
            raise Wrong(f"{key} was recorded as {was}, not {row['before']}")
        if row["what"] == "removed":
            if after[key][2] == row["alert"]:
                del after[key]
        else:
            after[key] = (*times(row["after"]), row["alert"])
    return after


def times(side):
    return side["opened_ms"], side["ended_ms"]


class Wrong(Exception):
    pass


def figures_of(alert):
    if "unsigned_units" in alert.rule:
        return {"unsigned": len(alert.members)}
    return {name: alert.figures.get(name, 0) for name in FIGURES}


def check(entries, rows, from_ms, alerts):
    """Raises Wrong; the number of alerts under the other rules."""
    before = recorded(entries)
    after = told(before, alerts)
    trial = Trial(rows, from_ms, {row[2]: (key[:2], key[2])
                                  for key, row in after.items()})
    for entry in entries:
        trial.take(entry)
    story = trial.judge.open.story
    for key in sorted(story.keys() | after.keys()):
        must = story.get(key) and tuple(story[key][:2])
        said = after.get(key) and after[key][:2]
        if must != said:
            raise Wrong(f"{key}: reference {must}, rules try {said}")
    for row in alerts:
        key = (row["rule"], row["object"], row["opening"])
        if row["what"] == "removed" or row["after"]["ended_ms"] is not None:
            continue
        for name, must in figures_of(story[key][2]).items():
            if row["after"]["figures"][name] != must:
                raise Wrong(f"{key}: {name} {must} in the reference, "
                            f"{row['after']['figures']}")
    return len(after)


def read(lines):
    """(head, entries, alerts) of each history, as dump_trial prints them."""
    for line in lines:
        row = json.loads(line)
        if "from_ms" in row:
            head, entries = row, []
        elif "alerts" in row:
            yield head, entries, row["alerts"]
        else:
            entries.append(row)


def check_read(head, entries, alerts):
    return check(entries, head["rules"][0]["body"]["rows"], head["from_ms"],
                 alerts)
