# SPDX-License-Identifier: Apache-2.0
"""Writes logs that no region wrote: histories of its own making, and others'
histories with something changed, in the layout of an export. For tests that
hold what a verifier says against what was done.
"""
import base64
import hashlib
import pathlib
import random
import shutil
import struct

import nacl.signing

WIDTH = 256
MINUTE_MS = 60000
START_MS = 1699999200000
START_DAY = 19675


def sha(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def tile_path(level, n, width):
    parts = [f"{n % 1000:03d}"]
    while n >= 1000:
        n //= 1000
        parts.insert(0, f"x{n % 1000:03d}")
    if width < WIDTH:
        parts[-1] += ".p"
        parts.append(str(width))
    return "/".join(("tile", str(level), *parts))


def pack_leaf(author, received_at_ms, event, stamp=b""):
    return (struct.pack(">BBQH", 1, author, received_at_ms, len(event)) +
            event + struct.pack(">B", len(stamp)) + stamp)


def open_leaf(leaf):
    """author, received_at_ms, event, stamp"""
    _, author, received, length = struct.unpack_from(">BBQH", leaf)
    return author, received, leaf[12:12 + length], leaf[13 + length:]


def sign_checkpoint(origin, size, root, key):
    text = f"{origin}\n{size}\n{base64.b64encode(root).decode()}\n"
    return text + "\n" + signature_line(origin, text, key)


def signature_line(name, text, key):
    key_hash = sha(name.encode(), b"\n\x01", bytes(key.verify_key))[:4]
    blob = key_hash + key.sign(text.encode()).signature
    return f"— {name} {base64.b64encode(blob).decode()}\n"


def vkey(origin, key):
    """How Go's note package writes a verifier's key."""
    key_hash = sha(origin.encode(), b"\n\x01", key)[:4].hex()
    return f"{origin}+{key_hash}+{base64.b64encode(b'%c' % 1 + key).decode()}"


def read_log(directory):
    """The leaves of an exported log, in order."""
    directory, leaves = pathlib.Path(directory), []
    size = int((directory / "checkpoint").read_text().split("\n")[1])
    for start in range(0, size, WIDTH):
        raw = (directory / tile_path("entries", start // WIDTH,
                                     min(WIDTH, size - start))).read_bytes()
        leaves += split(raw)
    assert len(leaves) == size
    return leaves


def split(raw):
    leaves, at = [], 0
    while at < len(raw):
        length, = struct.unpack_from(">H", raw, at)
        leaves.append(raw[at + 2:at + 2 + length])
        at += 2 + length
    return leaves


class Levels:
    """Tile hashes of a list of leaves; equal leaves are hashed once."""

    def __init__(self):
        self.known = {}

    def of(self, leaves):
        """One list of hashes a level of tiles, and the root."""
        known, hashes = self.known, []
        for leaf in leaves:
            found = known.get(leaf)
            if found is None:
                found = known[leaf] = sha(b"\0", leaf)
            hashes.append(found)
        levels = []
        while hashes:
            levels.append(hashes)
            hashes = [self.narrow(hashes[i:i + WIDTH])
                      for i in range(0, len(hashes) - WIDTH + 1, WIDTH)]
        return levels, self.root(levels)

    def pair(self, left, right):
        found = self.known.get((left, right))
        if found is None:
            found = self.known[left, right] = sha(b"\1", left, right)
        return found

    def narrow(self, row):
        while len(row) > 1:
            row = [self.pair(row[i], row[i + 1])
                   for i in range(0, len(row), 2)]
        return row[0]

    def root(self, levels):
        """Right to left over what is unfinished in each level."""
        peaks = []
        for row in levels:
            at, width = len(row), 1
            while at % WIDTH:
                if at & width:
                    peaks.append(self.narrow(row[at - width:at]))
                    at -= width
                width *= 2
        root = peaks[0] if peaks else sha()
        for peak in peaks[1:]:
            root = self.pair(peak, root)
        return root


class Edge:
    """Root after root of a growing tree."""

    def __init__(self):
        self.size, self.peaks = 0, []  # (leaves, hash), left to right

    def add(self, leaf):
        self.size += 1
        width, hash_ = 1, sha(b"\0", leaf)
        while self.peaks and self.peaks[-1][0] == width:
            hash_ = sha(b"\1", self.peaks.pop()[1], hash_)
            width *= 2
        self.peaks.append((width, hash_))

    def root(self):
        root = self.peaks[-1][1] if self.peaks else sha()
        for _, peak in self.peaks[-2::-1]:
            root = sha(b"\1", peak, root)
        return root


def inclusion(hashes, index):
    """RFC 6962, 2.1.1; slow and plain."""
    if len(hashes) == 1:
        return []
    middle = 1 << (len(hashes) - 1).bit_length() - 1
    if index < middle:
        return inclusion(hashes[:middle], index) + [tree_root(hashes[middle:])]
    return (inclusion(hashes[middle:], index - middle) +
            [tree_root(hashes[:middle])])


def tree_root(hashes):
    if len(hashes) == 1:
        return hashes[0]
    middle = 1 << (len(hashes) - 1).bit_length() - 1
    return sha(b"\1", tree_root(hashes[:middle]), tree_root(hashes[middle:]))


def receipt(events, leaves, index, key):
    """The receipt of the node's record at `index`, as a file, for the tree of
    all these leaves; `key` is the log's."""
    first = events.Event.FromString(open_leaf(leaves[0])[2])
    start = events.Event.FromString(open_leaf(leaves[index])[2])
    head, behind, at = None, [], index
    for n, leaf in enumerate(leaves):
        author, _, raw, stamp = open_leaf(leaf)
        event = events.Event.FromString(raw)
        if event.WhichOneof("body") == "node_enrolled" and (
                event.node_enrolled.node == start.node):
            head = sha(b"ikrar/node/1\n", event.node_enrolled.sign_key)
        refused = event.event_refused
        if start.node not in (event.node, refused.node):
            continue
        event_hash = (sha(b"ikrar/event/1\n", raw) if author else
                      refused.event_hash)
        if n < index:
            head = sha(b"ikrar/head/1\n", head, event_hash)
            continue
        if n > index:
            behind.append(event_hash)
        if stamp or refused.stamp:
            at = n
            break
    raw = open_leaf(leaves[index])[2]
    extra = (b"\1" + start.node + struct.pack(">Q", start.seq) + head +
             struct.pack(">H", len(raw)) + raw +
             struct.pack(">H", len(behind)) + b"".join(behind) +
             struct.pack(">H", len(leaves[at])) + leaves[at])
    hashes = [sha(b"\0", leaf) for leaf in leaves]
    lines = ["c2sp.org/tlog-proof@v1",
             f"extra {base64.b64encode(extra).decode()}", f"index {at}"]
    lines += [base64.b64encode(hash_).decode()
              for hash_ in inclusion(hashes, at)]
    return "\n".join(lines) + "\n\n" + sign_checkpoint(
        first.log_started.origin, len(leaves), tree_root(hashes), key)


class Copy:
    """A directory in the layout of an export, written again and again with
    other leaves: only files that change are touched."""

    def __init__(self, directory, origin):
        self.dir = pathlib.Path(directory)
        shutil.rmtree(self.dir, ignore_errors=True)
        self.dir.mkdir(parents=True)
        self.origin = origin
        self.levels = Levels()
        self.there = {}

    def write(self, leaves, key=None, checkpoint=None):
        """With a key the checkpoint is made anew, else it is as given."""
        rows, root = self.levels.of(leaves)
        files = {}
        for level, row in enumerate(rows):
            for start in range(0, len(row), WIDTH):
                part = row[start:start + WIDTH]
                files[tile_path(level, start // WIDTH,
                                len(part))] = b"".join(part)
        for start in range(0, len(leaves), WIDTH):
            part = leaves[start:start + WIDTH]
            files[tile_path("entries", start // WIDTH, len(part))] = b"".join(
                struct.pack(">H", len(leaf)) + leaf for leaf in part)
        if key:
            checkpoint = sign_checkpoint(self.origin, len(leaves), root, key)
        files["checkpoint"] = (checkpoint if isinstance(checkpoint, bytes)
                               else checkpoint.encode())
        self.put(files)
        return root

    def put(self, files):
        for name in set(self.there) - set(files):
            (self.dir / name).unlink()
        for name, raw in files.items():
            if self.there.get(name) != raw:
                path = self.dir / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(raw)
        self.there = files


class Clerk:
    """A collector of a made-up history: its key, chain and what it saw."""

    def __init__(self, chance, wilayah):
        self.key = nacl.signing.SigningKey(chance.randbytes(32))
        self.public = bytes(self.key.verify_key)
        self.head = sha(b"ikrar/node/1\n", self.public)
        self.id, self.seq, self.wilayah = self.head[:16], 0, wilayah
        self.seen, self.root = 0, bytes(32)
        self.queue = []  # packed events, not yet pushed

    def record(self, event, now_ms):
        self.seq += 1
        event.version, event.node, event.seq = 1, self.id, self.seq
        event.recorded_at_ms = now_ms - now_ms % 3600000
        event.wilayah = self.wilayah
        if self.seen:
            event.seen_epoch, event.seen_size = 1, self.seen
        raw = event.SerializeToString(deterministic=True)
        self.head = sha(b"ikrar/head/1\n", self.head,
                        sha(b"ikrar/event/1\n", raw))
        self.queue.append(raw)

    def stamp(self):
        return self.root + self.key.sign(
            b"ikrar/stamp/1\n" + self.id + struct.pack(">Q", self.seq) +
            self.head + self.root).signature


class History:
    """A log as a region would have written it: an admin with a roster,
    collectors that report incidents in batches, each having seen one of the
    heads before. No rules, so that no verdict is due."""

    WILAYAH = "73.71"
    ACTS = ("PST", "APK", "DKL", "FTO", "SOS", "MBP", "TIM", "KPT")

    def __init__(self, events, seed, clerks=3):
        self.pb, self.chance = events, random.Random(seed)
        self.key = nacl.signing.SigningKey(self.chance.randbytes(32))
        self.origin = f"ikrar/{self.WILAYAH}/1"
        self.now, self.leaves = START_MS, []
        self.heads, self.recent = {}, []  # size -> root; the last sizes
        self.edge = Edge()
        self.admin = Clerk(self.chance, self.WILAYAH)
        self._start()
        self.clerks = [self._enrol(f"{self.WILAYAH}.{n + 1:02d}")
                       for n in range(clerks)]

    def _own(self, event):
        event.version, event.recorded_at_ms = 1, self.now
        event.wilayah = self.WILAYAH
        self.leaves.append(pack_leaf(
            0, self.now, event.SerializeToString(deterministic=True)))

    def _turn_ends(self):
        """The head that the region signs after a turn."""
        for leaf in self.leaves[self.edge.size:]:
            self.edge.add(leaf)
        self.heads[self.edge.size] = self.edge.root()
        self.recent = (self.recent + [self.edge.size])[-8:]
        self.now += self.chance.randrange(MINUTE_MS)

    def _push(self, clerk):
        """All that the clerk has queued, as one batch."""
        for n, raw in enumerate(clerk.queue):
            is_last = n + 1 == len(clerk.queue)
            self.leaves.append(pack_leaf(
                1, self.now, raw, clerk.stamp() if is_last else b""))
        clerk.queue = []

    def _start(self):
        event = self.pb.Event()
        started = event.log_started
        started.origin, started.wilayah = self.origin, self.WILAYAH
        started.log_key = bytes(self.key.verify_key)
        started.admin_sign_key = self.admin.public
        started.admin_link_key = self.chance.randbytes(32)
        self._own(event)
        self._turn_ends()
        event, rows = self.pb.Event(), []
        for n in range(12):
            rows.append(self.pb.UnitRow(
                code=f"KEL-{self.WILAYAH}.{n + 1:02d}.{1001 + n}",
                name=f"Kelurahan {n}", kind=8, pns=7,
                wilayah=f"{self.WILAYAH}.{n + 1:02d}"))
        rows.sort(key=lambda row: row.code)
        self.units = [(row.code, row.wilayah) for row in rows]
        part = event.roster_changed.part
        part.version = part.part = part.parts = 1
        part.sha256 = sha(*(row.SerializeToString(deterministic=True)
                            for row in rows))
        event.roster_changed.rows.extend(rows)
        self.admin.record(event, self.now)
        self._push(self.admin)
        self._turn_ends()

    def _enrol(self, wilayah):
        clerk = Clerk(self.chance, wilayah)
        code = self.chance.randbytes(32)
        event = self.pb.Event()
        invited = event.node_invited
        invited.code_sha256, invited.kind, invited.wilayah = code, 1, wilayah
        invited.expires_ms = self.now + 3600000
        self.admin.record(event, self.now)
        self._push(self.admin)
        self._turn_ends()
        event = self.pb.Event()
        enrolled = event.node_enrolled
        enrolled.node, enrolled.kind, enrolled.wilayah = clerk.id, 1, wilayah
        enrolled.sign_key = clerk.public
        enrolled.link_key = self.chance.randbytes(32)
        enrolled.code_sha256 = code
        self._own(event)
        self._turn_ends()
        return clerk

    def grow(self, size, seeing=0.8):
        """Turns until there are exactly `size` entries; how often a clerk has
        seen a new head before it records."""
        while len(self.leaves) < size:
            clerk = self.chance.choice(self.clerks)
            if self.chance.random() < seeing:
                self._see(clerk)
            room = size - len(self.leaves)
            for _ in range(min(room, self.chance.randint(1, 6))):
                self._report(clerk)
            self.last_record = len(self.leaves)
            self._push(clerk)
            self._turn_ends()
        self.turns = set(self.heads)
        return self

    def _see(self, clerk):
        """The clerk has verified a head, not smaller than its last one."""
        sizes = [size for size in self.recent if size > clerk.seen]
        if sizes:
            clerk.seen = self.chance.choice(sizes)
            clerk.root = self.heads[clerk.seen]

    def _report(self, clerk):
        event = self.pb.Event()
        if self.chance.random() < 0.3:
            event.node_reported.software = "forge"
        else:
            incident = event.incident_reported
            incident.unit = self.chance.choice(
                [code for code, wilayah in self.units
                 if wilayah == clerk.wilayah])
            incident.act = self.chance.choice(self.ACTS)
            day = START_DAY - self.chance.randint(0, 20)
            incident.happened_from_day = incident.happened_to_day = day
            incident.known_day = incident.reported_day = day + 1
            incident.source, incident.subject = self.chance.randint(1, 8), 1
        clerk.record(event, self.now)

    def write(self, directory, size=None):
        """As an export of `size` entries; returns the copy."""
        copy = Copy(directory, self.origin)
        copy.write(self.leaves[:size], self.key)
        return copy
