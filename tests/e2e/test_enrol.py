# SPDX-License-Identifier: Apache-2.0
"""How a node comes into a region, and out of it again: the six words are the
same on both sides, also by file; a pending node is confirmed by its words; a
revoked one says so; a retired one takes no more records; a new node takes the
place of an old one and brings along what had no receipt; and a region that
moved to another address is found."""
import json
import re
import shutil
import socket
import time

import checks
from region import BIN, Daemon, Failed, run, wait_for

WILAYAH = "73.71.01"
FIRST, SECOND = "KEL-73.71.01.1004", "KEL-73.71.02.1003"


def code_of(out):
    return out.stdout.split("\n")[-2].strip()


def words_of(out):
    found = re.findall(r"(?:Enam kata / |enam kata/)six words:? +(.*)",
                       out.stdout)
    assert found and len(found[-1].split()) == 6, out.stdout
    return found[-1].split()


def collector(directory, *words, check=True, clock=None):
    more = ["--clock", clock] if clock else []
    return run(BIN / "ikrar-collector", *words, "--dir", directory, *more,
               check=check)


def id_of(directory):
    for line in (directory / "keys").read_text().splitlines():
        if line.startswith("node: "):
            return line.split()[1]
    raise Failed(f"no id in {directory}/keys")


def node_of(region, directory):
    wanted = id_of(directory)
    return next(n for n in region.state()["nodes"] if n["id"] == wanted)


def check_words(region, out, directory):
    """What the clerk reads out is what the admin sees."""
    words = words_of(out)
    assert words_of(region.admin("node", "show", id_of(directory))) == words
    return words


def online(region):
    directory = region.dir / "nodes/online"
    directory.parent.mkdir(exist_ok=True)
    invited = region.admin("node", "invite", WILAYAH, "--confirm")
    for text in ("server key:", "where to join: tcp://", "berlaku sampai"):
        assert text in invited.stdout, invited.stdout
    code = code_of(invited)
    out = collector(directory, "join", code)
    words = check_words(region, out, directory)
    assert words_of(collector(directory, "join", code)) == words
    assert words_of(region.admin("node", "list")) == words
    assert node_of(region, directory)["state"] == "pending"
    wrong = words[:5] + ["salah"]
    refused = region.admin("node", "confirm", id_of(directory), "--words",
                           " ".join(wrong), check=False)
    assert refused.returncode == 1 and "tidak cocok" in refused.stderr
    assert node_of(region, directory)["state"] == "pending"
    region.admin("node", "confirm", id_of(directory), "--words",
                 "  " + "  ".join(words).upper())
    assert node_of(region, directory)["state"] == "enrolled"
    print("six words, both sides:", " ".join(words))
    return directory


def stolen(region):
    """Who takes the paper and is faster is found out on the telephone."""
    clerk, thief = (region.dir / "nodes" / name for name in ("clerk", "thief"))
    code = code_of(region.admin("node", "invite", WILAYAH, "--confirm"))
    out = collector(clerk, "join", code, "--request", region.dir / "clerk")
    thieves = collector(thief, "join", code)
    late = collector(clerk, "join", code, check=False)
    assert late.returncode == 1 and "sudah dipakai" in late.stderr, late.stderr
    shown = words_of(region.admin("node", "show", id_of(thief)))
    assert shown == words_of(thieves) and shown != words_of(out)
    region.admin("node", "revoke", id_of(thief), "--reason", "DICURI")


def by_file(region):
    directory = region.dir / "nodes/by-file"
    letter = region.dir / "permohonan"
    code = code_of(region.admin("node", "invite", WILAYAH))
    out = collector(directory, "join", code, "--request", letter)
    words = words_of(out)
    assert code not in letter.read_text()
    early = collector(directory, "status", check=False)
    assert early.returncode == 1 and "belum bergabung" in early.stderr
    enrolled = region.admin("node", "enrol", letter)
    assert words_of(enrolled) == words, enrolled.stdout
    answer = letter.with_name("permohonan.jawaban")
    other = region.dir / "nodes/other"
    collector(other, "join", code_of(region.admin(
        "node", "invite", WILAYAH)), "--request", region.dir / "lain")
    stray = collector(other, "join", "--answer", answer, check=False)
    assert stray.returncode == 1 and "bukan jawaban" in stray.stderr
    assert words_of(collector(directory, "join", "--answer", answer)) == words
    assert not (directory / "request").exists()
    check_words(region, enrolled, directory)
    damaged = region.dir / "rusak"
    damaged.write_text(letter.read_text().replace("A", "B", 5))
    refused = region.admin("node", "enrol", damaged, check=False)
    assert refused.returncode == 1 and "rusak" in refused.stderr
    print("by file:", " ".join(words))
    return directory


