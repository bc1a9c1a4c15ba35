# SPDX-License-Identifier: Apache-2.0
"""unsigned_units/1: what one look at one group finds."""
from pledges import fulfils


def group_of(region, rule, code):
    """The object that a unit falls in; None: the rule does not ask for it."""
    kinds = rule["unit_kinds"]
    if code not in region.roster or \
       kinds and region.rows[code]["kind"] not in kinds:
        return None
    return region.object_of(code, rule["scope"])


def groups(region, rule):
    found = {}
    for code in sorted(region.roster):
        name = group_of(region, rule, code)
        if name is not None:
            found.setdefault(name, []).append(code)
    return found


def is_reached(rule, count, expected):
    if count == 0:
        return False
    return (rule["min_units"] and count >= rule["min_units"] or
            rule["min_bp"] and count * 10000 >= rule["min_bp"] * expected)


def is_kept(rule, count, expected):
    """What keeps an open alert open."""
    clear = rule.get("clear_units", 0)
    return is_reached(rule, count, expected) or clear and count >= clear


def category(region, rule, code, line, members):
    """The first that holds."""
    campaign = rule["campaign"]
    if fulfils(region, rule, code, True):
        return "on_time"
    if region.is_excused(code, campaign):
        return "excused"
    terms = region.terms(code, campaign)
    if terms.is_extended:
        return "extended"
    if code not in members and \
       not region.is_heard(code, max(line, terms.own_line)):
        return "unheard"
    return "late" if fulfils(region, rule, code, False) else "unsigned"


class Count:
    def __init__(self, region, rule, units, line, members):
        named = [(category(region, rule, u, line, members), u) for u in units]
        self.unsigned = {u for word, u in named if word == "unsigned"}
        self.asked = sum(word != "excused" for word, _ in named)
        self.is_reached = is_reached(rule, len(self.unsigned), self.asked)
        self.is_kept = is_kept(rule, len(self.unsigned), self.asked)
