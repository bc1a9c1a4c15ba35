# SPDX-License-Identifier: Apache-2.0
"""When a node has been silent for too long, and when a case should have
moved. Neither is due before the rules and the calendar in force.
"""
from region import NEVER, is_within

WORKING = range(5)  # Monday to Friday


def holidays(region):
    return {row["holiday"]["day"] for row in region.calendar
            if "holiday" in row}


def is_sensitive(region, day):
    return any(row["stage"]["from_day"] <= day <= row["stage"]["to_day"]
               for row in region.calendar
               if "stage" in row and row["stage"]["sensitive"])


def not_before(region, at_ms):
    return max(at_ms, region.rules_ms, region.calendar_ms)


def silence_ms(region, rule, node):
    kinds = rule["node_kinds"] or ["collector"]
    if node.state != "enrolled" or node.kind not in kinds or \
       rule["wilayah"] and not is_within(node.wilayah, rule["wilayah"]):
        return NEVER
    after = rule["after_ms"]
    at_ms = node.contact_ms + (rule["sensitive_after_ms"] or after)
    while at_ms < node.contact_ms + after:
        if is_sensitive(region, region.day(at_ms)):
            return not_before(region, at_ms)
        at_ms = region.midnight(region.day(at_ms) + 1)
    return not_before(region, node.contact_ms + after)


def anchor_day(region, rule, report):
    if rule["anchor"] == "known":
        return report.newest().body["known_day"]
    return region.day(report.step_ms)


def case_ms(region, rule, report):
    newest = report.newest()
    if newest is None or report.decided == "BUATAN" or \
       report.case().step != rule.get("step", "") or \
       rule["acts"] and newest.body["act"] not in rule["acts"]:
        return NEVER
    day, days, off = anchor_day(region, rule, report), rule["days"], None
    if rule["clock"] == "working":
        off = holidays(region)
    while days > 0:
        day += 1
        # 1 January 1970 was a Thursday.
        if off is None or (day + 3) % 7 in WORKING and day not in off:
            days -= 1
    return not_before(region, region.midnight(day + 1))
