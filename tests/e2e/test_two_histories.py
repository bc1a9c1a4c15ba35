# SPDX-License-Identifier: Apache-2.0
"""An admin with root and the log key deletes, edits, reorders or restores, and
lets the region run on until its log is larger than before: every node whose
kept head covers the change halts at its next contact and says so, and no other
node does. Whoever forgets the head file does not get that far."""
import shutil
import types

import checks
import forge
import lmdb_store
import verifier
from region import BIN, ROOT, Failed, run, wait_for

# Who has seen what before the change; the third was away since before.
ALERT, AWAY = ("73.71.01", "73.71.03"), "73.71.02"
WORD = "diverged"


def status(region, wilayah):
    return region.collector_status(wilayah)


def prepare(region):
    """Three nodes that know the log, one of them then away; a notifier."""
    region.join(region.wilayah, "notifier")
    for wilayah in (*ALERT, AWAY):
        checks.join_clerk(region, wilayah)
        checks.record_receipted(region, wilayah)
    region.set_link(AWAY, False)
    region.daemons[AWAY].stop()
    del region.daemons[AWAY]
    size = status(region, AWAY)["seen_size"]
    stop(region)
    shutil.copytree(region.dir / "region", region.dir / "backup")
    region.start_aggregator()
    for wilayah in ALERT:
        region.set_link(wilayah, True)
        checks.record_receipted(region, wilayah)
        checks.record_receipted(region, wilayah)
    start_notifier(region)
    return size


def start_notifier(region):
    """It reads the whole log, so its head covers everything."""
    contacts = region.dir / "contacts.yaml"
    contacts.write_text("contacts:\n  - {seat: wali-kota, channel: mail, "
                        "mail: wali@example.org}\n")
    contacts.chmod(0o600)
    region.start_notifier(contacts, types.SimpleNamespace(smtp=9))
    size = len(region.log())
    ledger = region.nodes["notifier"] / "ledger/data.mdb"
    wait_for("the notifier", lambda: "ready" in region.daemons[
        "notifier"].log.read_text() and ledger.exists())
    wait_for("the notifier to read the log", lambda: region.notifier_status()[
        "next"] >= size)


def stop(region):
    for wilayah in ALERT:
        region.set_link(wilayah, False)
    if "notifier" in region.daemons:
        region.daemons["notifier"].stop()
    code = region.daemons.pop("aggregator").stop()
    assert code == 0, code


def outgrow(region, size):
    """Other events, until the log is larger than what anybody has seen."""
    while len(region.log()) <= size:
        region.admin("node", "invite", "73.71.04")


def start_refused(region, what):
    """The aggregator does not start on this, and says why in its log."""
    ports = (f"tcp://127.0.0.1:{region.region_port}",
             f"tcp://127.0.0.1:{region.join_port}")
    done = run(BIN / "ikrar-aggregator", "run", "--dir",
               region.dir / "region", "--listen", ports[0], "--join-listen",
               ports[1], *region._clock(), check=False)
    if done.returncode == 0 or "head-contradicts-store" not in done.stderr:
        raise Failed(f"{what}: started\n{done.stdout}{done.stderr}")
    print(f"{what}: the head file contradicts it; no start")


def hold_evidence_can_be_handed_over(region, wilayah, what):
    """In one text: the refused head and one that the node had verified, both
    signed under the log's name."""
    text = region.collector(wilayah, "evidence").stdout
    notes = text.split("-----\n")[1::2]
    if len(notes) < 2 or len(set(notes)) < 2 or not all(
            note.startswith("ikrar/") and "\n\n\u2014 ikrar/" in note
            for note in notes):
        raise Failed(f"{what}: no two signed heads in the evidence:\n{text}")


def hold_halted(region, what):
    """Both halt at their next contact and keep the head that contradicts; the
    third takes the log as it is."""
    for wilayah in ALERT:
        region.set_link(wilayah, True)
        wait_for(f"{what}: {wilayah} to halt", lambda w=wilayah: status(
            region, w)["halted"] == WORD)
        if not status(region, wilayah)["evidence"]:
            raise Failed(f"{what}: {wilayah} keeps no evidence")
        text = region.collector(wilayah, "status", check=False).stdout
        if "BERHENTI" not in text:
            raise Failed(f"{what}: status does not say so:\n{text}")
        hold_evidence_can_be_handed_over(region, wilayah, what)
    region.daemons["notifier"].start()
    wait_for(f"{what}: the notifier to halt", lambda: region.notifier_status()[
        "halted"] == WORD)
    hold_records_go_on(region)
    region.relays[AWAY].set_up(True)
    region.start_collector(AWAY)
    last = checks.record(region, AWAY)
    wait_for(f"{what}: {AWAY} to be receipted", lambda: status(
        region, AWAY)["receipted_seq"] >= last)
    assert not status(region, AWAY)["halted"]
    for wilayah in ALERT:
        assert status(region, wilayah)["halted"] == WORD
    print(f"{what}: {', '.join(ALERT)}, notifier halt ({WORD}); {AWAY}, "
          "which had seen less, goes on")


