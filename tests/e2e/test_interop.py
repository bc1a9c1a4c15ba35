# SPDX-License-Identifier: Apache-2.0
"""Go's own note and tlog libraries (those of its checksum database) open a
region's checkpoint, read its tiles and check its receipts. Without Go this is
skipped in words; under CI=true that is a failure."""
import os
import pathlib
import re
import shutil
import sys

import checks
import forge
import verifier
from region import ROOT, Failed, run

GOPATH = "/usr/share/gocode"
SIZES = (1, 255, 256, 257, 5000, 65537)


def is_there():
    return shutil.which("go") and pathlib.Path(
        GOPATH, "src/golang.org/x/mod/sumdb/tlog").is_dir()


def build(directory):
    out = directory / "interop"
    run("go", "build", "-o", out, ROOT / "tests/e2e/interop/main.go",
        cwd=directory, env={**os.environ, "GO111MODULE": "off",
                            "GOPATH": GOPATH, "GOFLAGS": "",
                            "GOPROXY": "off",
                            "GOCACHE": str(directory / "cache")})
    return out


def refused(what, *command):
    out = run(*command, check=False)
    if out.returncode != 1:
        raise Failed(f"not seen: {what}\n{out.stdout}{out.stderr}")
    print(f"{what}: {out.stdout.splitlines()[-1]}")


def synthetic(program, events, directory):
    for size in SIZES:
        history = forge.History(events, f"{checks.SEED}/{size}").grow(size)
        history.write(directory / "log", size)
        vkey = forge.vkey(history.origin, bytes(history.key.verify_key))
        run(program, directory / "log", vkey, checks.SEED)
        print(f"{size} entries: root and proofs")
    other = forge.vkey(history.origin, bytes(32))
    refused("another key", program, directory / "log", other, checks.SEED)
    tile = directory / "log/tile/0/003"
    raw = tile.read_bytes()
    tile.write_bytes(raw[:-1] + bytes([raw[-1] ^ 1]))
    refused("a changed tile", program, directory / "log", vkey, checks.SEED)


def real(program, events):
    with checks.region("makassar-2023", "2023-11-13 08:00") as region:
        checks.join_clerk(region)
        early = checks.receipt_of(region, checks.record_receipted(region))
        for _ in range(3):
            checks.record(region)
        late = checks.receipt_of(region, checks.record_receipted(region))
        log = region.export()
        found = verifier.Log(log, events)
        vkey = forge.vkey(found.origin, found.log_key)
        print(vkey)
        print(run(program, log, vkey, checks.SEED, early, late).stdout,
              end="")
        early.write_bytes(re.sub(rb"(?m)^index (\d+)$", lambda m: b"index %d"
                                 % (int(m[1]) + 1), early.read_bytes()))
        refused("a changed receipt", program, log, vkey, checks.SEED, early)


def main():
    if not is_there():
        what = ("golang-go and golang-golang-x-mod-dev are not installed; "
                "nothing was shown")
        if os.environ.get("CI") == "true":
            raise Failed(what)
        print(f"skipped: {what}")
        sys.exit(77)
    print(f"seed: {checks.SEED}")
    events = verifier.load_events(ROOT / "proto")
    with checks.workspace() as directory:
        program = build(directory)
        synthetic(program, events, directory)
        real(program, events)


checks.main(main)
