# SPDX-License-Identifier: Apache-2.0
"""Bad networks between real hosts (network namespaces): 30 % (15) of all
packets lost; 64 kbit/s with a round trip of 2 s; and connections that are reset again
and again while the other side believes them alive. Nothing that a clerk was
told is stored is lost, nothing is in the log twice, the order holds; and the
nodes hand at most 1.5 times the bytes of events, sealed parts and receipts to
ZeroMQ. FULL=1: more nodes, more events, 1,000 resets. SEED= may be given."""
import os
import random
import struct
import threading
import time

import checks
import lmdb_store
import netns
from region import ROOT, SLOW, Failed, local_ms, seq_range, wait_for

FULL = os.environ.get("FULL") == "1"
LONG = 900 if FULL else 120
LOSS = 30 if FULL else 15  # percent, each way; 30 may take minutes
WILAYAH = [f"73.71.{n:02d}" for n in (1, 2, 3, 4, 5, 6, 7, 8, 9)]
# run: nodes, and events or resets of each
RUNS = {"loss": (3, 300), "slow": (2, 200), "resets": (4, 250)} if FULL else {
    "loss": (1, 40), "slow": (1, 40), "resets": (1, 20)}
BYTES_RATIO_MAX = 1.5
ROW_FIXED = 65
ROSTER = (ROOT / "data/scenes/makassar-2023/units.csv").read_text().splitlines()
ACTS = ("PST", "APK", "DKL", "FTO", "SOS", "MBP", "TIM", "KPT", "FSN", "ITM")


class Office:
    """A kecamatan's clerk, collector and cable."""

    def __init__(self, region, run, wilayah, host):
        self.region, self.run = region, run
        self.wilayah, self.host = wilayah, host
        self.random = random.Random(f"{checks.SEED}/{wilayah}")
        self.stored, self.failure = [], None

    def open(self):
        """The slices come beside the region: what they weigh is not part of
        what is measured."""
        self.region.join(self.wilayah, self.host)
        self.region.start_collector(self.wilayah, beside=True)
        wait_for("the roster", lambda: self.status()["roster_version"] and
                 self.status()["campaign_version"])
        self.region.stop_collector(self.wilayah)
        self.before = self.status()["last_seq"]

    def status(self):
        return self.region.collector_status(self.wilayah)

    def record(self):
        day = f"2023-11-{self.random.randint(1, 12):02d}"
        village = 1001 + len(self.stored) % 5
        out = self.region.collector(
            self.wilayah, "incident", "--unit",
            f"KEL-{self.wilayah}.{village}", "--act",
            self.random.choice(ACTS), "--happened", day, "--known", day,
            "--reported", "2023-11-13", "--source", "WARGA", "--subject",
            "PNS", "--yes").stdout
        self.stored.append(seq_range(out)[1])

    def ceremony(self):
        """Every kelurahan of the kecamatan in one command."""
        units = [row.split(",")[0] for row in ROSTER
                 if row.startswith(f"KEL-{self.wilayah}.")]
        path = self.region.dir / f"units-{self.wilayah}.csv"
        path.write_text("unit,pns_present,pns_signed,head\n" + "".join(
            f"{unit},1,1,1\n" for unit in units))
        out = self.region.collector(
            self.wilayah, "pledge", "--campaign", "NETRAL2024", "--act",
            "pakta", "--form", "APEL", "--made", "2023-11-13 07:00",
            "--template", "T", "--units", path, "--yes").stdout
        first, last = seq_range(out)
        self.stored += range(first, last + 1)

    def connected(self, more_than):
        return wait_for(
            f"{self.wilayah} to connect", lambda:
            self.region.connections_of(self.wilayah) > more_than, LONG)

    def reset(self, at_region):
        """A ceremony on the good link; then an incident of which the one
        side's socket dies, while the other is left half open."""
        self.ceremony()
        wait_for("the ceremony's receipt", self.is_drained, LONG)
        before = self.region.connections_of(self.wilayah)
        lost = self.host.ports(at_region=False)
        self.host.refuse(at_region)
        try:
            self.record()
            wait_for("a reset",
                     lambda: not lost & self.host.ports(at_region))
        finally:
            self.host.accept(at_region)
        self.connected(before)

    def work(self):
        try:
            _, count = RUNS[self.run]
            began = time.monotonic()
            self.region.start_collector(self.wilayah)
            if self.run == "resets":
                self.connected(0)
            for n in range(count):
                if self.run == "resets":
                    self.reset(self.random.random() < 0.5)
                else:
                    self.record()
            wait_for(f"{self.wilayah}, {self.run}: all receipts",
                     self.is_drained, LONG)
            self.seconds = time.monotonic() - began
            self.handed = self.region.stop_collector(self.wilayah)
        except Exception as failure:  # told by the main thread
            self.failure = failure

    def is_drained(self):
        status = self.status()
        return status["receipted_seq"] == status["last_seq"]

    def needed(self):
        """Bytes of events, sealed parts and receipts, each counted once."""
        last, total = self.status()["last_seq"], 0
        spool = lmdb_store.Store(self.region.nodes[self.wilayah] / "spool")
        for seq in range(self.before + 1, last + 1):
            key = struct.pack(">Q", seq)
            row = spool.get(b"row", key)
            total += len(row) - ROW_FIXED - row[ROW_FIXED - 1]
            for table in (b"receipt", b"blob"):
                total += len(spool.get(table, key) or b"")
        spool.commit()
        return total

    def hold(self, seqs):
        if seqs != list(range(1, len(seqs) + 1)):
            odd = [n for n, seq in enumerate(seqs, 1) if n != seq][:1]
            raise Failed(f"{self.wilayah}: {len(seqs)} rows, not once each in "
                         f"order: {odd}")
        missing = set(self.stored) - set(seqs)
        if missing:
            raise Failed(f"{self.wilayah}: {len(missing)} stored, not in the "
                         "log")


