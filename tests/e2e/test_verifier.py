# SPDX-License-Identifier: Apache-2.0
"""A verifier in another language, written from docs/protocol.md alone, reads a
region's export and its receipts, and logs of every awkward size; what was
changed it finds."""
import random
import re
import shutil

import checks
import forge
import verifier
from region import BIN, ROOT, Failed, run

FOREIGN = re.compile(r"^\s*(?:import|from)\s+(region|scenes|reference|checks|"
                     r"forge|client)", re.M)
SIZES = (1, 2, 255, 256, 257, 511, 65537)


def hold_size(events, directory, size, chance):
    """All of a log of this size, and proofs from its tiles alone."""
    history = forge.History(events, f"{checks.SEED}/{size}").grow(size)
    history.write(directory / "log", size)
    log = verifier.Log(directory / "log", events)
    roots = log.tree.roots
    files = verifier.Files(directory / "log", size)
    files.entries = None  # from here on the tiles alone
    if files.root(size) != log.head.root:
        raise Failed(f"{size}: the tiles have another root")
    for _ in range(60):
        old = chance.randint(1, size)
        index = chance.randrange(old)
        if files.root(old) != roots[old]:
            raise Failed(f"{size}: the tiles have another root of {old}")
        path = files.inclusion(index, old)
        hold_proof(path, lambda p, n: verifier.inclusion_is_valid(
            p, index, old + n, log.hashes[index], roots[old]))
        path = files.consistency(old, size)
        hold_proof(path, lambda p, n: verifier.consistency_is_valid(
            p, old, size + n, roots[old], roots[-1]))
    print(f"{size} entries: {log.tiles} tiles, proofs from them")


def hold_proof(path, is_valid):
    """Valid as it is, and in no way else."""
    assert is_valid(path, 0)
    for n in range(len(path)):
        other = list(path)
        other[n] = bytes(32)
        assert not is_valid(other, 0)
        assert not is_valid(path[:n] + path[n + 1:], 0)
    assert not is_valid(path + [bytes(32)], 0)


def refused(what, events, directory, receipts=()):
    try:
        log = verifier.Log(directory, events)
        for raw in receipts:
            log.check_receipt(raw)
    except verifier.Fault as fault:
        print(f"{what}: {fault}")
        return
    raise Failed(f"not seen: {what}")


def bites(events, log, directory, receipt):
    """Each kind of file changed, cut, gone or one too many."""
    names = sorted(str(path.relative_to(log)) for path in log.rglob("*")
                   if path.is_file())
    for name in names:
        for what, change in (
                ("changed", lambda raw: raw[:40] + b"!" + raw[41:]),
                ("cut", lambda raw: raw[:-1]), ("gone", None)):
            shutil.rmtree(directory, ignore_errors=True)
            shutil.copytree(log, directory)
            path = directory / name
            if change:
                path.write_bytes(change(path.read_bytes()))
            else:
                path.unlink()
            if name == "checkpoint" and what == "gone":
                continue
            is_former = ".p/" in name and not is_wanted(log, name)
            if not (is_former and what == "gone"):
                refused(f"{name} {what}", events, directory)
    shutil.rmtree(directory)
    shutil.copytree(log, directory)
    (directory / "tile/0/007").write_bytes(bytes(8192))
    refused("a tile too many", events, directory)
    for at in range(30, len(receipt), 97):
        other = bytes([receipt[at] ^ 1])
        refused(f"receipt, byte {at}", events, log,
                [receipt[:at] + other + receipt[at + 1:]])


def is_wanted(log, name):
    """Is this partial tile of the size that was exported last?"""
    size = int((log / "checkpoint").read_text().split("\n")[1])
    _, level, *_, width = name.split("/")
    shift = 0 if level == "entries" else 8 * int(level)
    return int(width) == (size >> shift) % 256


def real(events):
    """A region's export, exported on, and receipts printed for a clerk."""
    with checks.region("makassar-2023", "2023-11-13 08:00") as region:
        checks.join_clerk(region)
        early = checks.record_receipted(region)
        path = checks.receipt_of(region, early)
        first = verifier.Log(region.export(), events)
        for _ in range(3):
            checks.record(region)
        last = checks.record_receipted(region)
        late = checks.receipt_of(region, last)
        log = verifier.Log(region.export(), events)
        assert log.head.size > first.head.size
        print(f"{log.head.origin}: {log.head.size} entries, "
              f"{log.stamps} stamps")
        for name, seq in ((path, early), (late, last)):
            node, found, index, size = log.check_receipt(name.read_bytes())
            assert found == seq
            print(f"receipt of seq {seq}: entry {index} of {size}")
            run(BIN / "ikrar", "verify", region.dir / "log", name)
        bites(events, region.dir / "log", region.dir / "changed",
              path.read_bytes())


def main():
    print(f"seed: {checks.SEED}")
    source = (ROOT / "tests/e2e/verifier.py").read_text()
    if FOREIGN.search(source):
        raise Failed("verifier.py imports from the tree")
    events = verifier.load_events(ROOT / "proto")
    with checks.workspace() as directory:
        chance = random.Random(checks.SEED)
        for size in SIZES:
            hold_size(events, directory, size, chance)
        history = forge.History(events, checks.SEED).grow(300)
        history.write(directory / "log")
        paper = forge.receipt(events, history.leaves, 20, history.key).encode()
        print(verifier.Log(directory / "log", events).check_receipt(paper))
        bites(events, directory / "log", directory / "changed", paper)
    real(events)


checks.main(main)
