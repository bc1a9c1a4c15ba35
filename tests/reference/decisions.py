# SPDX-License-Identifier: Apache-2.0
"""What people decide: more time, excuses, what they close. A part of Judge."""
from clock import Watch
from region import NEVER, Extension, Word


class Decisions:
    def take_DeadlineExtended(self, entry):
        region, extension = self.region, Extension(entry["body"])
        if extension.end_ms(region) <= self.now_ms:
            extension.line = entry["index"]  # it is over already
        had = {u: self.terms(u, extension.campaign).due_ms
               for u, row in region.rows.items()
               if extension.names(u, row["wilayah"])}
        region.extensions.append(extension)
        self.memo = {}
        if extension.line != NEVER:
            self.note_news(*(u for u in had if had[u] < extension.until_ms))
        for _, rule in self.rules("unsigned_units"):
            watch = self.watches[rule["id"]]
            if rule["unsigned_units"]["campaign"] == extension.campaign and \
               watch.line is not None and watch.look_ms == NEVER:
                watch.look_ms = self.next_look(
                    rule, watch.mark_ms, max(self.now_ms, self.ticked_ms))
        self.look_at_exempted(extension.campaign)

    def take_UnitExcused(self, entry):
        node = self.region.node(entry["node"])
        self.region.excuses.append(Word(self.region, node, entry,
                                        entry["body"]))
        self.look_at_exempted(entry["body"]["campaign"], entry["body"]["unit"])

    def look_at_exempted(self, campaign, unit=None):
        def leaves(rule, code):
            return self.region.is_excused(code, campaign) or \
                self.terms(code, campaign).is_extended

        for key in sorted(self.of_campaign(campaign)):
            if unit is None or unit in self.open[key].members:
                self.look_at(self.now_ms, (),
                             lambda key=key: self.take_out(key, leaves))

    def of_campaign(self, campaign):
        return [key for key, alert in self.open.items()
                if alert.rule.get("unsigned_units", {}).get("campaign") ==
                campaign]

    def take_AlertClosed(self, entry):
        key, opening = self.names.get(entry["body"]["alert"], (None, 0))
        if key in self.open and self.openings[key] == opening:
            alert = self.open.pop(key)
            self.closed[key] = (entry["index"], alert)
            if "burst" in alert.rule:
                self.burst_decided(alert, entry["body"]["reason"])

    def closed_at(self, key):
        return self.closed[key][0] if key in self.closed else -1

    def cases_known(self, key):
        """To the person who closed the last alert."""
        return self.closed[key][1].cases if key in self.closed else 0

    def take_CampaignClosed(self, entry):
        campaign = entry["body"]["campaign"]
        self.region.closed.add(campaign)
        for key in self.of_campaign(campaign):
            del self.open[key]
        for _, rule in self.rules("unsigned_units"):
            if rule["unsigned_units"]["campaign"] == campaign:
                self.watches[rule["id"]] = Watch()
