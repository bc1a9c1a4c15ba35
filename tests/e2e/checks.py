# SPDX-License-Identifier: Apache-2.0
"""What the end-to-end scripts share: a drill region of a scene, and a closing
line that says which promise held."""
import contextlib
import os
import pathlib
import random
import shutil
import sys
import tempfile
import traceback

from region import ROOT, Failed, Region, local_ms, seq_range, wait_for

SEED = int(os.environ.get("SEED", random.SystemRandom().randrange(1 << 31)))


@contextlib.contextmanager
def workspace():
    directory = pathlib.Path(tempfile.mkdtemp(prefix="ikrar-e2e-"))
    try:
        yield directory
    except BaseException:
        print(f"files: {directory}", file=sys.stderr)
        raise
    shutil.rmtree(directory)


@contextlib.contextmanager
def region(scene, start, zone="WITA"):
    """The region of a scene, its aggregator running, nobody enrolled."""
    wilayah = {"makassar-2023": "73.71", "jeneponto-2024": "73.04"}[scene]
    with workspace() as directory:
        one = Region(directory, wilayah, local_ms(start, zone))
        one.start_aggregator()
        one.set_up(ROOT / "data/scenes" / scene)
        try:
            yield one
        except BaseException:
            with contextlib.suppress(Failed):
                one.stop()
            raise
        one.stop()


CLERK = "73.71.01"


def join_clerk(region, wilayah=CLERK):
    """A collector of makassar-2023 that can record."""
    region.join(wilayah)
    region.start_collector(wilayah)
    wait_for("the roster", lambda: region.collector_status(wilayah)[
        "roster_version"])


UNITS = {"73.71.01": "KEL-73.71.01.1004", "73.71.02": "KEL-73.71.02.1003",
         "73.71.03": "KEL-73.71.03.1006", "73.71.04": "KEL-73.71.04.1001"}


def record(region, wilayah=CLERK):
    """One pledge; its number."""
    out = region.collector(
        wilayah, "pledge", "--campaign", "NETRAL2024", "--act", "pakta",
        "--form", "APEL", "--made", "2023-11-13 07:00", "--template", "T",
        "--unit", f"{UNITS[wilayah]},head", "--yes").stdout
    return seq_range(out)[1]


def record_receipted(region, wilayah=CLERK):
    last = record(region, wilayah)
    wait_for("a receipt", lambda: region.collector_status(wilayah)[
        "receipted_seq"] >= last)
    return last


def receipt_of(region, seq, wilayah=CLERK):
    """The receipt of a record, as the clerk's file."""
    path = region.dir / f"{wilayah}-{seq}.tlog-proof"
    region.collector(wilayah, "receipt", str(seq), "--out", path)
    return path


def main(check):
    try:
        check()
    except (Failed, AssertionError):
        traceback.print_exc()
        print(f"seed: {SEED}")
        sys.exit(1)
