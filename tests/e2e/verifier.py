# SPDX-License-Identifier: Apache-2.0
"""A verifier of an exported log, written from docs/protocol.md and the public
formats alone (C2SP signed-note, tlog-checkpoint, tlog-tiles, tlog-proof; RFC
6962, RFC 9162). Uses PyNaCl and protobuf, and nothing of this tree but what
protoc makes of proto/. Says nothing of verdicts: that takes the judge.
usage: verifier.py PROTO_DIR LOG_DIR [RECEIPT...]
"""
import base64
import dataclasses
import hashlib
import pathlib
import shutil
import struct
import subprocess
import sys
import tempfile

import nacl.exceptions
import nacl.signing

WIDTH = 256
OWN_KINDS = ("log_started", "ticked", "event_refused", "node_enrolled",
             "node_faulted", "log_recovered", "alert_opened", "alert_raised",
             "alert_corrected", "alert_withdrawn", "alert_resolved")


class Fault(Exception):
    """What does not hold, and where."""


def need(holds, what):
    if not holds:
        raise Fault(what)


def sha(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def load_events(proto_dir):
    out = tempfile.mkdtemp(prefix="ikrar-verifier-")
    subprocess.run(["protoc", f"--python_out={out}", f"-I{proto_dir}",
                    "event.proto"], check=True, timeout=60)
    sys.path.insert(0, out)
    try:
        import event_pb2
    finally:
        sys.path.remove(out)
        shutil.rmtree(out)
    return event_pb2


def from_base64(text):
    """RFC 4648, 4: padded, and the bits left over are zero."""
    raw = base64.b64decode(text, validate=True)
    if base64.b64encode(raw).decode() != text:
        raise ValueError("base64 that nobody writes so")
    return raw


# ---- RFC 6962

def leaf_hash(leaf):
    return sha(b"\0", leaf)


def pair_hash(left, right):
    return sha(b"\1", left, right)


class Growing:
    """A tree to which leaves are added one by one; every root it has had."""

    def __init__(self):
        self.edge = []  # (height, hash) of the full subtrees, left to right
        self.roots = [sha()]

    def add(self, hash_):
        height = 0
        while self.edge and self.edge[-1][0] == height:
            hash_ = pair_hash(self.edge.pop()[1], hash_)
            height += 1
        self.edge.append((height, hash_))
        root = hash_
        for _, left in reversed(self.edge[:-1]):
            root = pair_hash(left, root)
        self.roots.append(root)


def below(n):
    """The largest power of two smaller than n."""
    return 1 << (n - 1).bit_length() - 1


def inclusion_is_valid(path, index, size, leaf, root):
    """RFC 9162, 2.1.3.2."""
    if index >= size:
        return False
    fn, sn, r = index, size - 1, leaf
    for p in path:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            r = pair_hash(p, r)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            r = pair_hash(r, p)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and r == root


def consistency_is_valid(path, first, second, first_root, second_root):
    """RFC 9162, 2.1.4.2; first is not 0."""
    if first == second:
        return not path and first_root == second_root
    if not path or first > second:
        return False
    path = list(path)
    if first & (first - 1) == 0:
        path.insert(0, first_root)
    fn, sn = first - 1, second - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    fr = sr = path[0]
    for c in path[1:]:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            fr, sr = pair_hash(c, fr), pair_hash(c, sr)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            sr = pair_hash(sr, c)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and fr == first_root and sr == second_root


# ---- signed notes

@dataclasses.dataclass
class Checkpoint:
    origin: str
    size: int
    root: bytes


def open_checkpoint(raw, origin, key):
    """The checkpoint, if the log's key has signed it under its name."""
    try:
        text, _, signatures = raw.decode().rpartition("\n\n")
        lines = text.split("\n")
        need(signatures.endswith("\n"), "checkpoint: the last line is open")
        found = Checkpoint(lines[0], int(lines[1]), from_base64(lines[2]))
    except (ValueError, IndexError) as why:
        raise Fault(f"checkpoint: {why}") from why
    need(found.origin == origin, f"checkpoint: origin {found.origin!r}")
    need(lines[1] == str(found.size) and len(found.root) == 32,
         "checkpoint: size or root are not written as they must be")
    name_hash = sha(origin.encode(), b"\n\x01", key)[:4]
    for line in signatures[:-1].split("\n"):
        parts = line.split(" ")
        need(len(parts) == 3 and parts[0] == "—", "checkpoint: signature line")
        try:
            blob = from_base64(parts[2])
        except ValueError as why:
            raise Fault(f"checkpoint: {why}") from why
        if parts[1] != origin or blob[:4] != name_hash:
            continue
        need(is_signed(key, text.encode() + b"\n", blob[4:]),
             "checkpoint: signature")
        return found
    raise Fault("checkpoint: not signed by the log's key")


def is_signed(key, message, signature):
    try:
        nacl.signing.VerifyKey(key).verify(message, signature)
    except (nacl.exceptions.BadSignatureError, ValueError, TypeError):
        return False
    return True


# ---- the files

def tile_path(level, n, width):
    """C2SP tlog-tiles; level is a number or "entries"."""
    text = f"{n % 1000:03d}"
    while n >= 1000:
        n //= 1000
        text = f"x{n % 1000:03d}/{text}"
    return f"tile/{level}/{text}" + (f".p/{width}" if width < WIDTH else "")


class Files:
    """A directory of an exported log, its size known."""

    def __init__(self, directory, size):
        self.dir, self.size = pathlib.Path(directory), size
        self.kept = {}

    def read(self, path):
        try:
            return (self.dir / path).read_bytes()
        except OSError as why:
            raise Fault(f"{path}: {why.strerror}") from why

    def entries(self):
        for start in range(0, self.size, WIDTH):
            width = min(WIDTH, self.size - start)
            path = tile_path("entries", start // WIDTH, width)
            raw, at = self.read(path), 0
            for i in range(width):
                need(at + 2 <= len(raw), f"{path}: ends at entry {start + i}")
                length, = struct.unpack_from(">H", raw, at)
                leaf = raw[at + 2:at + 2 + length]
                need(len(leaf) == length,
                     f"{path}: ends within entry {start + i}")
                yield leaf
                at += 2 + length
            need(at == len(raw), f"{path}: more than {width} entries")

    def tile(self, level, n):
        if (level, n) not in self.kept:
            count = (self.size >> 8 * level) - n * WIDTH
            width = min(WIDTH, count)
            path = tile_path(level, n, width)
            raw = self.read(path)
            need(len(raw) == 32 * width, f"{path}: {len(raw)} bytes")
            self.kept[level, n] = [raw[i:i + 32]
                                   for i in range(0, len(raw), 32)]
        return self.kept[level, n]

    def full(self, height, n):
        """The hash over leaves n * 2^height and on, 2^height of them."""
        if height % 8:
            return pair_hash(self.full(height - 1, 2 * n),
                             self.full(height - 1, 2 * n + 1))
        return self.tile(height // 8, n // WIDTH)[n % WIDTH]

    def span(self, start, end):
        """The hash over the leaves from start on and before end."""
        size = end - start
        if size & (size - 1) == 0 and start % size == 0:
            return self.full(size.bit_length() - 1, start // size)
        middle = start + below(size)
        return pair_hash(self.span(start, middle), self.span(middle, end))

    def root(self, size):
        return self.span(0, size) if size else sha()

    def inclusion(self, index, size):
        """RFC 6962, 2.1.1."""
        path, start, end = [], 0, size
        while end - start > 1:
            middle = start + below(end - start)
            if index < middle:
                path.append(self.span(middle, end))
                end = middle
            else:
                path.append(self.span(start, middle))
                start = middle
        return path[::-1]

    def consistency(self, first, second):
        """RFC 6962, 2.1.2."""
        path, start, end, is_whole = [], 0, second, True
        while first != end:
            middle = start + below(end - start)
            if first <= middle:
                path.append(self.span(middle, end))
                end = middle
            else:
                path.append(self.span(start, middle))
                start, is_whole = middle, False
        if not is_whole:
            path.append(self.span(start, end))
        return path[::-1]

    def check_tiles(self, hashes):
        """Every tile there has to be, and no other: those of smaller sizes,
        left by former exports, are prefixes of these."""
        level, wanted = 0, {}
        while hashes:
            for start in range(0, len(hashes), WIDTH):
                part = hashes[start:start + WIDTH]
                path = tile_path(level, start // WIDTH, len(part))
                wanted[path] = b"".join(part)
                need(self.read(path) == wanted[path], f"{path}: other hashes")
            self._check_former(level, hashes)
            while len(hashes) % WIDTH:
                hashes = hashes[:-1]
            for _ in range(8):
                hashes = [pair_hash(*hashes[i:i + 2])
                          for i in range(0, len(hashes), 2)]
            level += 1
        for path in (self.dir / "tile").glob("[0-9]*/**/*"):
            name = str(path.relative_to(self.dir))
            need(path.is_dir() or name in wanted or ".p/" in name,
                 f"{name}: no tile of this tree")
        return len(wanted)

    def _check_former(self, level, hashes):
        for path in (self.dir / f"tile/{level}").glob("**/*.p/*"):
            name = str(path.relative_to(self.dir))
            n = int("".join(filter(str.isdigit, name[len("tile/") +
                    len(str(level)):].rsplit(".p", 1)[0])))
            width = int(path.name)
            start = n * WIDTH
            part = hashes[start:start + width]
            need(0 < width < WIDTH and len(part) == width and
                 path.read_bytes() == b"".join(part),
                 f"{name}: no tile of this tree")


# ---- what the entries say

@dataclasses.dataclass
class Leaf:
    author: int
    received_at_ms: int
    event: bytes
    stamp: bytes

    @classmethod
    def read(cls, raw):
        try:
            version, author, received, length = struct.unpack_from(
                ">BBQH", raw)
            event = raw[12:12 + length]
            stamp = raw[13 + length:]
            need(version == 1 and author in (0, 1) and
                 len(event) == length and raw[12 + length] == len(stamp) and
                 len(stamp) in (0, 96), "not a leaf")
        except (struct.error, IndexError) as why:
            raise Fault("not a leaf") from why
        return cls(author, received, event, stamp)


class Node:
    """The chain of one node, as far as the log has it."""

    def __init__(self, sign_key):
        self.key = sign_key
        self.head = sha(b"ikrar/node/1\n", sign_key)
        self.id = self.head[:16]
        self.seq = 0
        self.loose = 0  # events that no stamp covers yet
        self.last = None  # seq up to which it is accepted, once revoked
        self.heads = [self.head]

    def fold(self, seq, event_hash, is_refused=False):
        need(seq == self.seq + 1, f"node {self.id.hex()}: seq {seq} after "
             f"{self.seq}")
        need(self.last is None or seq <= self.last or is_refused,
             f"node {self.id.hex()}: revoked")
        self.seq = seq
        self.head = sha(b"ikrar/head/1\n", self.head, event_hash)
        self.heads.append(self.head)
        self.loose += 1

    def check_stamp(self, stamp, seq, head):
        need(is_signed(self.key, b"ikrar/stamp/1\n" + self.id + struct.pack(
            ">Q", seq) + head + stamp[:32], stamp[32:]),
            f"node {self.id.hex()}: stamp of seq {seq}")


class Log:
    """All of an exported log; made only if all of it holds."""

    def __init__(self, directory, events):
        self.pb = events
        raw = (pathlib.Path(directory) / "checkpoint").read_bytes()
        lines = raw.split(b"\n")
        need(len(lines) > 3 and lines[1].isdigit(), "checkpoint: no size")
        size = int(lines[1])
        need(size > 0, "checkpoint: an empty log")
        self.files = Files(directory, size)
        self.nodes, self.tree, self.hashes = {}, Growing(), []
        self.now = self.stamps = 0
        for index, leaf in enumerate(self.files.entries()):
            try:
                self._take(index, leaf)
            except Fault as fault:
                raise Fault(f"entry {index}: {fault}") from fault
        for node in self.nodes.values():
            need(node.loose == 0,
                 f"node {node.id.hex()}: no stamp behind seq {node.seq}")
        self.head = open_checkpoint(raw, self.origin, self.log_key)
        need(self.head.root == self.tree.roots[-1],
             "checkpoint: another root than that of the entries")
        self.tiles = self.files.check_tiles(self.hashes)
        self.blobs = self._check_blobs()

    def _take(self, index, raw):
        leaf = Leaf.read(raw)
        need(leaf.received_at_ms >= self.now, "time runs backwards")
        self.now = leaf.received_at_ms
        event = self.pb.Event()
        try:
            event.ParseFromString(leaf.event)
        except Exception as why:  # protobuf's own
            raise Fault("not an event") from why
        need(event.SerializeToString(deterministic=True) == leaf.event,
             "not canonical")
        if leaf.author:
            self._take_foreign(leaf, event)
        else:
            self._take_own(index, leaf, event)
        self.hashes.append(leaf_hash(raw))
        self.tree.add(self.hashes[-1])

    def _take_foreign(self, leaf, event):
        kind = event.WhichOneof("body")
        need(event.node in self.nodes, "a node that was never enrolled")
        need(kind and kind not in OWN_KINDS, f"{kind} from a node")
        node = self.nodes[event.node]
        node.fold(event.seq, sha(b"ikrar/event/1\n", leaf.event))
        need(event.seen_size < len(self.tree.roots),
             f"node {node.id.hex()}: has seen more than there is")
        if leaf.stamp:
            self._take_stamp(node, leaf.stamp)
            need(leaf.stamp[:32] == (self.tree.roots[event.seen_size]
                                     if event.seen_size else bytes(32)),
                 f"node {node.id.hex()}: has seen another tree of "
                 f"{event.seen_size} entries")
        if kind == "node_revoked":
            named = event.node_revoked
            need(named.node in self.nodes, "revokes nobody")
            self.nodes[named.node].last = named.accept_up_to

    def _take_stamp(self, node, stamp):
        node.check_stamp(stamp, node.seq, node.head)
        node.loose = 0
        self.stamps += 1

    def _take_own(self, index, leaf, event):
        kind = event.WhichOneof("body")
        need(kind in OWN_KINDS and not leaf.stamp and not event.node and
             not event.seq, f"{kind} from the log")
        need((kind == "log_started") == (index == 0), f"{kind} here")
        if kind == "log_started":
            started = event.log_started
            self.origin, self.log_key = started.origin, started.log_key
            self._enrol(started.admin_sign_key)
        elif kind == "node_enrolled":
            node = self._enrol(event.node_enrolled.sign_key)
            need(node.id == event.node_enrolled.node, "another node's key")
        elif kind == "event_refused":
            refused = event.event_refused
            need(refused.node in self.nodes, "refuses a stranger")
            node = self.nodes[refused.node]
            # One batch may revoke its writer and go on.
            node.fold(refused.seq, refused.event_hash,
                      refused.word == "kind")
            if refused.stamp:
                self._take_stamp(node, refused.stamp)

    def _enrol(self, sign_key):
        node = Node(sign_key)
        need(node.id not in self.nodes, "enrolled twice")
        self.nodes[node.id] = node
        return node

    def _check_blobs(self):
        blobs = list(self.files.dir.glob("blob/*"))
        for path in blobs:
            need(sha(b"ikrar/blob/1\n", path.read_bytes()).hex() == path.name,
                 f"blob/{path.name}: other bytes")
        return len(blobs)

    def check_receipt(self, raw):
        """A receipt as a file (tlog-proof) belongs to this log. Returns node,
        seq, index and the size of the tree that it was given for."""
        proof = Receipt.read(raw)
        need(proof.node in self.nodes, "receipt: a stranger")
        node = self.nodes[proof.node]
        hashes = [sha(b"ikrar/event/1\n", proof.event), *proof.behind]
        head, last = proof.head_before, proof.seq + len(proof.behind)
        for hash_ in hashes:
            head = sha(b"ikrar/head/1\n", head, hash_)
        leaf = Leaf.read(proof.leaf)
        event = self.pb.Event.FromString(leaf.event)
        stamp, said = leaf.stamp, (event.node, event.seq, hashes[-1])
        if leaf.author == 0:
            refused = event.event_refused
            stamp = refused.stamp
            said = refused.node, refused.seq, refused.event_hash
        else:
            need(sha(b"ikrar/event/1\n", leaf.event) == hashes[-1],
                 "receipt: the entry is of another event")
        need(said == (node.id, last, hashes[-1]), "receipt: another entry")
        node.check_stamp(stamp, last, head)
        note = open_checkpoint(proof.checkpoint, self.origin, self.log_key)
        need(inclusion_is_valid(proof.path, proof.index, note.size,
                                leaf_hash(proof.leaf), note.root),
             "receipt: the entry is not in its tree")
        need(note.size <= self.head.size,
             f"receipt: for {note.size} entries; the log has "
             f"{self.head.size}")
        need(consistency_is_valid(
            self.files.consistency(note.size, self.head.size), note.size,
            self.head.size, note.root, self.head.root),
            f"receipt: another tree of {note.size} entries than this log's")
        need(last < len(node.heads) and node.heads[last] == head,
             "receipt: the log has another chain")
        return node.id, proof.seq, proof.index, note.size


@dataclasses.dataclass
class Receipt:
    node: bytes
    seq: int
    head_before: bytes
    event: bytes
    behind: list
    leaf: bytes
    index: int
    path: list
    checkpoint: bytes

    @classmethod
    def read(cls, raw):
        top, _, checkpoint = raw.partition(b"\n\n")
        lines = top.decode("ascii", "replace").split("\n")
        need(lines[0] == "c2sp.org/tlog-proof@v1" and len(lines) >= 3 and
             lines[1].startswith("extra ") and lines[2].startswith("index "),
             "receipt: not a tlog-proof with what leads to the leaf")
        try:
            extra = from_base64(lines[1][6:])
            path = [from_base64(line) for line in lines[3:]]
            need(extra[0] == 1, "receipt: another version")
            node, (seq,) = extra[1:17], struct.unpack_from(">Q", extra, 17)
            head, at = extra[25:57], 57
            event, at = cls._block(extra, at)
            count, = struct.unpack_from(">H", extra, at)
            at += 2
            behind = [extra[at + 32 * i:at + 32 * i + 32]
                      for i in range(count)]
            leaf, at = cls._block(extra, at + 32 * count)
            need(at == len(extra), "receipt: more than its parts")
            index = int(lines[2][6:])
        except (ValueError, IndexError, struct.error) as why:
            raise Fault(f"receipt: {why}") from why
        return cls(node, seq, head, event, behind, leaf, index, path,
                   checkpoint)

    @staticmethod
    def _block(raw, at):
        length, = struct.unpack_from(">H", raw, at)
        need(at + 2 + length <= len(raw), "receipt: cut short")
        return raw[at + 2:at + 2 + length], at + 2 + length


def main():
    proto_dir, directory, *receipts = sys.argv[1:]
    try:
        log = Log(directory, load_events(proto_dir))
        print(f"{log.head.origin}: {log.head.size} entries, {log.tiles} "
              f"tiles, {len(log.nodes)} nodes, {log.stamps} stamps, "
              f"{log.blobs} blobs")
        for path in receipts:
            node, seq, index, size = log.check_receipt(
                pathlib.Path(path).read_bytes())
            print(f"{path}: node {node.hex()} seq {seq}, entry {index} of "
                  f"{size}")
    except Fault as fault:
        print(f"verifier: {fault}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
