# SPDX-License-Identifier: Apache-2.0
"""./dev bench: speed and memory of the whole path, on one machine, as ratios
in one run. Method and what the figures mean: docs/benchmarks.md.

usage: run.py [--events N] [--rounds N] [PART...]
parts: memory latency hostile webhook proof rehearsal judging start swarm drain
(all of them without a name)
"""
import argparse
import contextlib
import json
import multiprocessing
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "e2e"))
from peers import Alertmanager, free_port  # noqa: E402
from region import (BIN, ROOT, Region, districts, run,  # noqa: E402
                    wait_for)

NODES = 16
PER_COMMIT = 200
CAMPAIGN = "PILKADA-SERENTAK-2024-XX"
UNIT = "UNIT-KERJA-BENCH-0000001"
LONG = 600


def bench(*words):
    out = subprocess.run([str(BIN / "bench_nodes"), *map(str, words)],
                         capture_output=True, text=True, timeout=LONG)
    if out.returncode != 0:
        raise SystemExit(f"bench_nodes {words[0]}: {out.stderr[-2000:]}")
    return [json.loads(line) for line in out.stdout.splitlines()]


def set_up_region(directory, wilayah, units, rules=""):
    """A production region (real clock) with a roster and a campaign."""
    region = Region(directory / "region-dir", wilayah)
    region.start_aggregator()
    files = directory / "files"
    files.mkdir()
    (files / "units.csv").write_text("\n".join(
        ["kode,nama,jenis,wilayah,induk,pns,pppk,non_asn", *units]) + "\n")
    day = 86400
    stamp = [time.strftime("%Y-%m-%d %H:%M", time.gmtime(
        time.time() + n * day)) for n in (30, 40, 50)]
    (files / "campaigns.yaml").write_text(
        f"campaigns:\n  - id: {CAMPAIGN}\n    name: Uji kecepatan\n"
        f"    due: \"{stamp[0]}\"\n    grace_end: \"{stamp[1]}\"\n"
        f"    lock: \"{stamp[2]}\"\n")
    if rules:
        (files / "rules.yaml").write_text(rules)
    region.set_up(files)
    return region


RULES = f"""rules:
  - id: BELUM
    kind: unsigned_units/1
    campaign: {CAMPAIGN}
    scope: kecamatan
    at: [due, grace_end]
    counts: head
    min_units: 1
    settle: 2h
    tell: admin
  - id: BERULANG
    kind: repeat_incidents/1
    count: 3
    within: 30d
    scope: unit
    acts: [HOX, UJR]
    tell: admin
"""


def unit_rows(count, wilayah="73.71"):
    return [f"UNIT-KERJA-BENCH-{n:07d},Unit {n},DINAS,{wilayah},,12,12,12"
            for n in range(1, count + 1)]


@contextlib.contextmanager
def start_ceiling(directory):
    """bench_ceiling; gives its endpoint and key."""
    ceiling = subprocess.Popen(
        [BIN / "bench_ceiling", directory / "ceiling", "tcp://127.0.0.1:*"],
        stdout=subprocess.PIPE, text=True)
    yield ceiling.stdout.readline().split()
    ceiling.terminate()
    ceiling.wait(20)


def drain_once(directory, events):
    """Filled spools, then the ceiling, then the region."""
    region = set_up_region(directory, "73.71", unit_rows(350), RULES)
    dirs = []
    for n in range(NODES):
        code = region.admin("node", "invite", "73.71").stdout.split(
            "\n")[-2].strip()
        dirs.append(region.dir / f"node-{n}")
        run(BIN / "ikrar-collector", "join", code, "--dir", dirs[-1])
    mean = 0
    for n, node in enumerate(dirs):
        mean = bench("fill", events // NODES, PER_COMMIT,
                     n * 20 + 1, CAMPAIGN, node)[0]["mean_bytes"]
    with start_ceiling(directory) as server:
        top = bench("drain-ceiling", *server, *dirs)[0]
    before = used(region.dir / "region/store")
    end, kept = bench("drain", *dirs)
    wait_for("the counters", lambda: region.state()["counters"][
        "events"] >= end["events"])
    if region.state()["counters"]["events_refused"]:
        raise SystemExit("events were refused: this measures nothing")
    region.stop()
    payload = end["events"] * mean
    return {"ceiling": top["events_per_s"], "end_to_end": end["events_per_s"],
            "kept": kept["events_per_s"],
            "mean_bytes": mean, "events": end["events"],
            "disk_ratio": (used(region.dir / "region/store") - before) /
            payload}


