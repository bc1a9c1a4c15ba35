# SPDX-License-Identifier: Apache-2.0
"""A node written from proto/ and docs/protocol.md alone.

Enrols with an invitation, pushes one pledge and verifies its receipt. Uses
pyzmq, protobuf and PyNaCl, and nothing of this tree but what protoc makes of
proto/: usage: client.py CODE UNIT CAMPAIGN MADE_AT_MS PROTO_DIR
"""
import base64
import hashlib
import os
import shutil
import struct
import subprocess
import sys
import tempfile
import threading
import time

import nacl.signing
import zmq
from zmq.utils import z85

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
DEADLINE_MS = 10000 * float(os.environ.get("IKRAR_SLOW", "1"))


def sha(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def load_messages(proto_dir):
    out = tempfile.mkdtemp(prefix="ikrar-client-")
    subprocess.run(["protoc", f"--python_out={out}", f"-I{proto_dir}",
                    "event.proto", "wire.proto"], check=True, timeout=60)
    sys.path.insert(0, out)
    try:
        import event_pb2
        import wire_pb2
    finally:
        sys.path.remove(out)
        shutil.rmtree(out)
    return event_pb2, wire_pb2


class Code:
    def __init__(self, text):
        text = text.strip().upper().replace(" ", "").replace("-", "")
        assert text.startswith("IKRAR1"), "not an invitation"
        text = text[6:].translate(str.maketrans("ILO", "110"))
        bits = "".join(f"{ALPHABET.index(c):05b}" for c in text)
        raw = bytes(int(bits[i:i + 8], 2)
                    for i in range(0, len(bits) // 8 * 8, 8))
        assert sha(b"ikrar/code/1\n", raw[:-4])[:4] == raw[-4:], "mistyped"
        assert raw[0] == 2
        self.secret = raw[1:17]
        self.kind, self.drill = raw[17], raw[18]
        self.expires_ms, = struct.unpack(">Q", raw[19:27])
        self.server_key = raw[27:59]
        self.recipients_pin = raw[59:75]
        self.wilayah, at = self._text(raw, 75)
        self.endpoints = []
        count, at = raw[at], at + 1
        for _ in range(count):
            plain = raw[at] & 0x80
            text, at = self._text(raw, at)
            self.endpoints.append(text if plain else "tcp://" + text)

    @staticmethod
    def _text(raw, at):
        length = raw[at] & 0x7f
        return raw[at + 1:at + 1 + length].decode(), at + 1 + length


class Link:
    def __init__(self, endpoint, server_key, public, secret):
        self.socket = zmq.Context.instance().socket(zmq.DEALER)
        self.socket.linger = 0
        self.socket.curve_serverkey = server_key
        self.socket.curve_publickey = public
        self.socket.curve_secretkey = secret
        self.socket.connect(endpoint)

    def say(self, message, *body):
        self.socket.send_multipart([message.SerializeToString(), *body])

    def ask(self, wire, message, *kinds):
        self.say(message)
        return self.hear(wire, *kinds)

    def hear(self, wire, *kinds):
        """The next answer of one of these kinds; others are passed over."""
        end = time.monotonic() + DEADLINE_MS / 1000
        while self.socket.poll(max(0, (end - time.monotonic()) * 1000)):
            answer = wire.FromRegion()
            answer.ParseFromString(self.socket.recv_multipart()[0])
            if answer.WhichOneof("say") in kinds:
                return getattr(answer, answer.WhichOneof("say"))
        raise SystemExit(f"no answer: {kinds}")


def open_checkpoint(text, origin, key):
    """C2SP tlog-checkpoint: (size, root) if the key's signature is valid."""
    note, signatures = text.rsplit("\n\n", 1)
    note += "\n"
    lines = note.split("\n")
    assert lines[0] == origin, lines[0]
    key_hash = sha(origin.encode(), b"\n\x01", key)[:4]
    for line in signatures.splitlines():
        dash, name, blob = line.split(" ")
        raw = base64.b64decode(blob, validate=True)
        if dash == "—" and name == origin and raw[:4] == key_hash:
            nacl.signing.VerifyKey(key).verify(note.encode(), raw[4:])
            return int(lines[1]), base64.b64decode(lines[2], validate=True)
    raise SystemExit("no signature by the log's key")


def root_of(leaf_hash, index, size, path):
    """RFC 9162, 2.1.3.2."""
    fn, sn, root = index, size - 1, leaf_hash
    for sibling in path:
        assert sn > 0
        if fn & 1 or fn == sn:
            root = sha(b"\x01", sibling, root)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            root = sha(b"\x01", root, sibling)
        fn, sn = fn >> 1, sn >> 1
    assert sn == 0
    return root


def is_consistent(path, first, second, first_root, second_root):
    """RFC 9162, 2.1.4.2; first is not 0."""
    if first == second:
        return not path and first_root == second_root
    if not path or first > second:
        return False
    if first & (first - 1) == 0:
        path = [first_root, *path]
    fn, sn = first - 1, second - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    fr = sr = path[0]
    for sibling in path[1:]:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            fr, sr = sha(b"\x01", sibling, fr), sha(b"\x01", sibling, sr)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            sr = sha(b"\x01", sr, sibling)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and fr == first_root and sr == second_root


def hashes(raw):
    return [raw[i:i + 32] for i in range(0, len(raw), 32)]


class Node:
    """Keys, chain and conversation of one node."""

    def __init__(self, proto_dir):
        self.event_pb, self.wire = load_messages(proto_dir)
        self.sign = nacl.signing.SigningKey.generate()
        self.sign_key = bytes(self.sign.verify_key)
        self.public_z85, self.secret_z85 = zmq.curve_keypair()
        self.link_key = z85.decode(self.public_z85)
        self.head = sha(b"ikrar/node/1\n", self.sign_key)
        self.id = self.head[:16]
        self.seq = 0
        self.size, self.root = 0, bytes(32)
        self.linked = 0  # heads that were proven to continue the one before

    def join(self, code):
        self.server_z85 = z85.encode(code.server_key)
        say = self.wire.ToRegion()
        say.join.code_sha256 = sha(code.secret)
        say.join.sign_key, say.join.link_key = self.sign_key, self.link_key
        say.join.proof = self.sign.sign(
            b"ikrar/join/1\n" + say.join.code_sha256 +
            self.link_key).signature
        say.join.software = "client.py"
        link = Link(code.endpoints[0], self.server_z85, self.public_z85,
                    self.secret_z85)
        answer = link.ask(self.wire, say, "joined", "refusal")
        while getattr(answer, "word", None) == "busy":  # many join at once
            threading.Event().wait(answer.retry_ms / 1000)
            answer = link.ask(self.wire, say, "joined", "refusal")
        assert not hasattr(answer, "word"), answer.word
        self.region = answer
        assert self.region.node == self.id
        assert self.region.wilayah == code.wilayah
        self.size, self.root = open_checkpoint(
            self.region.checkpoint, self.region.origin, self.region.log_key)

    def see(self, said):
        """A head, with the proof that it continues the one seen last. A head
        that was passed over (a Beat) leaves a gap, which a Hello would
        close."""
        size, root = open_checkpoint(said.checkpoint, self.region.origin,
                                     self.region.log_key)
        if said.from_size == self.size:
            assert is_consistent(hashes(said.consistency), self.size, size,
                                 self.root, root), "another history"
            self.linked += 1
        self.size, self.root = size, root

    def connect(self):
        self.link = Link(self.region.endpoints[0].address, self.server_z85,
                         self.public_z85, self.secret_z85)

    def hello(self):
        say = self.wire.ToRegion()
        say.hello.protocol_min = say.hello.protocol_max = 1
        say.hello.node, say.hello.software = self.id, "client.py"
        say.hello.last_seq = self.seq
        say.hello.seen_epoch, say.hello.seen_size = 1, self.size
        self.link.say(say)
        welcome = self.link.hear(self.wire, "welcome")
        self.see(welcome)
        return welcome

    def pledge(self, unit, campaign, made_at_ms):
        """The next event of this node, packed."""
        event = self.event_pb.Event(
            version=1, node=self.id, seq=self.seq + 1,
            recorded_at_ms=made_at_ms, wilayah=self.region.wilayah,
            seen_epoch=1, seen_size=self.size)
        pledge = event.pledge_made
        pledge.unit, pledge.campaign = unit, campaign
        pledge.ceremony = os.urandom(16)
        pledge.act = self.event_pb.ACT_PAKTA
        pledge.form, pledge.points = self.event_pb.FORM_MANDIRI, 15
        pledge.template = "IKRAR-4-POIN"
        pledge.template_sha256 = sha("empat poin".encode())
        pledge.made_at_ms, pledge.head_signed = made_at_ms, True
        return event

    def push(self, raw):
        """Chains, stamps and sends one packed event; returns the answer."""
        self.raw = raw
        self.seq += 1
        self.head = sha(b"ikrar/head/1\n", self.head,
                        sha(b"ikrar/event/1\n", raw))
        self.stamp = self.root + self.sign.sign(
            b"ikrar/stamp/1\n" + self.id + struct.pack(">Q", self.seq) +
            self.head + self.root).signature
        say = self.wire.ToRegion()
        say.push.node, say.push.first_seq = self.id, self.seq
        say.push.count, say.push.stamp = 1, self.stamp
        self.link.say(say, struct.pack(">H", len(raw)) + raw)
        return self.link.hear(self.wire, "receipt", "refusal")

    def verify(self, receipt):
        """The receipt covers the event that was pushed last, as taken."""
        assert receipt.have == self.seq and receipt.head == self.head
        assert not receipt.refused and not receipt.refusal_event
        self.see(receipt)
        leaf = (b"\x01\x01" + struct.pack(
            ">QH", receipt.received_at_ms, len(self.raw)) + self.raw +
            struct.pack(">B", len(self.stamp)) + self.stamp)
        assert root_of(sha(b"\0", leaf), receipt.index, self.size,
                       hashes(receipt.inclusion)) == self.root


def main():
    code, unit, campaign, made_at_ms, proto_dir = sys.argv[1:]
    node = Node(proto_dir)
    node.join(Code(code))
    node.connect()
    welcome = node.hello()
    assert welcome.have == 0 and welcome.head == node.head
    event = node.pledge(unit, campaign, int(made_at_ms))
    receipt = node.push(event.SerializeToString(deterministic=True))
    assert hasattr(receipt, "inclusion"), receipt
    node.verify(receipt)
    assert node.linked == 2, "Welcome and Receipt continue what was seen"
    print(f"receipt verified: seq 1 is entry {receipt.index} of {node.size}")


if __name__ == "__main__":
    main()