def open_offices(net, region):
    offices = []
    for run, (nodes, _) in RUNS.items():
        for _ in range(nodes):
            n = len(offices) + 1
            host = net.add_host(n)
            host = host.plug_slow("64kbit", 1) if run == "slow" else host.plug()
            offices.append(Office(region, run, WILAYAH[n - 1], host))
    for office in offices:
        office.open()
        if office.run == "loss":
            office.host.lose(LOSS)
    return offices


def report(run, offices):
    handed = sum(o.handed for o in offices)
    needed = sum(o.needed() for o in offices)
    what = f"{len(offices) * RUNS[run][1]} resets, " if run == "resets" else ""
    count = sum(len(o.stored) for o in offices)
    slowest = max(o.seconds for o in offices)
    print(f"{run}: {len(offices)} nodes, {what}{count} events in {slowest:.0f} "
          f"s, all in the log once and in order; {handed} bytes handed to ZeroMQ for {needed} of "
          f"events and receipts: {handed / needed:.2f}", flush=True)
    if handed > BYTES_RATIO_MAX * needed:
        raise Failed(f"{run}: {handed / needed:.2f} times the bytes")


def main():
    netns.skip_unless_possible()
    print(f"seed: {checks.SEED}")
    net = netns.Net()
    with checks.workspace() as directory:
        region = netns.NetRegion(net, directory, "73.71",
                                 local_ms("2023-11-13 08:00", "WITA"))
        region.start_aggregator()
        region.set_up(ROOT / "data/scenes/makassar-2023")
        offices = open_offices(net, region)
        threads = [threading.Thread(target=o.work, daemon=True)
                   for o in offices]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(SLOW * LONG * 2)
        for office in offices:
            if office.failure:
                raise office.failure
        found = {}
        for entry in region.log():
            if entry["author"] == 1 or entry.get("node"):
                found.setdefault(entry["node"], []).append(entry["seq"])
        ids = {n["wilayah"]: n["id"] for n in region.state()["nodes"]}
        for office in offices:
            office.hold(found[ids[office.wilayah]])
        region.stop()
        for run in RUNS:
            report(run, [o for o in offices if o.run == run])
    net.remove()


checks.main(main)
