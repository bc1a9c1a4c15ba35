# SPDX-License-Identifier: Apache-2.0
"""The alerts that a log's recorded verdicts leave open, against those that
the reference judge says must be open, after every input.
"""
import named
from judge import VERDICTS, Judge

ENDS = ("AlertWithdrawn", "AlertResolved")
FIGURES = ("expected", "reported", "verified", "sources", "nodes", "days")


class Said:
    """Open alerts by what the log says."""

    def __init__(self):
        self.open = {}

    def take(self, entry):
        body = entry["body"]
        key = (body["rule"], body["object"])
        if entry["kind"] in ENDS:
            self.open.pop(key, None)
        else:
            self.open[key] = body

    def alerts(self):
        return {key: said_of(body) for key, body in self.open.items()}


UNITS_MAX = 256  # a verdict names no more; then the numbers must agree


def said_of(body):
    if body["kind"] == "unsigned_units/1":
        count = body["figures"]["unsigned"]
        names = sorted(unit["code"] for unit in body["units"])
        return names if count <= UNITS_MAX else count
    figures = {k: body["figures"][k] for k in FIGURES}
    return ({**figures, "since_ms": body.get("since_ms", 0)},
            body["evidence"])


def must_of(alert):
    if "unsigned_units" in alert.rule:
        count = len(alert.members)
        return sorted(alert.members) if count <= UNITS_MAX else count
    return ({k: alert.figures.get(k, 0) for k in FIGURES + ("since_ms",)},
            alert.evidence)


class Difference(Exception):
    def __init__(self, entry, must, said):
        self.index, self.kind = entry["index"], entry["kind"]
        keys = sorted(k for k in must.keys() | said.keys()
                      if must.get(k) != said.get(k))
        lines = [f"  {rule} {name}:\n    reference: {must.get((rule, name))}"
                 f"\n    log:       {said.get((rule, name))}"
                 for rule, name in keys]
        super().__init__(f"after entry {self.index} ({self.kind})\n" +
                         "\n".join(lines))


class Wronged(Exception):
    def __init__(self, entry, keys):
        self.index = entry["index"]
        super().__init__(f"entry {self.index} shows that units named to a "
                         f"head were on time: {keys}")


class Comparison:
    """Takes the entries of one log; raises Difference."""

    def __init__(self):
        self.judge, self.said, self.input = Judge(), Said(), None
        self.named = named.Watch(self.judge.region)

    def take(self, entry):
        if entry["kind"] in VERDICTS:
            self.said.take(entry)
            self.named.verdict(entry)
            self.note_name(entry)
            return
        self.compare()
        self.judge.take(entry)
        self.input = entry
        wronged = self.named.wronged(entry)
        if wronged:
            raise Wronged(entry, wronged)

    def note_name(self, entry):
        """An id is only a name; the log gives it."""
        if entry["kind"] == "AlertOpened":
            key = (entry["body"]["rule"], entry["body"]["object"])
            self.judge.names[entry["body"]["alert"]] = (
                key, entry["body"]["opening"])

    def compare(self):
        if self.input is None:
            return
        must = {key: must_of(a) for key, a in self.judge.open.items()}
        said = self.said.alerts()
        if must != said:
            raise Difference(self.input, must, said)
