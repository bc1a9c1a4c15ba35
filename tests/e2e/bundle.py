# SPDX-License-Identifier: Apache-2.0
"""Hand-carried files, written and read from docs/protocol.md alone, for the
node of client.py. Uses PyNaCl."""
import os
import struct

import nacl.bindings as sodium
from zmq.utils import z85

from client import sha

CHUNK = 66560
FRONT, PUSH, ANSWER, SLICE, END = 1, 2, 3, 4, 5


def record(kind, head=b"", body=b""):
    plain = (struct.pack(">BBI", kind, 0, len(head)) + head +
             struct.pack(">I", len(body)) + body)
    return plain.ljust(CHUNK, b"\0")


def unrecord(plain):
    kind, _, length = struct.unpack_from(">BBI", plain)
    size, = struct.unpack_from(">I", plain, 6 + length)
    return kind, plain[6:6 + length], plain[10 + length:10 + length + size]


def stream_of(header, key):
    """libsodium's init_pull sets up the state of a given header for either
    direction."""
    state = sodium.crypto_secretstream_xchacha20poly1305_state()
    sodium.crypto_secretstream_xchacha20poly1305_init_pull(state, header, key)
    return state


def seal(front, key, records):
    state = stream_of(front[104:], key)
    tags = [sodium.crypto_secretstream_xchacha20poly1305_TAG_MESSAGE] * (
        len(records) - 1)
    tags.append(sodium.crypto_secretstream_xchacha20poly1305_TAG_FINAL)
    return front + b"".join(
        sodium.crypto_secretstream_xchacha20poly1305_push(
            state, plain, front, tag)
        for plain, tag in zip(records, tags))


def rows(node, events):
    """Chains and stamps packed events as one push; its frames."""
    first = node.seq + 1
    for raw in events:
        node.seq += 1
        node.head = sha(b"ikrar/head/1\n", node.head,
                        sha(b"ikrar/event/1\n", raw))
    say = node.wire.ToRegion()
    say.push.node, say.push.first_seq = node.id, first
    say.push.count = len(events)
    say.push.stamp = node.root + node.sign.sign(
        b"ikrar/stamp/1\n" + node.id + struct.pack(">Q", node.seq) +
        node.head + node.root).signature
    body = b"".join(struct.pack(">H", len(raw)) + raw for raw in events)
    return first, node.seq, say.SerializeToString(), body


def make(node, pushes, signer=None, server_key=None, end=None):
    """The bytes of a bundle that holds these pushes and ends with `end`."""
    key = os.urandom(32)
    front = (b"ikrar/bundle/1\n".ljust(24, b"\0") +
             sodium.crypto_box_seal(
                 key, server_key or z85.decode(node.server_z85)) +
             os.urandom(24))
    told = (b"\x01" + node.id + struct.pack(
        ">8Q", 1, node.size, pushes[0][0], pushes[-1][1], 1, 0, 0, 0))
    signature = (signer or node.sign).sign(
        b"ikrar/bundle/1\n" + told + sha(b"ikrar/parcel/1\n", key)).signature
    return seal(front, key, [
        record(FRONT, told, signature),
        *(record(PUSH, head, body) for _, _, head, body in pushes),
        *(end or [record(END)])])


def answers(node, raw):
    """Receipts and refusals of a file that came back."""
    front, rest = raw[:128], raw[128:]
    assert front[:24] == b"ikrar/answers/1\n".ljust(24, b"\0")
    assert len(rest) % (CHUNK + 17) == 0
    key = sodium.crypto_box_open(
        front[48:96], front[24:48], z85.decode(node.server_z85),
        z85.decode(node.secret_z85))
    state = stream_of(front[104:], key)
    found = []
    for at in range(0, len(rest), CHUNK + 17):
        plain, tag = sodium.crypto_secretstream_xchacha20poly1305_pull(
            state, rest[at:at + CHUNK + 17], front)
        kind, head, _ = unrecord(plain)
        if kind == ANSWER:
            said = node.wire.FromRegion()
            said.ParseFromString(head)
            found.append(getattr(said, said.WhichOneof("say")))
    assert kind == END
    assert tag == sodium.crypto_secretstream_xchacha20poly1305_TAG_FINAL
    return found
