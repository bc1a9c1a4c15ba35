# SPDX-License-Identifier: Apache-2.0
"""Records of a node that never had a link, not even to join: carried to the
region in a file, its receipts carried back, they are diterima there. A lost
stick tells nothing; the same bundle twice counts once; the live link and
bundles mix; a bundle that leaves a gap waits until it is filled; hostile files
are refused in a sentence."""
import json
import random
import shutil

import bundle
import checks
import hostile
from region import BIN, Failed, local_ms, run, seq_range, wait_for

NOW = local_ms("2023-11-13 08:00", "WITA")
CAMPAIGN = "NETRAL2024"


def record(region, wilayah, unit):
    out = region.collector(
        wilayah, "pledge", "--campaign", CAMPAIGN, "--act", "pakta",
        "--form", "APEL", "--made", "2023-11-13 07:00", "--template", "T",
        "--unit", f"{unit},head", "--yes").stdout
    return seq_range(out)[1]


def states(region, wilayah):
    lines = region.collector(wilayah, "list", "--json").stdout.splitlines()
    return [json.loads(line)["state"] for line in lines]


def mark(region, wilayah):
    return max(n.get("mark", 0) for n in region.state()["nodes"]
               if n["wilayah"] == wilayah)


def hold(what, found, wanted):
    if found != wanted:
        raise Failed(f"{what}: {found!r}, wanted {wanted!r}")
    print(f"{what}: {found}")


def refused(region, what, *words):
    """A command that fails in one sentence of each language."""
    done = words[0](*words[1:], check=False)
    lines = done.stderr.strip().splitlines()
    if done.returncode == 0 or not 1 <= len(lines) <= 2:
        raise Failed(f"{what}: exit {done.returncode}\n{done.stderr}")
    print(f"{what}: {lines[0]}")
    return done.stderr


def join_by_file(region, wilayah):
    """Not even the invitation is answered over a link."""
    letter = region.dir / "permohonan"
    directory = region.dir / "nodes" / wilayah
    directory.parent.mkdir(exist_ok=True)
    region.nodes[wilayah] = directory
    code = region.admin("node", "invite", wilayah).stdout.split("\n")[-2]
    run(BIN / "ikrar-collector", "join", code, "--request", letter, "--dir",
        directory)
    region.admin("node", "enrol", letter)
    run(BIN / "ikrar-collector", "join", "--answer",
        letter.with_name("permohonan.jawaban"), "--dir", directory)


def never_linked(region):
    """Must show 6."""
    wilayah = "73.71.01"
    join_by_file(region, wilayah)
    for unit in (checks.UNITS[wilayah], "KEL-73.71.01.1004",
                 "KEL-73.71.01.9999"):
        record(region, wilayah, unit)
    there, back = region.dir / "there", region.dir / "back"
    region.collector(wilayah, "export", there)
    tells_nothing(there, wilayah)
    hold("carried out", states(region, wilayah), ["tersimpan"] * 3)
    region.admin("import", there, "--receipt", back)
    hold("the region's mark", mark(region, wilayah), 3)
    hold("before the receipts are back", states(region, wilayah),
         ["tersimpan"] * 3)
    tells_nothing(back, wilayah)
    region.collector(wilayah, "import", back)
    hold("with the receipts", states(region, wilayah),
         ["diterima", "diterima", "ditolak"])
    for seq in (1, 2, 3):
        region.collector(wilayah, "receipt", str(seq))
    status = region.collector_status(wilayah)
    hold("roster and campaigns came along", [
        status["roster_version"], status["campaign_version"]], [1, 1])
    if "KEL-73.71.01.1004" not in region.collector(wilayah, "units").stdout:
        raise Failed("units of this kecamatan are missing")
    out = region.collector(wilayah, "export", region.dir / "none").stdout
    hold("nothing is left to carry", "Semua" in out, True)
    return wilayah, there


def tells_nothing(path, wilayah):
    raw = path.read_bytes()
    for word in (b"KEL-73", b"IKRAR-4", CAMPAIGN.encode(), wilayah.encode()):
        if word in raw[128:]:
            raise Failed(f"{path.name} holds {word} in clear")
    if (len(raw) - 128) % (bundle.CHUNK + 17):
        raise Failed(f"{path.name}: its length tells more than its pushes")


def again(region, wilayah, there):
    """The same bundle counts once; its receipts can always be had anew."""
    size = region.state()["size"]
    back = region.dir / "back-again"
    region.admin("import", there, "--receipt", back)
    hold("entries after the same bundle again", region.state()["size"], size)
    region.collector(wilayah, "import", back)
    region.collector(wilayah, "import", region.dir / "back")
    hold("after all receipts again", states(region, wilayah),
         ["diterima", "diterima", "ditolak"])


