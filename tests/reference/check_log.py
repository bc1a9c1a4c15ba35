#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Of one log, as `ikrar-aggregator log read --json` prints it, on stdin: are
the open alerts those of the reference judge after each of its entries, and is
nobody named to a head who was on time and heard late?
"""
import json
import sys

from compare import Comparison, Difference, Wronged


def main():
    comparison = Comparison()
    try:
        for line in sys.stdin:
            comparison.take(json.loads(line))
        comparison.compare()
    except (Difference, Wronged) as found:
        sys.exit(str(found))


if __name__ == "__main__":
    main()
