# SPDX-License-Identifier: Apache-2.0
"""Whoever changes an exported log is found by `ikrar-verify`, which names
what and where: each byte flipped, each entry dropped, doubled, swapped, each
truncation and roll-back, by one who has only the files and by one who has the
log key too. What nobody can see without a receipt is named here and in
docs/threat-model.md; no honest log is suspected. FULL=1 tries all, else a
sample that ends after some BUDGET seconds (14)."""
import concurrent.futures
import os
import random
import re
import subprocess
import time

import nacl.signing

import checks
import forge
import verifier
from region import BIN, ROOT, DEADLINE, SLOW, Failed, Mailbox
from scenes import Scene

FULL = os.environ.get("FULL") == "1"
BUDGET = SLOW * float(os.environ.get("BUDGET", 14))
AT_LEAST = 10
ENTRIES, TAIL = 1000, 24
SCENE = "jeneponto-2024"
WORKERS = os.cpu_count() or 1
# One line a finding: entry, kind, what is wrong, and who must answer.
LINE = re.compile(r"^GAGAL/FAIL \d+ (?P<kind>[a-z_]+): .*; "
                  r"yang menjawab/answers: \w", re.M)


def words():
    """The words of the table of findings that someone must answer for."""
    table = (ROOT / "ikrar/finding.h").read_text()
    return set(re.findall(r'X\(FINDING_[A-Z_]+, "([a-z_]+)"', table))


WORDS = words()


def verify(directory, *receipts):
    """The exit code and the kinds that were named."""
    done = subprocess.run(
        [BIN / "ikrar-verify", directory, *receipts], capture_output=True,
        text=True, errors="replace", timeout=DEADLINE,
        stdin=subprocess.DEVNULL)
    kinds = {match["kind"] for match in LINE.finditer(done.stdout)} & WORDS
    if done.returncode not in (0, 1) or (done.returncode == 1) != bool(kinds):
        raise Failed(f"{directory}: exit {done.returncode}\n"
                     f"{done.stdout}{done.stderr}")
    return kinds


class Sample:
    """All of a list, or as much of it as its share of the time allows, and
    AT_LEAST by each worker, in random order; spread over the processors."""

    def __init__(self, chance, share):
        self.chance, self.share = chance, share

    def each(self, function, items, workers, first=()):
        """Those in `first` come first, all of them when there are few."""
        items, first = list(items), list(first)
        if not FULL:
            self.chance.shuffle(items)
            items = self.chance.sample(first, min(len(first), 40)) + items
        end = time.monotonic() + BUDGET * self.share
        done = 0
        with concurrent.futures.ThreadPoolExecutor(len(workers)) as pool:
            parts = [pool.submit(self._some, function,
                                 items[n::len(workers)], worker, end)
                     for n, worker in enumerate(workers)]
            for part in parts:
                done += part.result()
        return f"{done} of {len(items)}"

    @staticmethod
    def _some(function, items, worker, end):
        for done, item in enumerate(items):
            if not FULL and done >= AT_LEAST and time.monotonic() > end:
                return done
            function(worker, item)
        return len(items)


# ---- one byte

def flips(history, directory, chance):
    """Every file of a log of 100 entries whose checkpoint has a second
    signature, by a key that nobody asked for."""
    foreign = nacl.signing.SigningKey(chance.randbytes(32))
    workers = []
    for n in range(WORKERS):
        copy = forge.Copy(directory / f"flip{n}", history.origin)
        copy.write(history.leaves, history.key)
        path = copy.dir / "checkpoint"
        text = path.read_text()
        signed = text[:text.index("\n\n") + 1]
        mine = len(text.encode())
        path.write_text(text + forge.signature_line(
            "saksi.example/1", signed, foreign))
        workers.append(copy.dir)
        if verify(copy.dir):
            raise Failed("a second signature is suspected")
    places = [(path.relative_to(workers[0]), at)
              for path in sorted(workers[0].rglob("*")) if path.is_file()
              for at in range(path.stat().st_size)]
    passed, seen = [], set()

    def flip(worker, place):
        name, at = place
        with open(worker / name, "r+b", buffering=0) as file:
            byte = os.pread(file.fileno(), 1, at)[0]
            os.pwrite(file.fileno(), bytes([byte ^ 1 << at % 8]), at)
            kinds = verify(worker)
            os.pwrite(file.fileno(), bytes([byte]), at)
        seen.update(kinds)
        if kinds:
            return
        if str(name) != "checkpoint" or at < mine:
            raise Failed(f"{name}, byte {at}: not seen")
        passed.append(at)

    size = (workers[0] / "checkpoint").stat().st_size
    last = [(path, at) for path, at in places
            if str(path) == "checkpoint" and at >= mine]
    assert len(last) == size - mine > 100
    for place in last:
        flip(workers[0], place)
    if len(passed) < len(last) // 2:
        raise Failed("flips in a stranger's signature are suspected")
    done = Sample(chance, 0.35).each(flip, places, workers)
    print(f"flips: {done} bytes, all seen but {len(set(passed))} of the "
          f"{len(last)} in a stranger's signature; as {sorted(seen)}")