def used(store):
    return sum(f.stat().st_blocks * 512 for f in store.glob("data.mdb"))


def drain(work, events, rounds):
    rows = []
    for n in range(rounds):
        directory = work / f"drain-{n}"
        directory.mkdir()
        rows.append(drain_once(directory, events))
        row = rows[-1]
        print(f"drain round {n + 1}: events {row['events']} of "
              f"{row['mean_bytes']:.0f} bytes, ceiling "
              f"{row['ceiling']:.0f}/s, end to end "
              f"{row['end_to_end']:.0f}/s (kept on the nodes' disks "
              f"{row['kept']:.0f}/s), ratio "
              f"{row['end_to_end'] / row['ceiling']:.2f}, disk "
              f"{row['disk_ratio']:.2f} bytes per payload byte", flush=True)
        shutil.rmtree(directory)
    return statistics.median(r["end_to_end"] / r["ceiling"] for r in rows)


def bare_syncs(directory):
    """What the disk alone takes: five pages and fdatasync every 10 ms, for an
    idle disk answers later than a busy one. Milliseconds."""
    took, pace = [], threading.Event()
    file = os.open(directory / "bare", os.O_RDWR | os.O_CREAT)
    for n in range(500):
        pace.wait(0.01)
        os.pwrite(file, os.urandom(5 * 4096), n % 64 * 5 * 4096)
        began = time.perf_counter()
        os.fdatasync(file)
        took.append(1000 * (time.perf_counter() - began))
    os.close(file)
    cut = statistics.quantiles(took, n=100)
    return cut[49], cut[98]


def latency(work):
    directory = work / "latency"
    directory.mkdir()
    p50, p99 = bare_syncs(directory)
    print(f"one sync of 20 KiB on this disk, 10 ms apart: p50 {p50:.2f} ms, "
          f"p99 {p99:.2f} ms; a record takes four before its receipt, and "
          "two for keeping that",
          flush=True)
    region = set_up_region(
        directory, "73.71", unit_rows(350, "73.71.01"), RULES)
    floor, ours = region.join("73.71.01"), region.join("73.71.01")
    with start_ceiling(directory) as server:
        rows = bench("trickle-ceiling", 2000, 10, UNIT, CAMPAIGN, *server,
                     floor)
    rows += bench("trickle", 2000, 10, UNIT, CAMPAIGN, ours)
    region.stop()
    for row in rows:
        print_latency(row, "100 events/s")
    print("latency: recorded to receipt over recorded to answer: " + ", ".join(
        f"{part} {rows[2][part + '_ms'] / rows[0][part + '_ms']:.2f}"
        for part in ("p50", "p99")), flush=True)


def hostile_flood(endpoint_code, seconds, told):
    """Runs in a process of its own: an enrolled node that misbehaves and
    strangers that knock, as fast as they are answered."""
    import hostile
    from client import Code, Node
    node = Node(ROOT / "proto")
    node.join(Code(endpoint_code))
    node.connect()
    node.hello()
    told.put("ready")
    end, bad = time.monotonic() + seconds, 0
    while time.monotonic() < end:
        bad += hostile.flood(node, int(time.time() * 1000), CAMPAIGN,
                             UNIT, 0.25)
        hostile.unenrolled(None, node)
        hostile.plain(None, node)
        bad += 2
    told.put(bad)


def hostile(work):
    directory = work / "hostile"
    directory.mkdir()
    region = set_up_region(
        directory, "73.71", unit_rows(350, "73.71.01"), RULES)
    node = region.join("73.71.01")
    code = region.admin("node", "invite", "73.71.01").stdout.split("\n")[-2]
    rows = {}
    quiet = bench("trickle", 1500, 10, UNIT, CAMPAIGN, node)
    told = multiprocessing.Queue()
    peer = multiprocessing.Process(
        target=hostile_flood, args=(code.strip(), 15, told), daemon=True)
    peer.start()
    told.get(timeout=60)
    loud = bench("trickle", 1300, 10, UNIT, CAMPAIGN, node)
    bad = told.get(timeout=60)
    peer.join(60)
    for before, after in zip(quiet, loud):
        rows[before["name"]] = after["p99_ms"] / before["p99_ms"]
        print(f"{before['name']}: p99 {before['p99_ms']:.2f} ms alone, "
              f"{after['p99_ms']:.2f} ms beside {bad} bad messages in 15 s "
              f"(x{rows[before['name']]:.2f}), none lost", flush=True)
    region.stop()


def print_latency(row, what):
    print(f"{row['name']} at {what}: p50 {row['p50_ms']:.2f} ms, p99 "
          f"{row['p99_ms']:.2f} ms, n {row['count']}", flush=True)