def with_the_link(region, wilayah):
    """A bundle, then the live link, then the bundle that the link overtook."""
    first = record(region, wilayah, checks.UNITS[wilayah])
    there = region.dir / "overtaken"
    region.collector(wilayah, "export", there)
    region.start_collector(wilayah)
    wait_for("the live link's receipt", lambda: region.collector_status(
        wilayah)["receipted_seq"] >= first)
    last = record(region, wilayah, checks.UNITS[wilayah])
    wait_for("another receipt", lambda: region.collector_status(
        wilayah)["receipted_seq"] >= last)
    size = region.state()["size"]
    back = region.dir / "back-overtaken"
    region.admin("import", there, "--receipt", back)
    hold("entries after the overtaken bundle", region.state()["size"], size)
    region.collector(wilayah, "import", back)
    status = region.collector_status(wilayah)
    hold("halted", status.get("halted") or None, None)
    last = record(region, wilayah, checks.UNITS[wilayah])
    wait_for("the link to go on", lambda: region.collector_status(
        wilayah)["receipted_seq"] >= last)


def cut_while_it_lies_about(region, wilayah):
    """Records of a cut link go by bundle while the daemon still runs."""
    region.set_link(wilayah, False)
    last = record(region, wilayah, checks.UNITS[wilayah])
    there, back = region.dir / "cut", region.dir / "back-cut"
    region.collector(wilayah, "export", there)
    region.admin("import", there, "--receipt", back)
    region.collector(wilayah, "import", back)
    hold("receipted without the link", region.collector_status(
        wilayah)["receipted_seq"], last)
    region.set_link(wilayah, True)
    last = record(region, wilayah, checks.UNITS[wilayah])
    wait_for("the mended link's receipt", lambda: region.collector_status(
        wilayah)["receipted_seq"] >= last)
    pledges = [e for e in region.log() if e["kind"] == "PledgeMade" and
               e["wilayah"] == wilayah]
    seqs = [e["seq"] for e in pledges]
    hold("each once, in order", seqs == sorted(set(seqs)), True)


def gap(region):
    """Written by another implementation: rows 3 and 4 come before 1 and 2."""
    node = hostile.enrol(region, "73.71.02")
    early = [bundle.rows(node, pledges(node, 1)) for _ in range(2)]
    late = [bundle.rows(node, pledges(node, 2))]
    files, linked = {}, node.linked
    for name, pushes in (("late", late), ("early", early)):
        files[name] = region.dir / f"{name}.bundel"
        files[name].write_bytes(bundle.make(node, pushes))
    back = region.dir / "back-early"
    refused(region, "a gap", region.admin, "import", files["late"])
    waiting = region.state()["parked"]
    hold("parked", [(p["first"], p["last"], p["have"]) for p in waiting],
         [(3, 4, 0)])
    region.admin("import", "--parked")
    hold("still parked", len(region.state()["parked"]), 1)
    region.admin("import", files["early"], "--receipt", back)
    hold("no longer parked", region.state()["parked"], [])
    found = bundle.answers(node, back.read_bytes())
    hold("receipts in one file", [r.have for r in found], [1, 2, 4])
    for receipt in found:
        node.see(receipt)
    hold("each continues the head before", node.linked - linked, 3)
    hold("the chain's head", found[-1].head, node.head)
    return node


def pledges(node, count):
    """Packed events; bundle.rows gives them their places in the chain."""
    made = []
    for i in range(count):
        event = node.pledge("KEL-73.71.02.1003", CAMPAIGN, NOW)
        event.seq = node.seq + 1 + i
        made.append(event.SerializeToString(deterministic=True))
    return made


def hostile_files(region, node):
    chance = random.Random(checks.SEED)
    path = region.dir / "hostile"
    push = bundle.rows(node, pledges(node, 1))
    good = bundle.make(node, [push])
    size = region.state()["size"]
    flipped = bytearray(good)
    flipped[chance.randrange(128, len(good))] ^= 1
    stranger = hostile.Node(hostile.ROOT / "proto")
    stranger.server_z85, stranger.size = node.server_z85, 0
    stranger.region = node.region
    for what, raw in (
            ("empty", b""), ("text", b"ikrar\n" * 100),
            ("half a front", good[:100]), ("only a front", good[:128]),
            ("cut", good[:-1]), ("cut at a chunk", good[:-66577]),
            ("one bit", bytes(flipped)), ("more behind", good + b"x"),
            ("chunks twice", good + good[128:]),
            ("without its end", bundle.make(node, [push], end=[
                bundle.record(bundle.PUSH, push[2], push[3])])),
            ("for another region", bundle.make(
                node, [push], server_key=node.link_key)),
            ("in another's name", bundle.make(
                node, [push], signer=stranger.sign)),
            ("of nobody known", bundle.make(
                stranger, [bundle.rows(stranger, pledges(stranger, 1))]))):
        path.write_bytes(raw)
        refused(region, what, region.admin, "import", path)
    refused(region, "no such file", region.admin, "import",
            region.dir / "nothing")
    refused(region, "a device", region.admin, "import", "/dev/zero")
    refused(region, "a directory", region.admin, "import", region.dir)
    hold("entries after hostile files", region.state()["size"], size)
    faults = [e for e in region.log() if e["kind"] == "NodeFaulted"]
    hold("nobody was blamed", len(faults), 0)
    return good


