#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What is judged does not hang on the compiler: random histories, their
verdicts and what their views save are the same, byte for byte, in every build.
usage: test_builds.py COUNT BINARY OTHER...
A build that is not there is said and the test skipped; under CI=true it fails.
SEED=n plays one history.
"""
import itertools
import os
import pathlib
import subprocess
import sys

SKIPPED = 77


class Dump:
    def __init__(self, binary, seed, count):
        self.binary = binary
        self.process = subprocess.Popen([binary, str(seed), str(count)],
                                        stdout=subprocess.PIPE)

    def end(self):
        self.process.stdout.close()
        code = self.process.wait(60)
        if code != 0:
            sys.exit(f"{self.binary} ended with {code}")


def compare(dumps):
    """How many verdicts there were; ends with the first line that differs."""
    verdicts, seed, entry = 0, None, 0
    for lines in itertools.zip_longest(*(d.process.stdout for d in dumps)):
        first = lines[0] or b""
        if first.startswith(b"seed "):
            seed, entry = first.decode().strip(), -1
        if any(line != first for line in lines):
            print(f"{seed}, entry {entry}: builds differ")
            for dump, line in zip(dumps, lines):
                print(f"{dump.binary}\n  {(line or b'(ended)').decode()}")
            for dump in dumps:
                dump.process.kill()
            sys.exit(1)
        verdicts += first.startswith(b"verdict ")
        entry += 1
    return verdicts


def main():
    count, binaries = int(sys.argv[1]), sys.argv[2:]
    missing = [b for b in binaries if not pathlib.Path(b).exists()]
    if missing:
        print("not built:", *missing)
        sys.exit(1 if os.environ.get("CI") == "true" else SKIPPED)
    seed = int(os.environ.get("SEED", 0))
    if seed:
        count = 1
    dumps = [Dump(binary, seed or 1, count) for binary in binaries]
    verdicts = compare(dumps)
    for dump in dumps:
        dump.end()
    assert seed or verdicts > 5 * count, f"only {verdicts} verdicts"
    print(f"{count} histories, {verdicts} verdicts: equal in {len(binaries)} "
          "builds")


if __name__ == "__main__":
    main()