def webhook(work):
    directory = work / "webhook"
    directory.mkdir()
    rules = ("rules:\n  - id: SATU\n    kind: repeat_incidents/1\n"
             "    count: 1\n    within: 30d\n    scope: unit\n"
             "    tell: head\n")
    units = [f"U-{n:05d},Unit {n},DINAS,73.71.01,,12,12,12"
             for n in range(1000)]
    region = set_up_region(directory, "73.71", units, rules)
    (directory / "offices.yaml").write_text(
        "offices:\n  - id: wali-kota\n    wilayah: \"73.71\"\n"
        "    role: head\n    title: Kantor Wali Kota\n    zone: WITA\n"
        "    language: id\n    channels: [webhook]\n    terms:\n"
        "      - id: satu\n        kind: DEFINITIF\n"
        "        from: \"2021-01-01 00:00\"\n")
    region.admin("office", "load", directory / "offices.yaml")
    contacts = directory / "contacts.yaml"
    port = free_port()
    contacts.write_text(
        "contacts:\n  - seat: wali-kota\n    channel: webhook\n"
        f"    url: http://127.0.0.1:{port}/hook\n"
        "    private: true\n    rate: 60000\n"
        "    secret: whsec_aWtyYXItdWppLWtlY2VwYXRhbi0wMTIzNDU2Nzg5MDE=\n")
    contacts.chmod(0o600)
    node = region.join("73.71.01")
    region.join("73.71", "notifier")

    class NoMail:
        smtp = 9
    region.start_notifier(contacts, NoMail)
    ours = bench("webhook", 500, 40, port, node)
    region.stop()
    theirs = bench("alertmanager", 500, 40, port,
                   start_alertmanager(directory, port).port)
    for row in ours + theirs:
        print_latency(row, "25 alerts/s")
    times = [f"{name} {ours[0][name + '_ms'] / theirs[0][name + '_ms']:.2f}"
             for name in ("p50", "p99")]
    print(f"webhook: recorded to webhook over Alertmanager's own way: "
          f"{', '.join(times)}", flush=True)


def start_alertmanager(directory, port):
    """Each alert a group of its own, told at once to the same listener."""
    return Alertmanager(
        directory / "alertmanager",
        "route:\n  receiver: hook\n  group_by: ['...']\n"
        "  group_wait: 0s\nreceivers:\n  - name: hook\n"
        "    webhook_configs:\n"
        f"      - url: http://127.0.0.1:{port}/hook\n"
        "        send_resolved: false\n")


def proof(work):
    (work / "proof").mkdir()
    out = subprocess.run([str(BIN / "bench_proof"), str(work / "proof"),
                          "1000000"], capture_output=True, text=True,
                         timeout=LONG)
    if out.returncode != 0:
        raise SystemExit(f"bench_proof: {out.stderr[-2000:]}")
    for line in out.stdout.splitlines():
        row = json.loads(line)
        print(f"proof at batch {row['batch']}: {row['us_per_event']:.2f} us "
              f"per event on the aggregator; largest receipt at "
              f"{row['entries']} entries {row['receipt_bytes']} bytes",
              flush=True)


def rehearsal(work):
    """A season of 12,000 units and 300 incidents under other rules."""
    log, rules = work / "season", ROOT / "tests/bench/season.yaml"
    made = run(BIN / "bench_season", log).stdout.strip()
    out = json.loads(run(BIN / "ikrar", "rules", "try", rules, "--log", log,
                         "--json").stdout)
    print(f"rules try on {made}: {out['took_ms'] / 1000:.2f} s; "
          f"{out['added']} added, {out['removed']} removed, "
          f"{out['changed']} changed", flush=True)


JUDGED = 1090000
JUDGING_ROUNDS = 5


def judging(work):
    """What judging costs as a log grows, and a whole log once more."""
    log, home = work / "judged", work / "judged-home"
    made = run(BIN / "bench_make_log", log, str(JUDGED)).stdout.split()
    entries = int(made[1])
    rows = [json.loads(run(BIN / "bench_judging", "ratio", log).stdout)
            for _ in range(3)]
    row = sorted(rows, key=lambda r: r["ratio"])[1]
    print(f"judging: {row['small_ns']:.0f} ns an input behind 10^4 entries, "
          f"{row['large_ns']:.0f} behind 10^6: ratio {row['ratio']:.2f} "
          f"({min(r['ratio'] for r in rows):.2f} to "
          f"{max(r['ratio'] for r in rows):.2f})", flush=True)
    home.mkdir()
    run(BIN / "bench_judging", "store", log, home)
    once_more("rebuild", entries, (BIN / "ikrar-aggregator", "rebuild",
                                   "--dir", home))
    replayed(log, entries)
    few = work / "judged-few-stamps"
    made = run(BIN / "bench_make_log", few, "1000000", "200").stdout.split()
    replayed(few, int(made[1]))