def start(region, directory):
    daemon = Daemon(region.dir / f"{directory.name}.log",
                    BIN / "ikrar-collector", "run", "--dir", directory,
                    "--clock", region.clock).start()
    region.daemons[directory.name] = daemon
    return daemon


def status(region, directory):
    return json.loads(collector(
        directory, "status", "--json", clock=region.clock).stdout)


def poke(directory):
    """As a clerk's next record would: no waiting for a pause to end."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sock:
        try:
            sock.sendto(b"x", str(directory / "wake"))
        except OSError:
            pass


def receipted(region, directory, seq):
    def look():
        poke(directory)
        return status(region, directory)["receipted_seq"] >= seq
    wait_for(f"receipt {seq} at {directory.name}", look)


def pledge(region, directory, check=True, unit=FIRST):
    return collector(
        directory, "pledge", "--campaign", "NETRAL2024", "--act", "pakta",
        "--form", "APEL", "--made", "2023-11-13 07:00", "--template", "T",
        "--unit", f"{unit},head", "--yes", clock=region.clock,
        check=check)


def pledges(region):
    return [e for e in region.log() if e["kind"] == "PledgeMade"]


def hears_of_no_move(region, directory):
    """Joined, linked once, and then away."""
    collector(directory, "join", code_of(region.admin("node", "invite",
                                                      "73.71.02")))
    daemon = start(region, directory)
    wait_for("the roster", lambda: status(region, directory)["roster_version"])
    daemon.stop()


def told_of_the_move(region, directory):
    """The new address is given once, by hand, and kept."""
    seq = last_of(pledge(region, directory, unit=SECOND))
    daemon = start(region, directory)
    wait_for("the old port to be closed", lambda: status(region, directory)[
        "link"] == "port-closed")
    daemon.stop()
    once = Daemon(region.dir / "once.log", BIN / "ikrar-collector", "run",
                  "--dir", directory, "--clock", region.clock, "--endpoint",
                  f"tcp://127.0.0.1:{region.region_port}").start()
    receipted(region, directory, seq)
    once.stop()
    seq = last_of(pledge(region, directory, unit=SECOND))
    start(region, directory)
    receipted(region, directory, seq)
    region.daemons.pop(directory.name).stop()
    print("a node that was away for the whole move: told once, found for good")


def moved(region, directory, daemon):
    """The region names a second address, goes there with a copy of its DIR,
    and is found; a node that was away hears nothing and is led by nobody."""
    second = {}
    for name in ("region", "join"):
        with FreePort() as port:
            second[name] = f"tcp://127.0.0.1:{port}"
    first = f"tcp://127.0.0.1:{region.region_port}"
    region.daemons["aggregator"].stop()
    region.advertise = ["--advertise", first, "--advertise",
                        second["region"]]
    run_aggregator(region, first, f"tcp://127.0.0.1:{region.join_port}")

    def told():
        poke(directory)
        return second["region"] in (directory / "region").read_text()
    wait_for("the second address in DIR/region", told)
    region.daemons["aggregator"].stop()
    shutil.copytree(region.dir / "region", region.dir / "moved")
    (region.dir / "region").rename(region.dir / "left")
    (region.dir / "moved").rename(region.dir / "region")
    region.advertise = ["--advertise", second["region"]]
    seq = last_of(pledge(region, directory))
    run_aggregator(region, second["region"], second["join"])
    region.region_port = int(second["region"].rsplit(":", 1)[1])
    receipted(region, directory, seq)
    assert daemon.is_running()

    def forgotten():
        poke(directory)
        return first not in (directory / "region").read_text()
    wait_for("the old address to be forgotten", forgotten)
    print("the region was found at its second address")


def last_of(out):
    return checks.seq_range(out.stdout)[1]


class FreePort:
    """A port that is free now."""

    def __enter__(self):
        with socket.create_server(("127.0.0.1", 0)) as sock:
            return sock.getsockname()[1]

    def __exit__(self, *_):
        return False


def run_aggregator(region, listen, join):
    (region.dir / "region/endpoints").unlink(missing_ok=True)
    region.daemons["aggregator"] = daemon = Daemon(
        region.dir / "aggregator.log", BIN / "ikrar-aggregator", "run",
        "--dir", region.dir / "region", "--listen", listen, "--join-listen",
        join, *region.advertise, "--clock", region.clock).start()
    path = region.dir / "region/endpoints"
    wait_for("the aggregator", lambda: daemon.is_running() and
             path.exists() and "join " in path.read_text())


def handed_on(region, directory, daemon):
    """Records without receipt go with the new node; nothing is counted twice,
    nothing of the old one is lost."""
    received = last_of(pledge(region, directory))
    receipted(region, directory, received)
    region.daemons["aggregator"].stop()
    before = last_of(pledge(region, directory))
    seq = last_of(pledge(region, directory))
    collector(directory, "correct", str(seq), "--form", "UPACARA", "--yes",
              clock=region.clock)
    for number in (before, received):
        collector(directory, "withdraw", str(number), "--reason",
                  "SALAH_INPUT", "--yes", clock=region.clock)
    retired = collector(directory, "retire", clock=region.clock)
    assert "Belum diterima / not received yet: 5" in retired.stdout, \
        retired.stdout
    refused = pledge(region, directory, check=False)
    assert refused.returncode == 1 and "dipensiunkan" in refused.stderr
    running = collector(directory, "rejoin", "x", check=False)
    assert running.returncode == 1 and "masih berjalan" in running.stderr
    daemon.stop()
    del region.daemons[directory.name]
    region.start_again()
    old = id_of(directory)
    code = code_of(region.admin("node", "invite", WILAYAH))
    out = collector(directory, "rejoin", code, clock=region.clock)
    assert out.stdout.count("old record") == 5, out.stdout
    check_words(region, out, directory)
    assert old != id_of(directory) and old in out.stdout
    assert id_of(directory / f"old-{old[:16]}") == old
    wrong = collector(directory, "rejoin", code_of(region.admin(
        "node", "invite", "73.71.02")), check=False)
    assert wrong.returncode == 1 and "73.71.02" in wrong.stderr
    assert id_of(directory) != old
    region.admin("node", "revoke", old, "--reason", "GANTI_PETUGAS")
    start(region, directory)
    receipted(region, directory, 5)
    assert status(region, directory)["refused"] == 0
    news = [e for e in region.log() if e.get("node") == id_of(directory)]
    kinds = [e["kind"] for e in news][:5]
    assert kinds == ["PledgeMade", "PledgeMade", "Corrected", "Withdrawn",
                     "Withdrawn"], kinds
    assert news[4]["body"]["node"] == old, news[4]
    pledge(region, directory)
    retired = collector(directory, "retire", clock=region.clock)
    receipted(region, directory, 6)
    wait_for("retire to be finished", lambda: "Selesai" in collector(
        directory, "retire", clock=region.clock).stdout)
    collector(directory, "retire", "--undo", clock=region.clock)
    receipted(region, directory, last_of(pledge(region, directory)))
    print("handed on: 5 records without receipt went along")


def lost(region, directory):
    """A disk that lost its records: a new node, and the old one's are gone."""
    region.daemons.pop(directory.name).stop()
    shutil.rmtree(directory / "spool")
    gone = collector(directory, "status", check=False, clock=region.clock)
    assert gone.returncode == 1 and "rejoin" in gone.stderr, gone.stderr
    old = id_of(directory)
    out = collector(directory, "rejoin", code_of(region.admin(
        "node", "invite", WILAYAH)), clock=region.clock)
    assert "tidak ada yang dapat disalin" in out.stderr, out.stderr
    check_words(region, out, directory)
    assert id_of(directory) != old
    start(region, directory)
    wait_for("the roster", lambda: status(region, directory)["roster_version"])
    receipted(region, directory, last_of(pledge(region, directory)))
    print("a lost spool: a new node in its place")


