# SPDX-License-Identifier: Apache-2.0
"""One scene from the collector's command line to the mailbox: counts, mails,
nobody on time named to an office, replay (by other builds too) and rebuild equal, and other
rules tried as the reference judge has it.
usage: test_scene.py NAME"""
import sys

import checks
from region import Failed, Mailbox
from scenes import Scene


def main():
    with checks.workspace() as directory:
        mailbox = Mailbox(directory / "mailbox").start()
        try:
            scene = Scene(sys.argv[1], directory, mailbox)
            try:
                scene.play()
                print("\n".join(scene.summary()))
                print(scene.replay())
                print(scene.verify())
                print(scene.rehearse())
            finally:
                scene.close()
        finally:
            mailbox.stop()
        if scene.problems:
            raise Failed("\n".join(scene.problems))


checks.main(main)