def replayed(log, entries):
    said = json.loads(run(BIN / "ikrar", "verify", "--json", log).stdout)
    once_more(f"replay, a stamp for {entries / said['stamps']:.0f} entries",
              entries, (BIN / "ikrar", "replay", "--quiet", log))


def once_more(name, entries, words):
    times = [timed(words) for _ in range(JUDGING_ROUNDS)]
    real, busy = (statistics.median(t) for t in zip(*times))
    print(f"{name}: {entries / real:.0f} of {entries} entries a second, "
          f"{entries / busy:.0f} a second of processor time", flush=True)


def timed(words):
    """Seconds by the clock and of processor time."""
    before, began = os.times(), time.monotonic()
    subprocess.run([str(word) for word in words], check=True,
                   stdout=subprocess.DEVNULL, timeout=LONG)
    real, after = time.monotonic() - began, os.times()
    return real, (after.children_user - before.children_user +
                  after.children_system - before.children_system)


def memory(work):
    directory = work / "memory"
    directory.mkdir()
    codes = districts("73.71")
    units = []
    for n in range(12000):
        units.append(f"UNIT-{n:05d},Unit kerja nomor {n},DINAS,"
                     f"{codes[n % len(codes)]},,12,3,5")
    region = set_up_region(directory, "73.71", units, RULES)
    for wilayah in codes[:2]:
        region.join(wilayah)
        region.start_collector(wilayah)
    everyone = [f"UNIT-{n:05d}" for n in range(0, 12000, len(codes))]
    csv = directory / "all.csv"
    csv.write_text("unit,pns_present,pns_signed,head\n" + "\n".join(
        f"{code},12,12,1" for code in everyone) + "\n")
    made = time.strftime("%Y-%m-%d %H:%M", time.gmtime(time.time()))
    region.collector(codes[0], "pledge", "--campaign", CAMPAIGN, "--act",
                     "pakta", "--form", "APEL", "--made", made, "--template",
                     "T", "--units", csv, "--yes")
    wait_for("the pledges", lambda: region.collector_status(codes[0])[
        "receipted_seq"] >= len(everyone))
    rest(30)
    for name, limit in ((codes[1], "collector, idle"),
                        ("aggregator", "aggregator, 12,000 units")):
        rss, anon = resident(region.daemons[name].process.pid)
        print(f"memory 30 s after ready, {limit}: RssAnon {anon:.1f} MiB, "
              f"RSS {rss:.1f} MiB", flush=True)
    region.stop()


def rest(seconds):
    """The figure is defined as that of 30 seconds after ready."""
    end = time.monotonic() + seconds
    wait_for("the measuring time", lambda: time.monotonic() >= end,
             seconds + 5)


def resident(pid):
    found = {}
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        key, _, value = line.partition(":")
        if key in ("VmRSS", "RssAnon"):
            found[key] = int(value.split()[0]) / 1024
    return found["VmRSS"], found["RssAnon"]


def start(work):
    """A collector with 100,000 records: until it says ready, and its memory
    then."""
    directory = work / "start"
    directory.mkdir()
    region = set_up_region(
        directory, "73.71", unit_rows(20, "73.71.01"), RULES)
    node = region.join("73.71.01")
    bench("fill", 100000, 2000, 1, CAMPAIGN, node)
    region.daemons.pop("aggregator").stop()
    times = []
    for _ in range(5):
        began = time.monotonic()
        daemon = subprocess.Popen(
            [BIN / "ikrar-collector", "run", "--dir", node],
            stderr=subprocess.PIPE, text=True)
        while " ready " not in daemon.stderr.readline():
            pass
        times.append((time.monotonic() - began) * 1000)
        rss, anon = resident(daemon.pid)
        daemon.terminate()
        daemon.communicate(timeout=20)
    print(f"start of a collector with 100,000 records: "
          f"{statistics.median(times):.0f} ms (max {max(times):.0f}), RssAnon "
          f"{anon:.1f} MiB, RSS {rss:.1f} MiB", flush=True)


SWARM_PROCESSES, SWARM_EVENTS = 4, 10