def revoked(region, directory):
    region.admin("node", "revoke", id_of(directory), "--reason", "HILANG")
    pledge(region, directory)

    def says_so():
        poke(directory)
        return status(region, directory)["halted"] == "revoked"
    wait_for("the node to know", says_so)
    region.daemons.pop(directory.name).stop()
    # A revoked node is answered once a second at most.
    told = time.monotonic()
    wait_for("the next answer", lambda: time.monotonic() - told > 1.1)
    daemon = start(region, directory)
    wait_for("the node to know again", lambda: daemon.log.read_text().count(
        "word=revoked") == 2 and says_so())
    out = collector(directory, "status", clock=region.clock).stdout
    assert "dicabut oleh admin wilayah" in " ".join(out.split()), out
    daemon.stop()
    del region.daemons[directory.name]
    print("revoked: said in plain words, also after a restart")


def main():
    with checks.region("makassar-2023", "2023-11-13 08:00") as region:
        region.start_again = lambda: run_aggregator(
            region, f"tcp://127.0.0.1:{region.region_port}",
            "tcp://127.0.0.1:*")
        first, second = online(region), by_file(region)
        stolen(region)
        for directory in (first, second):
            start(region, directory)
            wait_for("the roster", lambda d=directory: status(region, d)[
                "roster_version"])
            receipted(region, directory, last_of(pledge(region, directory)))
        revoked(region, second)
        away = region.dir / "nodes/away"
        hears_of_no_move(region, away)
        moved(region, first, region.daemons[first.name])
        told_of_the_move(region, away)
        handed_on(region, first, region.daemons[first.name])
        lost(region, first)


checks.main(main)