def hostile_answers(region, wilayah):
    """Only the region can have written receipts, and only for this node."""
    path = region.dir / "hostile-back"
    back = (region.dir / "back-cut").read_bytes()
    before = region.collector_status(wilayah)
    for what, raw in (
            ("cut", back[:-1]), ("changed", back[:5000] + b"?" + back[5001:]),
            ("a bundle", (region.dir / "cut").read_bytes()),
            ("another node's", (region.dir / "back-early").read_bytes()),
            ("empty", b"")):
        path.write_bytes(raw)
        refused(region, f"receipts, {what}", lambda *w, check: (
            region.collector(wilayah, *w, check=check)), "import", path)
    after = region.collector_status(wilayah)
    hold("receipted as before", after["receipted_seq"],
         before["receipted_seq"])


def revoked(region, node, good):
    """Exactly the checks of a push; the refusal goes back too."""
    path, back = region.dir / "revoked", region.dir / "back-revoked"
    path.write_bytes(good)
    region.admin("node", "revoke", node.id.hex(), "--reason", "HILANG")
    told = refused(region, "a revoked node", region.admin, "import", path,
                   "--receipt", back)
    hold("its word", "(revoked)" in told, True)
    found = bundle.answers(node, back.read_bytes())
    hold("its way back", [r.word for r in found], ["revoked"])


def parked_of_a_revoked_node(region):
    """What waits for rows that will never come is told, and goes."""
    node = hostile.enrol(region, "73.71.02")
    early = [bundle.rows(node, pledges(node, 1)) for _ in range(2)]
    path = region.dir / "never.bundel"
    path.write_bytes(bundle.make(node, early[1:]))
    refused(region, "a gap again", region.admin, "import", path)
    hold("it waits", len(region.state()["parked"]), 1)
    region.admin("node", "revoke", node.id.hex(), "--reason", "HILANG")
    said = region.admin("state").stdout
    hold("state tells why", "simpul dicabut/revoked; dihapus" in said, True)
    told = refused(region, "of a revoked node", region.admin, "import",
                   "--parked")
    hold("told that it goes", "dihapus: simpulnya dicabut" in told, True)
    hold("it waits no more", region.state()["parked"], [])
    hold("nor in the directory", list(
        (region.dir / "region/parked").iterdir()), [])


def refused_at_the_clerk(region):
    """A refusal that comes back is told, and changes nothing."""
    wilayah = "73.71.03"
    there, back = region.dir / "there-03", region.dir / "back-03"
    region.join(wilayah)
    record(region, wilayah, checks.UNITS[wilayah])
    region.collector(wilayah, "export", there)
    node, = (n["id"] for n in region.state()["nodes"]
             if n["wilayah"] == wilayah)
    region.admin("node", "revoke", node, "--reason", "HILANG")
    refused(region, "revoked", region.admin, "import", there, "--receipt",
            back)
    told = refused(region, "told to the clerk", lambda *w, check: (
        region.collector(wilayah, *w, check=check)), "import", back)
    hold("its word at the clerk", "(revoked)" in told, True)
    hold("its record", states(region, wilayah), ["tersimpan"])


def filled_by_the_link(region):
    """What was parked is ready once its node's link has filled the gap."""
    node = hostile.enrol(region, "73.71.02")
    early = pledges(node, 1)
    push = bundle.rows(node, early)
    path = region.dir / "later.bundel"
    path.write_bytes(bundle.make(node, [bundle.rows(node, pledges(node, 1))]))
    refused(region, "another gap", region.admin, "import", path)
    say = node.wire.ToRegion()
    say.ParseFromString(push[2])
    node.link.say(say, push[3])
    node.see(node.link.hear(node.wire, "receipt"))
    said = run(BIN / "ikrar-aggregator", "state", "--dir",
               region.dir / "region", *region._clock()).stdout
    hold("state tells that it is ready", "siap/ready" in said, True)
    back = region.dir / "back-parked"
    region.admin("import", "--parked", "--receipt", back)
    found = bundle.answers(node, back.read_bytes())
    hold("receipts of what was parked", [r.have for r in found], [2])
    hold("nothing waits", region.state()["parked"], [])


