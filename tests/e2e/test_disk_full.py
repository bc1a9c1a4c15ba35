# SPDX-License-Identifier: Apache-2.0
"""A disk that is full, at many different points, on either side: a clerk is
told so in words and nothing is half stored; the region stops giving receipts
and goes on by itself once there is room; what a command called stored is in
the log once, in order. FULL=1: 200 points (12). SEED= may be given."""
import os
import pathlib
import random
import subprocess
import sys
import time

import checks
from region import BIN, ROOT, Daemon, Failed, Region, local_ms, seq_range, \
    tail, wait_for

POINTS = 200 if os.environ.get("FULL") == "1" else 12
MIB = 1 << 20
# A clerk's disk must have 64 MiB to spare for a pledge, 8 MiB for an incident.
REGION_MIB, CLERK_MIB = 24, 80
LAG, RESTART_S = 120, 0.5
PRESSED = 100  # rows; a region takes 4,096 incidents of a node
ROSTER = (ROOT / "data/scenes/makassar-2023/units.csv").read_text().splitlines()
WORDS = "isk penuh", "isk hampir penuh"


class Disk:
    """A small tmpfs; `leave` fills it up to so many bytes."""

    def __init__(self, path, mib):
        self.path = pathlib.Path(path)
        self.path.mkdir(parents=True)
        self.filler = self.path / "filler"
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={mib}m", "tmpfs",
                        str(self.path)], check=True, timeout=20)

    def free(self):
        stat = os.statvfs(self.path)
        return stat.f_bavail * stat.f_frsize

    def leave(self, bytes_):
        with open(self.filler, "ab") as file:
            try:
                while (more := self.free() - bytes_) > 0:
                    file.write(b"\0" * min(more, MIB))
                    file.flush()
            except OSError:
                pass  # the others were faster: it is full

    def clear(self):
        self.filler.unlink(missing_ok=True)

    def unmount(self):
        subprocess.run(["umount", "-l", str(self.path)], timeout=20)


class FullRegion(Region):
    """Its aggregator ends at a disk that is really full; what restarts it in
    life (systemd, docker) is `revive`."""

    limits = ()

    def start_aggregator(self):
        self.started = time.monotonic()
        endpoints = self.dir / "region/endpoints"
        ports = ["tcp://127.0.0.1:*"] * 2
        if self.region_port:
            ports = [f"tcp://127.0.0.1:{p}" for p in
                     (self.region_port, self.join_port)]
        else:
            endpoints.unlink(missing_ok=True)
        daemon = Daemon(
            self.dir / "aggregator.log", BIN / "ikrar-aggregator", "run",
            "--dir", self.dir / "region", "--listen", ports[0],
            "--join-listen", ports[1], *self.limits, *self._clock()).start()
        self.daemons["aggregator"] = daemon
        if not self.region_port:
            wait_for("the aggregator",
                     lambda: self._endpoints(daemon, endpoints))

    def troubles(self):
        """How often it said that the disk fills, or ended of it."""
        told = (self.dir / "aggregator.log").read_text()
        return told.count("disk-filling") + told.count(" fatal ")

    def has_room(self):
        """Runs, and does not believe the disk to be full any more."""
        self.revive()
        told = (self.dir / "aggregator.log").read_text()
        return self.daemons["aggregator"].is_running() and max(
            told.rfind("disk-has-room"), told.rfind(" ready ")) > \
            max(told.rfind("disk-filling"), told.rfind(" fatal "))

    def revive(self):
        if not self.daemons["aggregator"].is_running() and \
                time.monotonic() - self.started > RESTART_S:
            self.deaths += 1
            self.start_aggregator()

    deaths = 0


class Clerk:
    wilayah = checks.CLERK

    def __init__(self, region, chance):
        self.region, self.random = region, chance
        self.stored, self.refused = [], 0
        self.units = region.dir / "units.csv"
        self.units.write_text("unit,pns_present,pns_signed,head\n" + "".join(
            f"{row.split(',')[0]},1,1,1\n" for row in ROSTER
            if row.startswith(f"KEL-{self.wilayah}.")))

    def enter(self, *words):
        done = self.region.collector(self.wilayah, *words, "--yes",
                                     check=False)
        if done.returncode == 0:
            first, last = seq_range(done.stdout)
            self.stored += range(first, last + 1)
        elif any(word in done.stdout + done.stderr for word in WORDS):
            self.refused += 1
        else:
            raise Failed(f"no clear sentence, exit {done.returncode}:\n"
                         f"{done.stdout}{done.stderr}")

    def work(self):
        day = f"2023-11-{self.random.randint(1, 12):02d}"
        for _ in range(self.random.randint(1, 3)):
            self.enter("incident", "--unit", checks.UNITS[self.wilayah],
                       "--act", self.random.choice(("PST", "APK", "SOS")),
                       "--happened", day, "--known", day, "--reported",
                       "2023-11-13", "--source", "WARGA", "--subject", "PNS")
        self.enter("pledge", "--campaign", "NETRAL2024", "--act", "pakta",
                   "--form", "APEL", "--made", "2023-11-13 07:00",
                   "--template", "T", "--units", self.units)

    def presses(self, before, until):
        """Records on until there is no room for it; what LMDB has in spare
        pages may be room enough."""
        if self.region.troubles() > before or len(self.stored) > until:
            return True
        self.work()
        return False

    def is_drained(self):
        self.region.revive()
        done = self.region.collector(self.wilayah, "status", "--json",
                                     check=False)
        if done.returncode != 0:
            return False
        status = self.region.collector_status(self.wilayah)
        return status["receipted_seq"] == status["last_seq"]


