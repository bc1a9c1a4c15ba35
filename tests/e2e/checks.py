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

from region import ROOT, Failed, Region, local_ms

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


def main(check):
    try:
        check()
    except (Failed, AssertionError):
        traceback.print_exc()
        print(f"seed: {SEED}")
        sys.exit(1)