# ---- whole entries

def attacks(leaves, chance):
    """name, where, and how the leaves change."""
    size = len(leaves)
    for i in range(size):
        yield "edited", i, edit(leaves, i, chance)
        yield "dropped", i, lambda a, i=i: a[:i] + a[i + 1:]
        yield "doubled", i, lambda a, i=i: a[:i + 1] + a[i:]
        if i + 1 < size:
            yield "swapped", i, lambda a, i=i: (
                a[:i] + [a[i + 1], a[i]] + a[i + 2:])
        if i > 0:
            yield "truncated", i, lambda a, i=i: a[:i]


def edit(leaves, at, chance):
    """One bit of the event or its stamp."""
    author, received, event, stamp = forge.open_leaf(leaves[at])
    raw = bytearray(event + stamp)
    raw[chance.randrange(len(raw))] ^= 1 << chance.randrange(8)
    changed = forge.pack_leaf(author, received, bytes(raw[:len(event)]),
                              bytes(raw[len(event):]))
    return lambda a: a[:at] + [changed] + a[at + 1:]


class Desk:
    """Where one worker writes and verifies changed copies."""

    def __init__(self, history, events, directory):
        self.history, self.events = history, events
        self.copy = forge.Copy(directory, history.origin)
        self.receipt = directory.with_suffix(".tlog-proof")
        self.receipt.write_text(forge.receipt(
            events, history.leaves, history.last_record, history.key))

    def with_files(self, leaves, checkpoint, tell_receipt=False):
        """The attacker has only files: the checkpoint is one that the log
        once signed."""
        self.copy.write(leaves, checkpoint=checkpoint)
        return verify(self.copy.dir, *[self.receipt] * tell_receipt)

    def with_key(self, leaves, tell_receipt=False):
        """The attacker makes the tree anew and signs it."""
        self.copy.write(leaves, self.history.key)
        return verify(self.copy.dir, *[self.receipt] * tell_receipt)

    def is_seen_by_python(self):
        try:
            verifier.Log(self.copy.dir, self.events)
        except verifier.Fault:
            return True
        return False


def largest_seen(events, leaves):
    """The largest tree that some stamp in the log vouches for."""
    return max(events.Event.FromString(forge.open_leaf(leaf)[2]).seen_size
               for leaf in leaves if forge.open_leaf(leaf)[3])


def sequences(history, events, directory, chance):
    desks = [Desk(history, events, directory / f"desk{n}")
             for n in range(WORKERS)]
    leaves, heads = history.leaves, history.heads
    latest = forge.sign_checkpoint(history.origin, len(leaves),
                                   heads[len(leaves)], history.key)
    if verify_honest(desks[0], leaves, latest):
        raise Failed("the honest log is suspected")
    witnessed = largest_seen(events, leaves)
    nodes, kinds_seen, unseen = writers(events, leaves), {}, {}

    def try_one(desk, attack):
        name, at, change = attack
        changed = change(leaves)
        if changed == leaves:
            return
        found = desk.with_files(changed, latest)
        if not found:
            raise Failed(f"files only: entry {at} {name}: not seen")
        kinds_seen.setdefault(name, set()).update(found)
        found = desk.with_key(changed)
        kinds_seen[name].update(found)
        if found:
            hold_named(nodes, attack, found)
            return
        found = desk.with_key(changed, tell_receipt=True)
        if not found:
            raise Failed(f"log key: entry {at} {name}: not seen with a "
                         "receipt of the last record")
        kinds_seen[name].update(found)
        if desk.is_seen_by_python():
            raise Failed(f"log key: entry {at} {name}: another verifier sees "
                         "it")
        if name == "edited" and forge.open_leaf(leaves[at])[0]:
            raise Failed(f"log key: entry {at} of a node edited: not seen")
        if at < witnessed and name != "truncated":
            raise Failed(f"log key: entry {at} {name}: not seen, though a "
                         f"stamp vouches for {witnessed} entries")
        unseen.setdefault(name, []).append(at)

    tried = list(attacks(leaves, chance))
    done = Sample(chance, 0.2).each(
        try_one, tried, desks, [a for a in tried if a[1] >= witnessed])
    print(f"entries: {done} attacks of {len(leaves)} entries, with and "
          f"without the log key: all seen with a receipt; without one, by "
          f"the log key and behind entry {witnessed}, unseen: "
          f"{({k: len(v) for k, v in unseen.items()})}")
    for name, kinds in sorted(kinds_seen.items()):
        print(f"  {name}: {sorted(kinds)}")
    hold_unseen(history, witnessed, unseen)


