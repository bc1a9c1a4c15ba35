# SPDX-License-Identifier: Apache-2.0
"""repeat_incidents/1: the window of days that speaks for a group."""
import burst


def counts_act(rule, act):
    return not rule["acts"] or act in rule["acts"]


def object_of(region, rule, body):
    """The group that an incident falls in; None: in none."""
    if rule["scope"] == "act":
        return body["act"]
    if rule["scope"] == "subject":
        # A digit run could be taken for a person's number: letters.
        return "".join(chr(ord("A") + int(digit, 16))
                       for digit in body.get("subject_tag", "")[:24]) or None
    return region.object_of(body["unit"], rule["scope"])


def counted(region, rule, name):
    """(report, its newest version, state) of what counts in the group."""
    held = burst.held_by_any(region)
    for report in region.incidents:
        state = region.counts_as(report)
        if state not in rule["states"] or id(report) in held:
            continue
        body = report.newest().body
        if body["unit"] in region.roster and \
           object_of(region, rule, body) == name and \
           counts_act(rule, body["act"]):
            yield report, body, state


def cases(found):
    """Reports of one act in one unit on dates that overlap, also in a chain,
    are one case until a person decides: (report, body, state, case)."""
    number, last = 0, {}
    for report, body, state in sorted(
            found, key=lambda r: (r[1]["happened_from_day"], r[0].index)):
        key = (body["unit"], body["act"])
        case, until = last.get(key, (None, -1))
        if report.case().is_own or body["happened_from_day"] > until:
            number += 1
            case = number
        if not report.case().is_own:
            last[key] = case, max(until, body["happened_to_day"])
        yield report, body, state, case


class Window:
    def __init__(self, reports):
        self.cases = len({case for *_, case in reports})
        self.verified = len({c for *_, s, c in reports if s == "verified"})
        self.sources = len({(r.node, b["source"]) for r, b, *_ in reports})
        self.figures = {"expected": len(reports),
                        "reported": self.cases - self.verified,
                        "verified": self.verified, "sources": self.sources}
        self.evidence = sorted(r.index for r, *_ in reports[:256])


def best_window(region, rule, name):
    """None: no window holds enough. The fullest; of several the earliest."""
    found = list(cases(counted(region, rule, name)))
    best = None
    for first in sorted({b["happened_from_day"] for _, b, *_ in found}):
        window = Window([r for r in found
                         if r[1]["happened_from_day"] >= first and
                         r[1]["happened_to_day"] - first <
                         rule["within_days"]])
        if window.cases >= rule["count"] and \
           window.sources >= rule["min_sources"] and \
           (best is None or window.cases > best.cases):
            best = window
    return best
