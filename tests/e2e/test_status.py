# SPDX-License-Identifier: Apache-2.0
"""A clerk is told the truth in plain words: what became of each record, what
was refused and what can be done about it, what the region still lacks, why the
link is down, that the clock is wrong, that the disk is full. With FULL=1 also
the link on which nothing ever answers, which takes half a minute."""
import contextlib
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess

import checks
from checks import CLERK, UNITS, record, record_receipted
from region import BIN, DEADLINE, ROOT, Daemon, Failed, Region, local_ms, run, wait_for

MIB = 1 << 20
LINE_MAX = 80


@contextlib.contextmanager
def small_disk(path, mib):
    path.mkdir(parents=True)
    if subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={mib}m", "tmpfs",
                       path], capture_output=True).returncode != 0:
        print(f"skipped: no right to mount a tmpfs of {mib} MiB")
        yield None
        return
    try:
        yield path
    finally:
        subprocess.run(["umount", "-l", path], check=True)


def fill(disk, mib_left):
    """Leaves that much of the disk."""
    ballast = disk / "ballast"
    ballast.unlink(missing_ok=True)
    stat = os.statvfs(disk)
    with open(ballast, "wb") as out:
        out.write(b"\0" * (stat.f_bavail * stat.f_frsize - mib_left * MIB))


def words(region, *command, wilayah=CLERK, code=0):
    """What a command says, both streams; nothing runs past 80 columns but
    commands, which must not be broken."""
    done = region.collector(wilayah, *command, check=False)
    assert done.returncode == code, (command, done)
    return done.stdout + done.stderr


def plain(text):
    """Without the line breaks that the width made."""
    return re.sub(r"\s+", " ", text)


def expect(text, *wanted):
    for part in wanted:
        assert part in plain(text), f"no {part!r} in:\n{text}"


# ---- quarantine


def refused_record(region):
    """A clerk who has no roster yet may write anything."""
    out = words(region, "pledge", "--campaign", "NETRAL2024", "--act",
                "pakta", "--form", "APEL", "--made", "2023-11-13 07:00",
                "--template", "T", "--unit", "KEL-BARU,head", "--yes")
    return int(re.search(r"tersimpan (\d+)", out)[1])


def check_quarantine(region):
    seq = refused_record(region)
    wrong = refused_record(region)
    region.start_collector(CLERK)
    wait_for("the refusals", lambda: region.collector_status(CLERK)[
        "refused"] == 2)
    listed = json.loads(words(region, "quarantine", "list", "--json"))
    assert [row["seq"] for row in listed] == [seq, wrong]
    assert {row["word"] for row in listed} == {"unknown_unit"}
    assert listed[0]["quarantine"] == {"state": "open"}
    expect(words(region, "quarantine", "list"), "belum ditangani",
           "quarantine retry NOMOR")
    expect(words(region, "quarantine", "show", str(seq)),
           f"quarantine retry {seq}", f"quarantine drop {seq}")
    expect(words(region, "status"), "ditolak 2", "quarantine list")
    refuses_nonsense(region, seq)

    expect(words(region, "quarantine", "drop", str(wrong), "--reason",
                 "GANDA"), "tetap ada di sini")
    expect(words(region, "quarantine", "drop", str(wrong), "--reason",
                 "GANDA", code=1), "sudah ditangani")
    expect(words(region, "list"), "disisihkan / dropped")
    expect(words(region, "show", str(wrong)), "(GANDA)")

    # Without an answer nothing is stored; then the unit comes on the roster.
    expect(words(region, "quarantine", "retry", str(seq), code=1),
           "Yang akan disimpan", "KEL-BARU", "Tidak disimpan")
    roster = (ROOT / "data/scenes/makassar-2023/units.csv").read_text()
    more = region.dir / "more.csv"
    more.write_text(roster.rstrip("\n") +
                    f"\nKEL-BARU,Kelurahan Baru,KELURAHAN,{CLERK},,5,0,0\n")
    region.admin("unit", "import", more)
    out = words(region, "quarantine", "retry", str(seq), "--yes")
    again = int(re.search(r"tersimpan (\d+)", out)[1])
    wait_for("the receipt", lambda: region.collector_status(CLERK)[
        "receipted_seq"] >= again)
    status = region.collector_status(CLERK)
    assert status["refused"] == 2 and status["refused_open"] == 0, status
    expect(words(region, "show", str(again)), "diterima")
    expect(words(region, "show", str(seq)), "ditolak",
           f"sebagai catatan {again}")
    expect(words(region, "quarantine", "retry", str(seq), "--yes", code=1),
           "sudah ditangani")
    bodies = [e["body"] for e in region.log() if e["kind"] == "PledgeMade"]
    assert [b["unit"] for b in bodies] == ["KEL-BARU"], bodies


