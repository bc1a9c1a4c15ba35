# SPDX-License-Identifier: Apache-2.0
"""Strangers and misbehaving nodes: each is refused with its word and counted,
while an honest collector beside them loses nothing."""
import checks
import hostile
from region import Failed, local_ms, seq_range, wait_for

CAMPAIGN = "NETRAL2024"
UNIT = "KEL-73.71.01.1004"
OTHER = "KEL-73.71.02.1003"
NOW = local_ms("2023-11-13 08:00", "WITA")


def hold(what, found, wanted):
    if found != wanted:
        raise Failed(f"{what}: {found!r}, wanted {wanted!r}")
    print(f"{what}: {found}")


def strangers(region, node):
    before = region.state()["counters"]
    assert hostile.unenrolled(region, node), "an unenrolled key was answered"
    assert hostile.plain(region, node), "a plain client was answered"
    after = wait_for("refused handshakes to be counted",
                     lambda: counted(region, before, "handshakes_refused", 1))
    print(f"handshakes refused: {after}")


def counted(region, before, name, least):
    more = region.state()["counters"].get(name, 0) - before.get(name, 0)
    return more if more >= least else 0


def batch_words(region, node):
    event = hostile.good(node, UNIT, NOW, CAMPAIGN)
    before = region.state()["counters"]
    for attack, word in ((hostile.truncated, "malformed"),
                         (hostile.too_large, "too_large"),
                         (hostile.too_many, "malformed"),
                         (hostile.bad_signature, "bad_signature"),
                         (hostile.gap, "gap"),
                         (hostile.garbage, "malformed")):
        hold(attack.__name__, attack(node, event), word)
        wait_for(f"{word} to be counted", lambda w=word: counted(
            region, before, f"reject_{w}", 1))
    hostile.three_frames(node, event)
    wait_for("three frames to be counted", lambda: counted(
        region, before, "malformed", 1))


def event_words(region, node):
    before = region.state()["counters"]
    for attack, unit, word in (
            (hostile.consumed, OTHER, "prefix"),
            (hostile.consumed, "KEL-TIDAK-ADA", "unknown_unit"),
            (hostile.non_canonical, UNIT, "non_canonical"),
            (hostile.default_written, UNIT, "non_canonical"),
            (hostile.oversize, UNIT, "oversize")):
        event = hostile.good(node, unit, NOW, CAMPAIGN)
        hold(f"{attack.__name__} {unit}", attack(node, event), word)
        wait_for(f"{word} to be counted", lambda w=word: counted(
            region, before, f"reject_{w}", 1))
    admin = node.event_pb.Event(
        version=1, node=node.id, seq=node.seq + 1, recorded_at_ms=NOW,
        wilayah=node.region.wilayah, seen_epoch=1, seen_size=node.size)
    admin.node_revoked.node, admin.node_revoked.reason = node.id, "HILANG"
    hold("an admin's event", hostile.consumed(
        node, admin.SerializeToString(deterministic=True)), "kind")
    refused = [e for e in region.log() if e["kind"] == "EventRefused"]
    hold("proven in the log", len(refused), 6)


def forked(region, node):
    answer = node.push(hostile.good(node, UNIT, NOW, CAMPAIGN))
    node.verify(answer)
    before = region.state()["counters"]
    hold("fork", hostile.fork(
        node, hostile.good(node, UNIT, NOW + 1, CAMPAIGN)), "fork")
    wait_for("fork to be counted", lambda: counted(
        region, before, "reject_fork", 1))
    faults = [e for e in region.log() if e["kind"] == "NodeFaulted"]
    assert any(e["body"]["word"] == "fork" for e in faults)


def revoked(region, node):
    region.admin("node", "revoke", node.id.hex(), "--reason", "HILANG")
    answer = node.push(hostile.good(node, UNIT, NOW, CAMPAIGN))
    hold("revoked", answer.word, "revoked")


def honest(region):
    """Records beside the attacks; all of them must be receipted."""
    region.join("73.71.03")
    region.start_collector("73.71.03")
    wait_for("the roster", lambda: region.collector_status("73.71.03")[
        "roster_version"])


def record(region):
    out = region.collector(
        "73.71.03", "pledge", "--campaign", CAMPAIGN, "--act", "pakta",
        "--form", "APEL", "--made", "2023-11-13 07:00", "--template", "T",
        "--unit", "KEL-73.71.03.1006,head", "--yes").stdout
    return seq_range(out)[1]


def main():
    with checks.region("makassar-2023", "2023-11-13 08:00") as region:
        honest(region)
        last = 0
        node = hostile.enrol(region, "73.71.01")
        for attack in (strangers,):
            attack(region, node)
            last = record(region)
        for attack in (batch_words, event_words, forked):
            attack(region, hostile.enrol(region, "73.71.01"))
            last = record(region)
        revoked(region, node)
        last = record(region)
        wait_for("all honest records to be receipted", lambda:
                 region.collector_status("73.71.03")["receipted_seq"] >= last)
        pledges = [e for e in region.log() if e["kind"] == "PledgeMade" and
                   e["wilayah"] == "73.71.03"]
        hold("honest pledges in the log", len(pledges), 5)


checks.main(main)
