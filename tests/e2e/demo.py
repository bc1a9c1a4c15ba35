# SPDX-License-Identifier: Apache-2.0
"""./dev demo: five drill regions, one after the other, and their mailbox."""
import argparse
import pathlib
import shutil
import signal
import sys
import tempfile
import time

from region import Failed, Mailbox
from scenes import NAMES, Scene


def play(name, directory, mailbox, is_quiet, verified):
    """One scene; prints its summary; returns its problems. What is said of its
    log at the end goes to `verified`."""
    scene = Scene(name, directory, mailbox)
    say = (lambda text: None) if is_quiet else (
        lambda text: print(f"    {text}", flush=True))
    print(f"\n== {name}: {scene.script['title']}", flush=True)
    try:
        scene.play(say)
        print("\n".join(scene.summary()))
        print(f"  putar ulang/replay: {scene.replay()}")
        verified.append(f"  {name}: {scene.verify()}")
    except Failed as failed:
        scene.problems.append(str(failed))
    try:
        scene.close()
    except Failed as failed:
        scene.problems.append(str(failed))
    for problem in scene.problems:
        print(f"  TIDAK SESUAI/NOT AS EXPECTED: {problem}")
    print(f"  {scene.seconds:.1f} s, "
          f"{'sesuai/as expected' if not scene.problems else 'GAGAL/FAILED'}",
          flush=True)
    return scene.problems


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--once", action="store_true",
                        help="mainkan lalu selesai / play, then exit")
    parser.add_argument("--quiet", action="store_true")
    parser.add_argument("scenes", nargs="*", default=[], metavar="SCENE")
    words = parser.parse_args()
    unknown = set(words.scenes) - set(NAMES)
    if unknown:
        parser.error(f"no such scene: {' '.join(sorted(unknown))}; "
                     f"there are {' '.join(NAMES)}")
    directory = pathlib.Path(tempfile.mkdtemp(prefix="ikrar-demo-"))
    mailbox = Mailbox(directory / "mailbox").start()
    print(f"Kotak surat (surel dan webhook) / mailbox: "
          f"http://127.0.0.1:{mailbox.http}/", flush=True)
    began, problems, verified = time.monotonic(), 0, []
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        for name in words.scenes or NAMES:
            problems += len(play(name, directory, mailbox,
                                 words.once or words.quiet, verified))
        print("\nikrar verify, log dan tanda terima petugas / each log with "
              "its clerks' receipts:", *verified, sep="\n", flush=True)
        print(f"\n{len(words.scenes or NAMES)} adegan/scenes, "
              f"{time.monotonic() - began:.1f} s, "
              f"{problems} ketidaksesuaian/mismatches", flush=True)
        if not words.once:
            print("Buka kotak surat di atas; Ctrl-C untuk selesai. / "
                  "Open the mailbox above; Ctrl-C ends.", flush=True)
            signal.pause()
    except KeyboardInterrupt:
        print()
    finally:
        mailbox.stop()
        if not problems:
            shutil.rmtree(directory, ignore_errors=True)
        else:
            print(f"Berkas/files: {directory}")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