def refuses_nonsense(region, seq):
    expect(words(region, "quarantine", "drop", str(seq), code=1), "--reason")
    expect(words(region, "quarantine", "drop", str(seq), "--reason", "BOSAN",
                 code=1), "SALAH_INPUT")
    expect(words(region, "quarantine", "show", code=64), "NOMOR")
    expect(words(region, "quarantine", "drop", "99", "--reason", "GANDA",
                 code=1), "Tidak ada catatan nomor 99")


# ---- what the region lacks


def check_lacks(region):
    lacks = region.collector_status(CLERK)["lacks"]
    assert lacks["said_ms"] > 0, lacks
    restart(region)
    (one,) = wait_for("a new Welcome", lambda: [
        row for row in region.collector_status(CLERK)["lacks"]["campaigns"]
        if row["pledged"] == 1])
    coverage = {row["code"]: row for row in region.state()["campaigns"][0][
        "by_kecamatan"]}[CLERK]
    assert one["expected"] == coverage["expected"], (one, coverage)
    region.daemons.pop(CLERK).stop()
    region.set_clock(region.now_ms + 2 * 3600 * 1000)
    expect(words(region, "status"), f"{one['expected'] - 1} dari "
           f"{one['expected']} unit belum ada", "2 jam 0 menit yang lalu",
           "penghubung tidak berjalan")
    region.set_clock(region.now_ms - 2 * 3600 * 1000)


def restart(region):
    region.daemons.pop(CLERK).stop()
    region.start_collector(CLERK)


# ---- the link


@contextlib.contextmanager
def daemon_at(region, port, clock=None):
    daemon = Daemon(
        region.dir / "link.log", BIN / "ikrar-collector", "run", "--dir",
        region.nodes[CLERK], "--endpoint", f"tcp://127.0.0.1:{port}",
        "--clock", clock or region.clock).start()
    try:
        yield daemon
    finally:
        daemon.stop()


def link_becomes(region, word, *wanted, within=None):
    wait_for(f"the link to be {word}", lambda: region.collector_status(CLERK)[
        "link"] == word, within)
    text = words(region, "status")
    expect(text, *wanted)
    for line in text.splitlines():
        assert len(line) <= LINE_MAX or str(region.dir) in line, line


def check_closed_port(region):
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]
    with daemon_at(region, port):
        link_becomes(region, "port-closed", "PORT TERTUTUP", "port closed")


def check_long_away(region):
    """The region may have moved meanwhile: only a person can know."""
    later = region.dir / "later"
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]
    with daemon_at(region, port):
        link_becomes(region, "port-closed", "PORT TERTUTUP")
        for hours, is_told in ((23, False), (25, True)):
            later.write_text(f"{region.now_ms + hours * 3600 * 1000}\n")
            text = plain(run(
                BIN / "ikrar-collector", "status", "--dir",
                region.nodes[CLERK], "--clock", later).stdout)
            for part in ("wilayah pindah komputer", "alamat barunya kepada "
                         "admin", "run --endpoint tcp://ALAMAT:PORT --dir"):
                assert (part in text) == is_told, (hours, part, text)


def check_dead_link(region):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        with daemon_at(region, silent.getsockname()[1]):
            link_becomes(region, "no-answer", "TIDAK ADA JAWABAN",
                         "Periksa kabel", within=45)


