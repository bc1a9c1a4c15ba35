# SPDX-License-Identifier: Apache-2.0
"""Peers that mean harm, each a function that tries one thing: strangers,
nodes that were revoked, and enrolled nodes that push what they may not."""
import struct
import time

import zmq

from client import Code, Link, Node
from region import ROOT, Failed


def unenrolled(region, node):
    """A CURVE key that nobody enrolled: no answer."""
    public, secret = zmq.curve_keypair()
    link = Link(node.region.endpoints[0].address, node.server_z85, public,
                secret)
    say_hello(node, link)
    return silent(link)


def plain(region, node):
    """No CURVE at all."""
    socket = zmq.Context.instance().socket(zmq.DEALER)
    socket.linger = 0
    socket.connect(node.region.endpoints[0].address)
    socket.send(b"\x0a\x00")
    heard = socket.poll(500)
    socket.close()
    return not heard


def say_hello(node, link):
    say = node.wire.ToRegion()
    say.hello.protocol_min = say.hello.protocol_max = 1
    say.hello.node = node.id
    link.say(say)


def silent(link):
    heard = link.socket.poll(500)
    link.socket.close()
    return not heard


def raw(node, *frames):
    """Any frames on the node's own link; the next refusal or receipt."""
    node.link.socket.send_multipart(frames)
    return node.link.hear(node.wire, "refusal", "receipt")


def header(node, count, stamp=bytes(96), first=None):
    say = node.wire.ToRegion()
    say.push.node, say.push.count = node.id, count
    say.push.first_seq = first or node.seq + 1
    say.push.stamp = stamp
    return say.SerializeToString()


def framed(*events):
    return b"".join(struct.pack(">H", len(e)) + e for e in events)


def good(node, unit, now_ms, campaign):
    return node.pledge(unit, campaign, now_ms).SerializeToString(
        deterministic=True)


def truncated(node, event):
    return raw(node, header(node, 1), framed(event)[:-7]).word


def too_large(node, event):
    return raw(node, header(node, 1), framed(event) + bytes(62000)).word


def too_many(node, event):
    return raw(node, header(node, 201), framed(*[event] * 150)).word


def bad_signature(node, event):
    return raw(node, header(node, 1), framed(event)).word


def gap(node, event):
    return raw(node, header(node, 1, first=node.seq + 5), framed(event)).word


def three_frames(node, event):
    """Dropped without an answer: the link still works afterwards."""
    node.link.socket.send_multipart([header(node, 1), b"", b"more"])
    node.hello()
    return "malformed"


def garbage(node, event):
    node.link.socket.send_multipart([b"\xff\xff\xff\xff\xff"])
    answer = node.link.hear(node.wire, "refusal", "welcome")
    return answer.word


def consumed(node, event):
    """A push that is chained and stamped rightly but whose event is not
    taken: the word of the receipt's row."""
    answer = node.push(event)
    if not hasattr(answer, "refused") or len(answer.refused) != 1:
        raise Failed(f"not refused by a row: {answer}")
    node.see(answer)
    return answer.refused[0].word


def non_canonical(node, event):
    return consumed(node, event + b"\xf8\x07\x01")  # field 127


def default_written(node, event):
    """Field 7 once more as zero: a default value, and out of order."""
    return consumed(node, event + b"\x38\x00")


def oversize(node, event):
    return consumed(node, event + bytes(5000))


def fork(node, event):
    """The same number again with other bytes."""
    node.seq -= 1
    kept = node.head
    answer = node.push(event)
    node.head = kept
    return answer.word


def flood(node, now_ms, campaign, unit, seconds):
    """Bad messages as fast as they are answered; their number."""
    end, sent = time.monotonic() + seconds, 0
    event = good(node, unit, now_ms, campaign)
    while time.monotonic() < end:
        for attack in (truncated, too_large, bad_signature, gap, garbage):
            attack(node, event)
            sent += 1
        non_canonical(node, good(node, unit, now_ms, campaign))
        sent += 1
    return sent


def enrol(region, wilayah):
    node = Node(ROOT / "proto")
    node.join(Code(region.admin("node", "invite", wilayah).stdout.split(
        "\n")[-2]))
    node.connect()
    node.hello()
    return node
