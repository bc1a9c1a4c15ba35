#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Of one log on stdin, in the format of dump_trial: is what `ikrar rules try`
said of it what the reference judge finds? Prints the alerts under the other
rules.
"""
import sys

import trial


def main():
    try:
        for history in trial.read(sys.stdin):
            print(trial.check_read(*history))
    except trial.Wrong as wrong:
        sys.exit(str(wrong))


if __name__ == "__main__":
    main()
