# SPDX-License-Identifier: Apache-2.0
"""Roster, campaigns, rules and calendar, as versions of them take effect. A
part of Judge.
"""
import burst
from clock import DATES, Watch
from region import NEVER


def speaks_of_the_same(old, new):
    """Does what the old rule opened hold under the new one?"""
    if old["kind"] != new["kind"] or old["tell"] != new["tell"]:
        return False
    body = old["kind"].split("/")[0]
    return all(old[body].get(k) == new[body].get(k)
               for k in ("scope", "campaign"))


class Texts:
    def rules(self, kind):
        return [(order, self.region.rules[rule_id])
                for order, rule_id in enumerate(sorted(self.region.rules))
                if kind in self.region.rules[rule_id]]

    def take_RosterChanged(self, entry):
        rows = self.region.whole(entry)
        if rows is None:
            return
        self.region.roster = {row["code"] for row in rows}
        self.region.rows.update({row["code"]: row for row in rows})
        self.look_at_open("roster")

    def take_CampaignChanged(self, entry):
        rows = self.region.whole(entry)
        if rows is None:
            return
        region = self.region
        new = {row["id"]: region.dates[row["id"]]
               if row["id"] in region.closed else row for row in rows}
        moved = region.campaigns.keys() ^ new.keys()
        region.campaigns = new
        for name, row in new.items():
            before = region.dates.get(name, row)
            changed = [date for date in DATES if before[date] != row[date]]
            for date in changed:
                region.lines.pop((name, date), None)
            if set(changed) - {"lock_ms"}:
                moved.add(name)
                self.extensions_restart(name)
            region.dates[name] = row
        for _, rule in self.rules("unsigned_units"):
            if rule["unsigned_units"]["campaign"] in moved:
                self.watches[rule["id"]] = self.new_watch(rule)
        self.look_at_open("rules")

    def extensions_restart(self, campaign):
        for extension in self.region.extensions:
            if extension.campaign == campaign:
                extension.line = NEVER

    def new_watch(self, rule):
        """Marks that lie in the future only."""
        watch, body = Watch(), rule.get("unsigned_units")
        campaign = body and self.region.campaigns.get(body["campaign"])
        if campaign and campaign["id"] not in self.region.closed:
            now = max(self.now_ms, self.ticked_ms)
            for number, mark in enumerate(body["at"]):
                at_ms = max(0, campaign[mark["anchor"] + "_ms"] +
                            mark["offset_ms"])
                if at_ms > now:
                    watch.marks[number] = at_ms
        return watch

    def take_RulesChanged(self, entry):
        rows = self.region.whole(entry)
        if rows is None:
            return
        held = burst.held_by_any(self.region)
        old, watches = self.region.rules, self.watches
        self.region.rules_ms = self.now_ms
        self.region.rules = {row["id"]: row for row in rows}
        self.watches = {}
        self.look_at_open("rules")
        for row in rows:
            before = old.get(row["id"])
            if before == row:
                self.watches[row["id"]] = watches[row["id"]]
                continue
            watch = self.watches[row["id"]] = self.new_watch(row)
            was = watches.get(row["id"])
            if before and speaks_of_the_same(before, row) and \
               was.line is not None:
                watch.line, watch.settle_ms = was.line, was.settle_ms
                watch.look_ms, watch.is_settled = was.look_ms, was.is_settled
                watch.mark_ms, watch.follows = was.mark_ms, True
        bodies = [r.latest().body for r in self.region.incidents]
        changed = [(order, row) for order, row in
                   self.rules("repeat_incidents") if old.get(row["id"]) != row]
        if changed:
            self.look_at_repeats(*bodies, rules=changed)
        self.look_at_bursts(held, *sorted({b["unit"] for b in bodies}))

    def look_at_open(self, cause):
        """Every open alert, by rule and object: does it still hold?"""
        for key in sorted(self.open):
            self.look_at(self.now_ms, (-1,),
                         lambda key=key: self.look_again(key, cause))

    def take_CalendarChanged(self, entry):
        rows = self.region.whole(entry)
        if rows is not None:
            self.region.calendar = rows
            self.region.calendar_ms = self.now_ms
            self.look_at_open("calendar")
