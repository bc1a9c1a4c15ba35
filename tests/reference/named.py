# SPDX-License-Identifier: Apache-2.0
"""A unit that signed in time but was heard late is never named to its
superior. Whoever was named to a head's office stays under watch: by the rule,
the head count and the dates as they were then it must not turn out, at any
later entry, to have been on time. Excepted is who is heard only because
somebody vouched for a node.
"""
from pledges import Shown, reaches
from region import is_within

RECORDS = ("PledgeMade", "Corrected", "Withdrawn")


class Named:
    def __init__(self, region, unit, rule):
        self.region, self.unit = region, unit
        self.rule, self.row = rule, region.rows[unit]
        self.terms = region.terms(unit, rule["campaign"])

    def is_on_time(self):
        shown = Shown(self.region, self.unit, self.rule["campaign"], True,
                      self.terms)
        return reaches(self.rule, self.row, shown)


class Watch:
    def __init__(self, region):
        self.region, self.named = region, {}

    def is_vouched(self, unit, mark, campaign):
        line = max(mark, self.region.terms(unit, campaign).own_line)
        wilayah = self.region.rows[unit]["wilayah"]
        return any(n.is_awaited() and n.seen <= line and
                   is_within(wilayah, n.wilayah) for n in self.region.nodes)

    def verdict(self, entry):
        body = entry["body"]
        if body["tell"] != "head" or body["kind"] != "unsigned_units/1":
            return
        if entry["kind"] not in ("AlertOpened", "AlertRaised"):
            return
        rule = self.region.rules[body["rule"]]["unsigned_units"]
        for unit in (unit["code"] for unit in body["units"]):
            key = (body["rule"], unit)
            if not self.is_vouched(unit, body["mark"], body["campaign"]):
                self.named[key] = Named(self.region, unit, rule)

    def wronged(self, entry):
        """(rule, unit) of those named who are now seen to be on time."""
        if entry["kind"] not in RECORDS:
            return []
        return [key for key, named in sorted(self.named.items())
                if named.is_on_time()]