def writers(events, leaves):
    """Of each entry the node, or nothing if the log itself wrote it."""
    return [forge.open_leaf(leaf)[0] and events.Event.FromString(
        forge.open_leaf(leaf)[2]).node for leaf in leaves]


def hold_named(nodes, attack, found):
    """A node's event that is gone or there twice is named as that, whatever
    else follows from it."""
    name, at, _ = attack
    if not nodes[at]:
        return
    if name == "dropped" and nodes[at] in nodes[at + 1:]:
        assert "gap" in found, (at, found)
    if name == "doubled":
        assert "repeated" in found, (at, found)


def verify_honest(desk, leaves, latest):
    return desk.with_files(leaves, latest) or desk.with_files(
        leaves, latest, tell_receipt=True)


class Recorded:
    """The log of a scene that was played: with campaigns, rules, timers and
    verdicts. Its heads are known where somebody has seen them."""

    def __init__(self, directory, mailbox):
        scene = Scene(SCENE, directory, mailbox)
        try:
            scene.play()
            self.leaves = forge.read_log(scene.region.export())
            self.key = nacl.signing.SigningKey(bytes.fromhex(
                (scene.region.dir / "region/keys/log").read_text()))
            entries = scene.region.log()
        finally:
            scene.close()
        self.origin = entries[0]["body"]["origin"]
        self.last_record = max(e["index"] for e in entries
                               if e["kind"] == "PledgeMade")
        edge, self.heads = forge.Edge(), {}
        for leaf in self.leaves:
            edge.add(leaf)
            self.heads[edge.size] = edge.root()
        # A turn's entries are received at one time; turns may share it.
        self.turns = {n for n in range(1, len(self.leaves) + 1)}


def hold_unseen(history, witnessed, unseen):
    """Without a receipt: a log cut at one of its own heads is a log as it
    was; of what lies behind the last head that a stamp vouches for, only the
    last batches of nodes can go or change places."""
    for at in unseen.get("truncated", []):
        if at not in history.turns:
            raise Failed(f"truncated to {at}, within a turn: not seen")
    if FULL and not isinstance(history, Recorded) and set(
            unseen.get("truncated", [])) != history.turns - {
                len(history.leaves)}:
        raise Failed("a log cut at a head is suspected")
    for name in ("dropped", "swapped"):
        for at in unseen.get(name, []):
            assert at >= witnessed
    if unseen.get("doubled"):
        raise Failed(f"doubled, not seen: {unseen['doubled']}")


def rolled_back(history, events, directory, chance):
    """An older export of the log's own, put in the place of the last: only a
    receipt (or a node's head) can tell."""
    desks = [Desk(history, events, directory / f"back{n}")
             for n in range(WORKERS)]
    sizes = [size for size in history.turns if size < len(history.leaves)]

    def try_one(desk, size):
        old = forge.sign_checkpoint(history.origin, size, history.heads[size],
                                    history.key)
        if desk.with_files(history.leaves[:size], old):
            raise Failed(f"an honest log of {size} entries is suspected")
        found = desk.with_files(history.leaves[:size], old, tell_receipt=True)
        if "rolled_back" not in found:
            raise Failed(f"rolled back to {size}: {found}")

    done = Sample(chance, 0.1).each(try_one, sizes, desks)
    print(f"roll-backs: {done} sizes, all seen with a later receipt and none "
          "without")


# ---- honest logs

def honest(events, directory, chance):
    """Logs of any shape and size, and a receipt of one of their records."""
    count = 1000 if FULL else 20
    places = [directory / f"honest{n}" for n in range(WORKERS)]

    def try_one(place, seed):
        own = random.Random(seed)
        history = forge.History(events, seed, own.randint(1, 12)).grow(
            own.choice((40, 100, 256, 257, 300, 700)))
        history.write(place)
        receipt = place.with_suffix(".tlog-proof")
        receipt.write_text(forge.receipt(
            events, history.leaves, history.last_record, history.key))
        kinds = verify(place, receipt)
        if kinds:
            raise Failed(f"honest log {seed}: {kinds}")

    done = Sample(chance, 1).each(
        try_one, [f"{checks.SEED}/{n}" for n in range(count)], places)
    print(f"honest logs: {done}, none suspected")


def main():
    print(f"seed: {checks.SEED}")
    chance = random.Random(checks.SEED)
    events = verifier.load_events(ROOT / "proto")
    with checks.workspace() as directory:
        flips(forge.History(events, f"{checks.SEED}/a").grow(100), directory,
              chance)
        mailbox = Mailbox(directory / "mailbox").start()
        recorded = Recorded(directory, mailbox)
        mailbox.stop()
        sequences(recorded, events, directory, chance)
        history = forge.History(events, f"{checks.SEED}/b").grow(
            ENTRIES - TAIL).grow(ENTRIES, seeing=0)
        sequences(history, events, directory, chance)
        rolled_back(history, events, directory, chance)
        honest(events, directory, chance)


checks.main(main)
