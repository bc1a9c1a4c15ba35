# SPDX-License-Identifier: Apache-2.0
"""Of few people no day is told: fewer than five of that kind in the unit."""
PEOPLE_MIN = 5


def is_small(region, body):
    return region.rows[body["unit"]].get(body["subject"].lower(), 0) < \
        PEOPLE_MIN