def check_wrong_key(region):
    other = Region(region.dir / "other", "73.71", region.now_ms)
    other.start_aggregator()
    with daemon_at(region, other.region_port):
        link_becomes(region, "handshake-failed", "KUNCI TIDAK COCOK",
                     "Telepon admin wilayah")
    other.stop()


def check_unknown_node(region, backup):
    """The region's computer has been set up anew from an old copy."""
    region.daemons.pop("aggregator").stop()
    shutil.move(region.dir / "region", region.dir / "region.now")
    shutil.copytree(backup, region.dir / "region")
    region.start_aggregator()
    with daemon_at(region, region.region_port):
        link_becomes(region, "not-admitted", "TIDAK DIKENAL")
    region.daemons.pop("aggregator").stop()
    shutil.rmtree(region.dir / "region")
    shutil.move(region.dir / "region.now", region.dir / "region")
    region.start_aggregator()


def check_revoked(region):
    node = region.collector_status(CLERK)["node"]
    region.admin("node", "revoke", node, "--reason", "HILANG")
    with daemon_at(region, region.region_port):
        wait_for("the halt", lambda: region.collector_status(CLERK)[
            "halted"] == "revoked")
        expect(words(region, "status"), "PENGIRIMAN BERHENTI", "dicabut")


def check_clock(region):
    wrong = region.dir / "wrong-clock"
    wrong.write_text(f"{region.now_ms - 95_000}\n")
    with daemon_at(region, region.region_port, wrong):
        wait_for("the offset", lambda: region.collector_status(CLERK)[
            "clock_offset_ms"] >= 94_000)
        expect(words(region, "status"), "SELISIH", "1 menit terlambat")
    wrong.write_text("86400000\n")
    out = run(BIN / "ikrar-collector", "status", "--dir",
              region.nodes[CLERK], "--clock", wrong).stdout
    expect(out, "SALAH", "2 Januari 1970", "Setel tanggal")


# ---- disks


def check_clerk_disk(region):
    with small_disk(region.dir / "disk", 96) as disk:
        if disk is None:
            return
        node = region.join("73.71.02")
        shutil.move(node, disk / "node")
        region.nodes["73.71.02"] = disk / "node"
        incident = ["incident", "--unit", UNITS["73.71.02"], "--act", "APK",
                    "--happened", "2023-11-12", "--source", "WARGA",
                    "--subject", "PNS", "--yes"]
        pledge = ["pledge", "--campaign", "NETRAL2024", "--act", "pakta",
                  "--form", "APEL", "--made", "2023-11-13 07:00",
                  "--template", "T", "--unit", f"{UNITS['73.71.02']},head",
                  "--yes"]

        def say(command, code):
            return words(region, *command, wilayah="73.71.02", code=code)

        fill(disk, 70)
        expect(say(pledge, 0), "tersimpan 1")
        fill(disk, 60)
        expect(say(pledge, 1), "Disk hampir penuh", "insiden masih dapat",
               "sampai sisa 64 MiB")
        expect(say(incident, 0), "tersimpan 2")
        expect(say(["status"], 0), "HAMPIR PENUH", "insiden masih")
        fill(disk, 7)
        expect(say(incident, 1), "Disk penuh", "Tulis dahulu di kertas")
        fill(disk, 70)
        expect(say(pledge, 0), "tersimpan 3")


def check_busy_region(region):
    with small_disk(region.dir / "full/region", 64) as disk:
        if disk is None:
            return
        other = Region(disk.parent, "73.71", region.now_ms)
        other.start_aggregator()
        other.set_up(ROOT / "data/scenes/makassar-2023")
        checks.join_clerk(other)
        record_receipted(other)
        # Between 85 and 97 percent in use.
        fill(disk, 6)
        wait_for("the region to be busy", lambda: is_busy(other))
        status = other.collector_status(CLERK)
        assert status["link"] == "connected", status
        assert status["receipted_seq"] < status["last_seq"], status
        expect(words(other, "status"), "WILAYAH SIBUK")
        check_busy_import(other, disk)
        other.stop()


