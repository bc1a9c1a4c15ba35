# SPDX-License-Identifier: Apache-2.0
"""burst/1: which reports are held."""


def held(region, rule, unit=None):
    """Reports in any run of more than `count` from one node on one unit."""
    streams = {}
    for report in region.incidents:
        newest = report.newest()
        if newest is None or report.decided is not None or \
           unit is not None and newest.body["unit"] != unit:
            continue
        key = (newest.body["unit"], report.node)
        streams.setdefault(key, []).append(report)
    found = []
    for reports in streams.values():
        reports.sort(key=lambda r: (r.recorded_ms, r.seq))
        for first in range(len(reports) - rule["count"]):
            run = reports[first:first + rule["count"] + 1]
            if run[-1].recorded_ms - run[0].recorded_ms <= rule["within_ms"]:
                found += [r for r in run if r not in found]
    return found


def held_by_any(region):
    rules = [r["burst"] for r in region.rules.values() if "burst" in r]
    return {id(report): report for rule in rules
            for report in held(region, rule)}
