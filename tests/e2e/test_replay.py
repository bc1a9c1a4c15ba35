# SPDX-License-Identifier: Apache-2.0
"""`ikrar replay` names an altered alert, a removed alert and a dropped input,
and says so with exit 1; an honest log ends with 0."""
import struct

import checks
from region import BIN, Failed, Mailbox, run
from scenes import Scene


def bundle(entries):
    return b"".join(struct.pack(">H", len(e)) + e for e in entries)


def split(raw):
    entries, at = [], 0
    while at < len(raw):
        size, = struct.unpack_from(">H", raw, at)
        entries.append(raw[at + 2:at + 2 + size])
        at += 2 + size
    return entries


def bundles(log):
    return sorted((log / "tile/entries").rglob("*"),
                  key=lambda p: str(p)) if log.exists() else []


def read_all(log):
    entries = []
    for path in bundles(log):
        if path.is_file():
            entries += split(path.read_bytes())
    return entries


def write_all(log, entries):
    """The entries again as tlog-tiles bundles of 256."""
    for path in bundles(log):
        if path.is_file():
            path.unlink()
    base = log / "tile/entries"
    for n in range(0, len(entries), 256):
        part = entries[n:n + 256]
        number = n // 256
        assert number < 1000
        path = base / f"{number:03d}"
        if len(part) < 256:
            path = base / f"{number:03d}.p" / str(len(part))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(bundle(part))


def hold(what, log, words):
    out = run(BIN / "ikrar", "replay", log, check=False)
    if out.returncode != 1:
        raise Failed(f"{what}: exit {out.returncode}\n{out.stdout}")
    text = out.stdout + out.stderr
    for word in words:
        if word not in text:
            raise Failed(f"{what}: `{word}` is not in:\n{text}")
    print(f"{what}: " + next(
        line for line in text.splitlines() if words[0] in line))


def main():
    with checks.workspace() as directory:
        mailbox = Mailbox(directory / "mailbox").start()
        scene = Scene("makassar-warga", directory, mailbox)
        try:
            scene.play()
            log = scene.region.export()
            entries = scene.region.log()
        finally:
            scene.close()
            mailbox.stop()
        honest = read_all(log)
        # Collectors report in their own time: the log may have gone on.
        entries = entries[:len(honest)]
        assert len(entries) == len(honest)
        kinds = [e["kind"] for e in entries]
        print(run(BIN / "ikrar", "replay", log).stdout.splitlines()[-1])

        opened = kinds.index("AlertOpened")
        altered = list(honest)
        text = altered[opened]
        assert b"KEL-73.71.04.1008" in text
        altered[opened] = text.replace(
            b"KEL-73.71.04.1008", b"KEL-73.71.04.1009")
        write_all(log, altered)
        hold("altered alert", log, ["altered", str(opened)])

        write_all(log, honest[:opened] + honest[opened + 1:])
        hold("removed alert", log, ["removed", str(opened)])

        dropped = kinds.index("IncidentReported")
        write_all(log, honest[:dropped] + honest[dropped + 1:])
        hold("dropped input", log, [
            "dropped", f"node {entries[dropped]['node']} "
            f"seq {entries[dropped]['seq']}"])

        ticked = kinds.index("NodeEnrolled")
        write_all(log, honest[:ticked] + honest[ticked + 1:])
        hold("dropped own entry", log, ["dropped"])


checks.main(main)