def one_point(n, region, clerk, disks, chance):
    """The disk is full after so many bytes more; work goes on; then there is
    room again."""
    wait_for("a region that has room", region.has_room)
    side = ("region", "clerk", "both")[n % 3]
    before = region.troubles()
    if side in ("region", "both"):
        more = 0 if region.limits else MIB + chance.randrange(2 * MIB)
        disks["region"].leave(chance.choice(
            (0, chance.randrange(64 << 10), more)))
    if side in ("clerk", "both"):
        disks["clerk"].leave(chance.choice(
            (0, 8192, chance.randrange(8 * MIB), chance.randrange(64 * MIB))))
    clerk.work()
    if side == "region":
        until = len(clerk.stored) + PRESSED
        wait_for("the region to notice", lambda: clerk.presses(
            before, until), LAG)
    region.revive()
    clerk.work()
    for disk in disks.values():
        disk.clear()
    if n % 4 == 3 or n == POINTS - 1:
        wait_for(f"all receipts after point {n}", clerk.is_drained, LAG)


def hold(region, clerk):
    ids = {node["wilayah"]: node["id"] for node in region.state()["nodes"]
           if node["kind"] == "collector"}
    seqs = [e["seq"] for e in region.log()
            if e.get("node") == ids[clerk.wilayah] and e.get("seq")]
    if seqs != list(range(1, len(seqs) + 1)):
        odd = [n for n, seq in enumerate(seqs, 1) if n != seq][:1]
        raise Failed(f"{len(seqs)} rows, not once each in order: {odd}")
    missing = set(clerk.stored) - set(seqs)
    if missing:
        raise Failed(f"stored, not in the log: {sorted(missing)}")
    return len(seqs)


def round_of(directory, limits, points, chance):
    disks = {}
    try:
        disks["region"] = Disk(directory / "region", REGION_MIB)
        disks["clerk"] = Disk(directory / "nodes", CLERK_MIB)
        region = FullRegion(directory, "73.71",
                            local_ms("2023-11-13 08:00", "WITA"))
        region.limits = limits
        region.start_aggregator()
        region.set_up(ROOT / "data/scenes/makassar-2023")
        checks.join_clerk(region)
        clerk = Clerk(region, chance)
        try:
            for n in points:
                one_point(n, region, clerk, disks, chance)
                if not region.daemons[clerk.wilayah].is_running():
                    raise Failed("the collector ended:\n" + tail(
                        region.daemons[clerk.wilayah].log))
            count = hold(region, clerk)
        finally:
            for daemon in region.daemons.values():
                daemon.stop()
            for relay in region.relays.values():
                relay.close()
        told = (directory / "aggregator.log").read_text()
        print(f"{len(points)} points {' '.join(limits) or 'as installed'}: "
              f"{len(clerk.stored)} stored, {clerk.refused} refused in words, "
              f"{count} in the log once and in order; the region was busy "
              f"{told.count('disk-filling')} times and ended "
              f"{region.deaths} times", flush=True)
    finally:
        for disk in disks.values():
            disk.unmount()


def main():
    if os.getuid() != 0 or subprocess.run(
            ["unshare", "-m", "true"], capture_output=True).returncode != 0:
        print("skipped: a small disk needs root and mounts")
        sys.exit(1 if os.environ.get("CI") == "true" else 77)
    print(f"seed: {checks.SEED}")
    chance = random.Random(checks.SEED)
    points = list(range(POINTS))
    with checks.workspace() as directory:
        round_of(directory / "stops", (), points[:POINTS // 2], chance)
        round_of(directory / "dies", (
            "--disk-busy-percent", "100", "--disk-stop-percent", "100"),
            points[POINTS // 2:], chance)


checks.main(main)
