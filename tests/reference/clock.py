# SPDX-License-Identifier: Apache-2.0
"""Time: what fires in a Ticked entry, and in which order. A part of Judge."""
import unsigned
from region import NEVER

DAY_MS = 24 * 3600 * 1000
DATES = ("due_ms", "grace_end_ms", "lock_ms")


class Watch:
    """How far a rule with marks has come."""

    def __init__(self):
        self.marks = {}  # number -> time, those to come
        self.line = self.mark_ms = None  # entry and time of the newest mark
        self.settle_ms = self.look_ms = NEVER
        self.is_settled = self.follows = False


class Clock:
    def timers(self):
        """(time, what to do) in the order in which equals fire."""
        region = self.region
        for name in sorted(region.campaigns.keys() - region.closed):
            for date in DATES:
                if (name, date) not in region.lines:
                    yield region.campaigns[name][date], \
                        lambda at, key=(name, date): self.fire_date(key)
        for extension in region.extensions:
            if extension.line == NEVER:
                yield extension.end_ms(region), \
                    lambda at, e=extension: self.fire_extension(e)
        for order, rule in self.rules("unsigned_units"):
            watch = self.watches[rule["id"]]
            for number, at_ms in watch.marks.items():
                yield at_ms, lambda at, r=rule, n=number: \
                    self.fire_mark(r, n, at)
            yield watch.settle_ms, lambda at, r=rule, o=order: \
                self.fire_settle(r, o, at)
            yield watch.look_ms, lambda at, r=rule, o=order: \
                self.fire_look(r, o, at)

    def take_Ticked(self, entry):
        self.until_ms = entry["body"]["until_ms"]
        self.ticked_ms = max(self.ticked_ms, self.until_ms)
        while True:
            at_ms, fire = min(self.timers(), key=lambda timer: timer[0],
                              default=(NEVER, None))
            if at_ms > self.until_ms:
                break
            fire(at_ms)
        for key in sorted(self.open):
            alert = self.open[key]
            if alert.news_ms is not None and alert.news_ms <= self.until_ms:
                order = sorted(self.region.rules).index(key[0])
                self.look_at(alert.news_ms, (order, 1),
                             lambda key=key: self.look_at_news(key))
                alert.news_ms = None

        self.due_silences()
        self.due_cases()

    def fire_date(self, key):
        self.region.lines[key] = self.entry["index"]
        self.memo = {}

    def fire_extension(self, extension):
        extension.line = self.entry["index"]
        self.memo = {}

    def next_look(self, rule, at_ms, now_ms):
        """The next whole day after `at_ms` that is yet to come, until the
        lock and a day after the last extension."""
        at_ms += DAY_MS
        while at_ms <= now_ms:
            at_ms += DAY_MS
        campaign = rule["unsigned_units"]["campaign"]
        ends = [e.end_ms(self.region) + DAY_MS for e in self.region.extensions
                if e.campaign == campaign]
        last = max([end for end in ends if end != NEVER] +
                   [self.region.dates[campaign]["lock_ms"]])
        return at_ms if at_ms <= last else NEVER

    def fire_mark(self, rule, number, at_ms):
        watch = self.watches[rule["id"]]
        del watch.marks[number]
        watch.line, watch.mark_ms = self.entry["index"], at_ms
        watch.is_settled = watch.follows = False
        watch.settle_ms = self.until_ms + rule["unsigned_units"]["settle_ms"]
        watch.look_ms = self.next_look(rule, at_ms, self.until_ms)

    def fire_settle(self, rule, order, at_ms):
        watch = self.watches[rule["id"]]
        watch.is_settled, watch.settle_ms = True, NEVER
        self.look_at_groups(at_ms, order, rule, "settle")

    def fire_look(self, rule, order, at_ms):
        watch = self.watches[rule["id"]]
        watch.look_ms = self.next_look(rule, at_ms, self.until_ms)
        self.look_at_groups(at_ms, order, rule, "mark")

    def look_at_groups(self, at_ms, order, rule, cause):
        for name in unsigned.groups(self.region, rule["unsigned_units"]):
            self.look_at_group(at_ms, order, rule, name, cause)