def swarm(work):
    """Every kecamatan of the country comes back at once."""
    directory = work / "swarm"
    directory.mkdir()
    region = Region(directory, "73")
    keys = directory / "keys"
    swarmed = str(BIN / "bench_swarm")
    run(swarmed, "make", directory / "region",
        ROOT / "data/wilayah/districts.csv", keys)
    region.start_aggregator()
    rows = (ROOT / "data/wilayah/districts.csv").read_text().splitlines()
    count, drivers = len(rows) - 1, []
    each = -(-count // SWARM_PROCESSES)
    # Each node has a disk of its own in life; here they share one in memory.
    with tempfile.TemporaryDirectory(dir="/dev/shm") as spools:
        for first in range(0, count, each):
            drivers.append(subprocess.Popen(
                [swarmed, "run", str(keys), str(first),
                 str(min(each, count - first)),
                 f"tcp://127.0.0.1:{region.region_port}", spools,
                 str(SWARM_EVENTS)],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True))
        pairs = [[float(t) for t in line.split()]
                 for out in go(drivers) for line in out.splitlines()]
    print_swarm(region, pairs)
    region.stop()
    bare = bare_handshakes(count, each)
    print(f"swarm: ZeroMQ alone lets {count} clients in within {bare:.1f} s: "
          f"ratio {max(done for _, done in pairs) / 1000 / bare:.2f}",
          flush=True)


def go(drivers):
    """Starts all at once; what each prints."""
    for driver in drivers:
        if driver.stdout.readline() != "ready\n":
            raise SystemExit(f"{driver.args[0]} did not start")
    for driver in drivers:
        driver.stdin.write("go\n")
        driver.stdin.flush()
    said = []
    for driver in drivers:
        said.append(driver.communicate(timeout=LONG)[0])
        if driver.returncode != 0:
            raise SystemExit(f"{driver.args[0]} failed")
    return said


def bare_handshakes(count, each):
    """Seconds, by as many processes."""
    program = str(BIN / "bench_handshakes")
    server = subprocess.Popen([program, "serve", "tcp://127.0.0.1:*"],
                              stdout=subprocess.PIPE, text=True)
    endpoint, key = server.stdout.readline().split()
    said = go([subprocess.Popen(
        [program, "knock", endpoint, key, str(min(each, count - first))],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for first in range(0, count, each)])
    server.terminate()
    server.wait(20)
    return max(float(ms) for ms in said) / 1000


def print_swarm(region, pairs):
    daemon = region.daemons["aggregator"].process.pid
    status = pathlib.Path(f"/proc/{daemon}/status").read_text()
    peak = next(int(line.split()[1]) / 1024 for line in status.splitlines()
                if line.startswith("VmHWM"))
    _, anon = resident(daemon)
    p99 = statistics.quantiles
    wait_for("the counters", lambda: region.state()["counters"]["events"] >=
             len(pairs) * SWARM_EVENTS)
    counters = region.state()["counters"]
    refused = sum(counters[name] for name in counters if name.startswith(
        "reject_") and name not in ("reject_busy", "reject_ok"))
    print(f"swarm: {len(pairs)} collectors, {len(pairs) * SWARM_EVENTS} events "
          f"in {max(done for _, done in pairs) / 1000:.1f} s, the last "
          f"connected after {max(c for c, _ in pairs) / 1000:.1f} s; event to "
          f"receipt "
          f"p99 {p99([d for _, d in pairs], n=100)[98] / 1000:.1f} s since the "
          f"link came back, {p99([d - c for c, d in pairs], n=100)[98]:.0f} ms "
          f"since each connected; aggregator peak {peak:.0f} MiB (RssAnon "
          f"{anon:.0f}); told to come back "
          f"{counters['reject_busy']} times, refused {refused}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=160000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("parts", nargs="*")
    words = parser.parse_args()
    parts = words.parts or ["memory", "latency", "hostile", "webhook",
                            "proof", "rehearsal", "judging", "start", "swarm",
                            "drain"]
    work = pathlib.Path(tempfile.mkdtemp(prefix="ikrar-bench-", dir="/var/tmp"))
    print(f"disk: {run('df', '--output=source,fstype', work).stdout.split()[2:]}")
    try:
        for part in ("memory", "latency", "hostile", "webhook", "proof",
                     "rehearsal", "judging", "start", "swarm"):
            if part in parts:
                globals()[part](work)
        if "drain" in parts:
            ratio = drain(work, words.events, words.rounds)
            print(f"ratio end_to_end/ceiling {ratio:.2f}")
    finally:
        shutil.rmtree(work, ignore_errors=True)


if __name__ == "__main__":
    main()