def carry(region, wilayah, name):
    """There and back; what the clerk is told."""
    there, back = region.dir / f"{name}.there", region.dir / f"{name}.back"
    region.collector(wilayah, "export", there)
    region.admin("import", there, "--receipt", back, check=False)
    return region.collector(wilayah, "import", back, check=False).stdout


def recovered(region):
    """A bundle-only node after the region came back from an older backup: its
    lost record is in the log again, without any link."""
    wilayah, unit = "73.71.04", "KEL-73.71.04.1001"
    store, backup = region.dir / "region/store", region.dir / "backup"
    quiet, its_unit = "73.71.05", "KEL-73.71.05.1001"
    for one, place in ((wilayah, unit), (quiet, its_unit)):
        region.join(one)
        record(region, one, place)
        carry(region, one, f"before-{one}")
    region.daemons["aggregator"].stop()
    shutil.copytree(store, backup)
    region.start_aggregator()
    record(region, wilayah, unit)
    carry(region, wilayah, "lost")
    hold("receipted", states(region, wilayah), ["diterima"] * 2)
    late, late_unit = "73.71.06", "KEL-73.71.06.1001"
    region.join(late)
    record(region, late, late_unit)
    carry(region, late, "late")
    hold("receipted after the backup", states(region, late), ["diterima"])
    region.daemons["aggregator"].stop()
    shutil.rmtree(store)
    shutil.copytree(backup, store)
    region.admin("recover")
    region.start_aggregator()
    record(region, wilayah, unit)
    told = carry(region, wilayah, "asks")
    hold("asks for the proof", "meminta buktinya" in told, True)
    told = carry(region, wilayah, "shown")
    hold("tells of the recovery", "dipulihkan" in told, True)
    hold("what lost its receipt", states(region, wilayah),
         ["diterima", "tersimpan", "tersimpan"])
    carry(region, wilayah, "after")
    hold("receipted again", states(region, wilayah), ["diterima"] * 3)
    node, = (n["id"] for n in region.state()["nodes"]
             if n["wilayah"] == wilayah)
    seqs = [e["seq"] for e in region.log() if e.get("node") == node and
            e["kind"] == "PledgeMade"]
    hold("in the log once each", seqs, [1, 2, 3])
    hold("nothing waits any more", region.state()["parked"], [])
    record(region, quiet, its_unit)
    told = carry(region, quiet, "quiet")
    hold("one that had seen nothing of what is lost is told at once",
         ("dipulihkan" in told, states(region, quiet)),
         (True, ["diterima"] * 2))
    region.collector(quiet, "import", region.dir / "quiet.back")
    forgotten(region, late)


def forgotten(region, wilayah):
    """It joined after the backup and has no link: what it says by file is not
    known, and by file it joins again, under its own keys."""
    there = region.dir / "unknown.there"
    record(region, wilayah, "KEL-73.71.06.1001")
    region.collector(wilayah, "export", there)
    told = refused(region, "of a forgotten node", region.admin, "import",
                   there)
    hold("told so", "tidak terdaftar" in told, True)
    code = region.admin("node", "invite", wilayah).stdout.split("\n")[
        -2].strip()
    letter = region.dir / "lagi"
    region.collector(wilayah, "join", code, "--request", letter)
    region.admin("node", "enrol", letter)
    region.collector(wilayah, "join", "--answer",
                     letter.with_name("lagi.jawaban"))
    for n in range(3):
        carry(region, wilayah, f"again-{n}")
    hold("received again", states(region, wilayah), ["diterima"] * 2)
    node, = (n["id"] for n in region.state()["nodes"]
             if n["wilayah"] == wilayah)
    seqs = [e["seq"] for e in region.log() if e.get("node") == node and
            e["kind"] == "PledgeMade"]
    hold("in the log once, under their old numbers", seqs, [1, 2])


def stopped(region):
    region.daemons["aggregator"].stop()
    refused(region, "no region runs", region.admin, "import",
            region.dir / "there")
    region.start_aggregator()


def main():
    print(f"seed: {checks.SEED}")
    with checks.region("makassar-2023", "2023-11-13 08:00") as region:
        wilayah, there = never_linked(region)
        again(region, wilayah, there)
        with_the_link(region, wilayah)
        cut_while_it_lies_about(region, wilayah)
        node = gap(region)
        good = hostile_files(region, node)
        hostile_answers(region, wilayah)
        filled_by_the_link(region)
        revoked(region, node, good)
        parked_of_a_revoked_node(region)
        refused_at_the_clerk(region)
        stopped(region)
        recovered(region)


checks.main(main)