def check_busy_import(region, disk):
    """It is asked again, and done once there is room; without, it ends."""
    bundle = region.dir / "bundel"
    region.collector(CLERK, "export", bundle)
    told = region.dir / "import.log"
    carrying = Daemon(told, BIN / "ikrar-aggregator", "import", bundle,
                      "--dir", region.dir / "region").start()
    wait_for("the import to be told", lambda: "Wilayah sibuk" in
             told.read_text())
    assert carrying.is_running(), told.read_text()
    (disk / "ballast").unlink()
    assert carrying.process.wait(DEADLINE) == 0, told.read_text()
    expect(told.read_text(), "diterima/received")


def is_busy(region):
    """It looks at its disk once a second."""
    record(region)
    return region.collector_status(CLERK)["busy_until_ms"]


# ---- the region's side


def check_state(region):
    (node,) = wait_for("the node to be told of", lambda: [
        n for n in region.state()["nodes"] if n["wilayah"] == CLERK and
        n["software"].startswith("ikrar/")])
    assert node["spool_depth"] == 0 and node["last_contact_ms"] > 0, node
    text = region.admin("state").stdout
    rows = [line for line in text.splitlines() if node["id"] in line]
    assert len(rows) == 1 and node["software"] in rows[0], text
    check_columns(text)


def check_repeat_alert(region):
    """A rule that counts reports is not told in units."""
    rules = region.dir / "repeat.yaml"
    rules.write_text("rules:\n- {id: BERULANG, kind: repeat_incidents/1, "
                     "count: 1, within: 30d, scope: unit, tell: admin}\n")
    region.admin("rules", "load", rules)
    region.start_collector(CLERK)
    words(region, "incident", "--unit", UNITS[CLERK], "--act", "APK",
          "--happened", "2023-11-12", "--source", "WARGA", "--subject", "PNS",
          "--yes")
    wait_for("the alert", lambda: region.state()["alerts"])
    region.daemons.pop(CLERK).stop()
    lines = [line for line in region.admin("state").stdout.splitlines()
             if "BERULANG" in line]
    assert len(lines) == 1 and "1 laporan" in lines[0], lines
    assert " unit," not in lines[0], lines


def check_columns(text):
    """The figures of a coverage table stand below their headings."""
    end = None
    for line in text.splitlines():
        if line.endswith("sunyi"):
            end = len(line)
            assert end <= LINE_MAX, line
        elif end is not None and re.match(r"  \S.*\d$", line):
            assert len(line) == end, f"{len(line)} of {end}: {line!r}"
        else:
            end = None


def long_names(region):
    rows = ["kode,nama,jenis,wilayah,induk,pns,pppk,non_asn",
            f"DINAS-{'X' * 18},{'Dinas Yang Namanya Panjang é ' * 3},DINAS,"
            f"{region.wilayah},,5,0,0"]
    path = region.dir / "long.csv"
    path.write_text("\n".join(rows) + "\n")
    region.admin("unit", "import", path)
    text = region.admin("state").stdout
    assert "\u2026" in text, text
    check_columns(text)


def main():
    with checks.workspace() as directory:
        region = Region(directory, "73.71",
                        local_ms("2023-11-13 08:00", "WITA"))
        try:
            follow(region)
        finally:
            with contextlib.suppress(Failed):
                region.stop()


def follow(region):
    region.start_aggregator()
    region.set_up(ROOT / "data/scenes/makassar-2023")
    region.daemons.pop("aggregator").stop()
    backup = region.dir / "backup"
    shutil.copytree(region.dir / "region", backup)
    region.start_aggregator()
    region.join(CLERK)
    expect(words(region, "status"), "belum pernah / never",
           "wilayah belum mengatakannya")
    check_quarantine(region)
    check_lacks(region)
    check_state(region)
    check_repeat_alert(region)
    check_closed_port(region)
    check_long_away(region)
    check_wrong_key(region)
    check_unknown_node(region, backup)
    check_clock(region)
    if os.environ.get("FULL") == "1":
        check_dead_link(region)
    check_clerk_disk(region)
    check_busy_region(region)
    check_revoked(region)
    long_names(region)
    print("told in plain words: quarantine, what is lacking, five states of "
          "the link, a busy region, clocks, full disks")


checks.main(main)