def hold_stopped(region, what):
    """Nobody is harmed while the log is still shorter: the region hears of it
    from the first node that shows the head it has, and logs no more."""
    region.set_link(ALERT[0], True)
    wait_for(f"{what}: the region to find out", lambda: region.state()[
        "standing"]["word"] == "rollback")
    size = region.state()["size"]
    region.relays[AWAY].set_up(True)
    region.start_collector(AWAY)
    checks.record(region, AWAY)
    for wilayah in (*ALERT, AWAY):
        if wilayah in ALERT[1:]:
            region.set_link(wilayah, True)
        wait_for(f"{what}: {wilayah} to be told", lambda w=wilayah: status(
            region, w)["halted"] == "rollback")
    assert region.state()["size"] == size, "something was logged"
    hold_records_go_on(region)
    print(f"{what}: the region stops (rollback); all nodes wait")


def hold_records_go_on(region):
    """A halted node still takes what the clerk enters."""
    before = status(region, ALERT[0])["last_seq"]
    assert checks.record(region, ALERT[0]) > before


def restore_all(region, events):
    """The whole directory of an older backup, head file and keys with it."""
    shutil.rmtree(region.dir / "region")
    shutil.copytree(region.dir / "backup", region.dir / "region")


def restore_and_run(region, events):
    """The same, and the log is still shorter when the nodes come."""
    restore_all(region, events)


def restore_store(region, events):
    """The store alone; the head file would tell, so it goes too."""
    shutil.rmtree(region.dir / "region/store")
    shutil.copytree(region.dir / "backup/store", region.dir / "region/store")
    start_refused(region, "an older store")
    (region.dir / "region/head").unlink()


def rewritten(change, what):
    def play(region, events):
        lmdb_store.rewrite(region.dir / "region/store", events,
                           lambda leaves: change(leaves, events))
        start_refused(region, what)
        (region.dir / "region/head").unlink()
    play.__doc__ = what
    return play


def last_pledges(leaves, events):
    """Indices of pledges, oldest first."""
    return [n for n, leaf in enumerate(leaves)
            if events.Event.FromString(
                forge.open_leaf(leaf)[2]).WhichOneof("body") ==
            "pledge_made"]


def delete(leaves, events):
    at = last_pledges(leaves, events)[-3]
    return leaves[:at] + leaves[at + 1:]


def edit(leaves, events):
    """The oldest of the last four was made a day earlier."""
    at = last_pledges(leaves, events)[-4]
    author, received, raw, stamp = forge.open_leaf(leaves[at])
    event = events.Event.FromString(raw)
    event.pledge_made.made_at_ms -= 24 * 3600 * 1000
    changed = forge.pack_leaf(
        author, received, event.SerializeToString(deterministic=True), stamp)
    return leaves[:at] + [changed] + leaves[at + 1:]


def reorder(leaves, events):
    first, second = last_pledges(leaves, events)[-4:-2]
    other = list(leaves)
    other[first], other[second] = leaves[second], leaves[first]
    return other


CASES = {
    "restored whole": restore_all,
    "restored whole, not yet larger": restore_and_run,
    "restored store": restore_store,
    "deleted": rewritten(delete, "an entry deleted"),
    "edited": rewritten(edit, "an entry edited"),
    "reordered": rewritten(reorder, "two entries exchanged"),
}


def play(what, change, events):
    with checks.region("makassar-2023", "2023-11-13 08:00") as region:
        before = prepare(region)
        size = max(status(region, wilayah)["seen_size"] for wilayah in ALERT)
        assert before < size
        receipt = checks.receipt_of(region, 2, ALERT[0])
        run(BIN / "ikrar", "verify", region.export("honest"), receipt)
        stop(region)
        change(region, events)
        region.start_aggregator()
        if change is restore_and_run:
            hold_stopped(region, what)
        else:
            outgrow(region, size)
            hold_halted(region, what)
        done = run(BIN / "ikrar", "verify", region.export("log"), receipt,
                   check=False)
        if done.returncode != 1:
            raise Failed(f"{what}: the export passes:\n{done.stdout}")
        print(f"{what}: the export with a clerk's receipt: "
              f"{done.stdout.splitlines()[0]}")


def main():
    events = verifier.load_events(ROOT / "proto")
    for what, change in CASES.items():
        play(what, change, events)


checks.main(main)
