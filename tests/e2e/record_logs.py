# SPDX-License-Identifier: Apache-2.0
"""record_logs.py DIR: plays the five scenes and leaves the exported log of
each in DIR/<scene>."""
import pathlib
import shutil
import sys

import checks
from region import Mailbox
from scenes import NAMES, Scene


def record(name, directory, mailbox, to):
    scene = Scene(name, directory, mailbox)
    try:
        scene.play()
        log = scene.region.export()
    finally:
        scene.close()
    shutil.rmtree(to, ignore_errors=True)
    shutil.move(log, to)
    print(f"{name}: {scene.seconds:.1f} s", flush=True)


def main():
    out = pathlib.Path(sys.argv[1])
    out.mkdir(parents=True, exist_ok=True)
    with checks.workspace() as directory:
        mailbox = Mailbox(directory / "mailbox").start()
        try:
            for name in NAMES:
                record(name, directory, mailbox, out / name)
        finally:
            mailbox.stop()


checks.main(main)
