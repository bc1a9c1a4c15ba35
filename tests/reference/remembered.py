# SPDX-License-Identifier: Apache-2.0
"""The reference judge for logs of a whole season. It asks the same questions
and remembers two answers that the naive one works out each time: which pledges
speak of a unit, and which units a rule's groups have. test_season.py holds it
against the naive one.
"""
import contextlib
import types

import pledges
import trial
import unsigned

NAIVE_LINES, NAIVE_GROUPS = pledges.lines_of, unsigned.groups


class ByUnit(list):
    def __init__(self):
        super().__init__()
        self.units = {}

    def append(self, record):
        super().append(record)
        self.speaks_of(record, record.first.body["unit"])

    def speaks_of(self, record, unit):
        found = self.units.setdefault(unit, [])
        if record not in found:
            found.append(record)


def lines_of(region, unit, *rest):
    those = types.SimpleNamespace(pledges=region.pledges.units.get(unit, ()))
    return NAIVE_LINES(those, unit, *rest)


def groups(region, rule):
    """A roster is a new set each time; rows change with it alone."""
    if region.grouped[0] is not region.roster:
        region.grouped = region.roster, {}
    key = rule["scope"], tuple(rule["unit_kinds"])
    known = region.grouped[1]
    if key not in known:
        known[key] = NAIVE_GROUPS(region, rule)
    return known[key]


class Timed(trial.Timed):
    def __init__(self):
        super().__init__()
        self.region.pledges, self.region.grouped = ByUnit(), (None, {})

    def take_Corrected(self, entry):
        pledge = entry["body"].get("pledge")
        if pledge is not None:
            self.region.pledges.speaks_of(
                self.region.record(self.region.pledges, entry),
                pledge["unit"])
        super().take_Corrected(entry)


@contextlib.contextmanager
def remembered():
    naive = trial.Timed
    trial.Timed, pledges.lines_of, unsigned.groups = Timed, lines_of, groups
    try:
        yield
    finally:
        trial.Timed, pledges.lines_of, unsigned.groups = \
            naive, NAIVE_LINES, NAIVE_GROUPS
