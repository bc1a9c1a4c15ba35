# SPDX-License-Identifier: Apache-2.0
"""An enrolled node that asks on many connections as fast as it can and never
reads what it gets is slowed alone: the aggregator keeps its size, and a clerk
beside it has a receipt within seconds. FULL=1: two minutes (six seconds)."""
import os
import pathlib
import time

import checks
import zmq
from client import Code, Link, Node
from region import ROOT, SLOW, Failed, wait_for

CONNECTIONS = 8
SECONDS = 120 if os.environ.get("FULL") == "1" else 6
GROWTH_MAX_MIB = 64
RECEIPT_MAX_S = 5 * SLOW
UNITS = 3000


def anon_mib(region):
    pid = region.daemons["aggregator"].process.pid
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("RssAnon"):
            return int(line.split()[1]) / 1024
    raise Failed("no RssAnon")


def is_sanitized(region):
    pid = region.daemons["aggregator"].process.pid
    return "libasan" in pathlib.Path(f"/proc/{pid}/maps").read_text()


def load_units(region):
    """So many that a slice is as large as it can be."""
    path = region.dir / "many.csv"
    scene = (ROOT / "data/scenes/makassar-2023/units.csv").read_text()
    path.write_text(scene + "".join(
        f"BANYAK-{n:05d},Unit dengan nama yang panjang sekali {n},DINAS,73.71"
        ",,12,12,12\n" for n in range(UNITS)))
    region.admin("unit", "import", path)


class Greedy:
    """Asks, and leaves all answers where they are."""

    def __init__(self, region):
        self.node = Node(ROOT / "proto")
        self.node.join(Code(region.admin(
            "node", "invite", "73.71").stdout.split("\n")[-2]))
        self.version = region.state()["roster_version"]
        self.links = []
        for _ in range(CONNECTIONS):
            link = Link(self.node.region.endpoints[0].address,
                        self.node.server_z85, self.node.public_z85,
                        self.node.secret_z85)
            link.socket.rcvhwm = 1
            self.links.append(link)
        self.asked = 0

    def ask(self, seconds):
        say = self.node.wire.ToRegion()
        say.fetch.what = 1
        say.fetch.version, say.fetch.part = self.version, 1
        raw, end = say.SerializeToString(), time.monotonic() + seconds
        while time.monotonic() < end:
            for link in self.links:
                try:
                    link.socket.send(raw, zmq.NOBLOCK)
                    self.asked += 1
                except zmq.Again:
                    link.socket.poll(1, zmq.POLLOUT)

    def close(self):
        for link in self.links:
            link.socket.close(0)


def main():
    with checks.region("makassar-2023", "2023-11-13 08:00") as region:
        load_units(region)
        checks.join_clerk(region)
        checks.record_receipted(region)
        greedy = Greedy(region)
        before, most, slowest = anon_mib(region), 0, 0
        for _ in range(SECONDS // 2):
            greedy.ask(2)
            began = time.monotonic()
            checks.record_receipted(region)
            slowest = max(slowest, time.monotonic() - began)
            most = max(most, anon_mib(region) - before)
        told = region.state()["counters"]["reject_busy"]
        greedy.close()
        print(f"{greedy.asked} slices asked for in {SECONDS} s on "
              f"{CONNECTIONS} connections, none read: {told} times told to "
              f"come back; the aggregator grew by {most:.1f} MiB; a clerk's "
              f"receipt took {slowest:.2f} s at most")
        # The sanitizer keeps what was freed.
        has_grown = most > GROWTH_MAX_MIB and not is_sanitized(region)
        if has_grown or slowest > RECEIPT_MAX_S or not told:
            raise Failed("it was not slowed alone")


checks.main(main)
