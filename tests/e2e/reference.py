# SPDX-License-Identifier: Apache-2.0
"""What a finished log says, computed again in another language and another
style than the product's: which units were on time, by each rule's measure.
"""

KINDS = ("pns", "pppk", "non_asn")


class Log:
    """The entries of `log read --json`, folded naively."""

    def __init__(self, entries):
        self.entries = entries
        self.units = {}
        self.campaigns = {}
        self.rules = {}
        self.enrolled = {}
        self.grace = {}
        self.withdrawn = set()
        self.versions = {}  # record -> [(index, entry, pledge)]
        for entry in entries:
            self._take(entry)

    def _take(self, entry):
        body, kind = entry["body"], entry["kind"]
        if kind == "RosterChanged":
            self.units.update({row["code"]: row for row in body["rows"]})
        elif kind == "CampaignChanged":
            self.campaigns.update({row["id"]: row for row in body["rows"]})
        elif kind == "RulesChanged":
            self.rules.update({row["id"]: row for row in body["rows"]})
        elif kind == "NodeEnrolled":
            self.enrolled[body["node"]] = entry["index"]
        elif kind == "Ticked":
            for row in self.campaigns.values():
                if row["grace_end_ms"] <= body["until_ms"]:
                    self.grace.setdefault(row["id"], entry["index"])
        elif kind == "PledgeMade":
            self.versions[(entry["node"], entry["seq"])] = [(entry, body)]
        elif kind == "Corrected" and "pledge" in body:
            target = (body.get("node") or entry["node"], body["seq"])
            self.versions[target].append((entry, body["pledge"]))
        elif kind == "Withdrawn":
            self.withdrawn.add((body.get("node") or entry["node"],
                                body["seq"]))

    def _is_timely(self, entry, pledge):
        campaign = self.campaigns[pledge["campaign"]]
        if pledge["made_at_ms"] > campaign["due_ms"]:
            return False
        seen = max(entry["seen_size"],
                   self.enrolled.get(entry["node"], 0) + 1)
        return seen <= self.grace.get(campaign["id"], float("inf"))

    def timely_pledges(self, campaign):
        """Unit -> the timely pledges that stand, oldest first."""
        found = {}
        for record, versions in self.versions.items():
            if record in self.withdrawn:
                continue
            timely = [v for v in versions if self._is_timely(*v)]
            if timely and timely[-1][1]["campaign"] == campaign:
                entry, pledge = timely[-1]
                order = (pledge["made_at_ms"], record)
                found.setdefault(pledge["unit"], []).append((order, pledge))
        return {unit: [p for _, p in sorted(rows, key=lambda r: r[0])]
                for unit, rows in found.items()}

    def on_time(self, rule):
        """Units that the finished log counts as on time by this rule."""
        body = rule["unsigned_units"]
        pledges = self.timely_pledges(body["campaign"])
        return {code for code, unit in self.units.items()
                if self._is_signed(unit, pledges.get(code, []), body)}

    @staticmethod
    def _is_signed(unit, pledges, body):
        if body["counts"] == "read":
            return any(p["act"] == "ikrar" for p in pledges)
        pakta = [p for p in pledges if p["act"] == "pakta"]
        if body["counts"] == "head":
            return any(p.get("head_signed") for p in pakta)
        heads = sum(unit.get(kind, 0) for kind in KINDS)
        signed = 0
        for kind in KINDS:
            totals = [p[kind]["signed"] for p in pakta if kind in p]
            signed += totals[-1] if totals else 0
        return heads and signed * 10000 >= body["signed_bp"] * heads
