# SPDX-License-Identifier: Apache-2.0
"""Hosts of their own for a region and its nodes: a network namespace each, and
links between them that can lose, crawl and break."""
import atexit
import os
import pathlib
import re
import shutil
import subprocess
import sys

from region import BIN, ROOT, Daemon, Failed, Region, run, tail, wait_for

PORT, JOIN_PORT = 5570, 5571


def can_enter(name):
    """It is entered too: that needs a root that is a mount point."""
    done = [subprocess.run(["ip", *words], capture_output=True).returncode
            for words in (("netns", "add", name), ("-n", name, "link"),
                          ("netns", "del", name))]
    return not any(done)


def skip_unless_possible():
    """Exit 77 where there are no namespaces; a failure under CI=true."""
    why = None
    if os.getuid() != 0:
        why = "namespaces need root"
    elif not shutil.which("nft") or not shutil.which("tc"):
        why = "nft and tc are missing (nftables, iproute2)"
    elif not can_enter(f"ikrar-try-{os.getpid()}"):
        why = "this kernel, container or chroot has no network namespaces"
    if why:
        print(f"skipped: {why}")
        sys.exit(1 if os.environ.get("CI") == "true" else 77)


class Net:
    """One namespace for the region, one for each node."""

    def __init__(self):
        self.name = f"ikr{os.getpid()}"
        self.made, self.cables = [], []
        atexit.register(self.remove)
        self.region = self._add("r")

    def _add(self, what):
        name = f"{self.name}{what}"
        run("ip", "netns", "add", name)
        self.made.append(name)
        run("ip", "-n", name, "link", "set", "lo", "up")
        return name

    def remove(self):
        for cable in self.cables:
            if cable.poll() is None:
                cable.kill()
                cable.wait(10)
        for name in self.made:
            subprocess.run(["ip", "netns", "del", name], timeout=20)
        self.made, self.cables = [], []

    def inside(self, name, *words, **more):
        return run("ip", "netns", "exec", name, *words, **more)

    def nft(self, name, *lines):
        for line in lines:
            self.inside(name, "nft", *line.split())

    def add_host(self, n):
        return Host(self, n, self._add(f"n{n}"))


class Host:
    """A node's computer; how its cable behaves is chosen once."""

    def __init__(self, net, n, name):
        self.net, self.n, self.name = net, n, name
        self.endpoint = f"tcp://10.88.{n}.1:{PORT}"

    def _address(self, device):
        for name, last in ((self.net.region, 1), (self.name, 2)):
            run("ip", "-n", name, "addr", "add",
                f"10.88.{self.n}.{last}/24", "dev", device)
            run("ip", "-n", name, "link", "set", device, "up")

    def plug(self):
        """Two ends of a veth; what breaks connections stands ready."""
        self.device = f"v{self.n}"
        run("ip", "link", "add", self.device, "netns", self.net.region,
            "type", "veth", "peer", "name", self.device, "netns", self.name)
        self._address(self.device)
        for name in (self.net.region, self.name):
            self.net.nft(
                name, f"add table inet t{self.n}",
                f"add chain inet t{self.n} in "
                "{ type filter hook input priority 0 ; }",
                f"add chain inet t{self.n} out "
                "{ type filter hook output priority 0 ; }")
        return self

    def plug_slow(self, rate, one_way_s):
        self.device = f"t{self.n}"
        cable = subprocess.Popen(
            ["/usr/bin/python3", str(ROOT / "tests/support/slow_link.py"),
             self.net.region, self.name, self.device, str(one_way_s)],
            stdout=subprocess.PIPE, text=True)
        self.net.cables.append(cable)
        if cable.stdout.readline() != "ready\n":
            raise Failed("the slow cable did not start")
        self._address(self.device)
        for name in (self.net.region, self.name):
            self.net.inside(name, "tc", "qdisc", "add", "dev", self.device,
                            "root", "tbf", "rate", rate, "burst", "2kb",
                            "latency", "4000ms")
        return self

    def lose(self, percent):
        """Of the packets in each direction."""
        for name in (self.net.region, self.name):
            self.net.nft(name, f"add rule inet t{self.n} in iifname "
                         f"{self.device} numgen random mod 100 < {percent} "
                         "drop")

    def refuse(self, at_region):
        """What the one side says is answered with a reset that only itself
        hears; the other believes it is connected still."""
        name, way = ((self.net.region, "sport") if at_region else
                     (self.name, "dport"))
        self.net.nft(name, f"add rule inet t{self.n} out oifname "
                     f"{self.device} tcp {way} {PORT} reject with tcp reset")

    def accept(self, at_region):
        name = self.net.region if at_region else self.name
        self.net.nft(name, f"flush chain inet t{self.n} out")

    def ports(self, at_region):
        """The node's port of each connection that this side believes in. The
        region's half of a connection whose node is gone lives on until its
        next heartbeat."""
        name, far = ((self.net.region, 2) if at_region else (self.name, 1))
        lines = self.net.inside(
            name, "ss", "-Htn", "state", "established", "dst",
            f"10.88.{self.n}.{far}").stdout.splitlines()
        return {line.split()[3 if at_region else 2].rsplit(":", 1)[1]
                for line in lines}


class NetRegion(Region):
    """The region and its commands run on the region's host, each collector
    on its own; a clerk's commands touch the disk alone."""

    def __init__(self, net, *words):
        self.net, self.hosts = net, {}
        super().__init__(*words)

    def start_aggregator(self):
        endpoints = self.dir / "region/endpoints"
        endpoints.unlink(missing_ok=True)
        daemon = Daemon(
            self.dir / "aggregator.log", "ip", "netns", "exec",
            self.net.region, BIN / "ikrar-aggregator", "run", "--dir",
            self.dir / "region", "--listen", f"tcp://0.0.0.0:{PORT}",
            "--join-listen", f"tcp://127.0.0.1:{JOIN_PORT}", "--advertise",
            f"tcp://127.0.0.1:{PORT}", *self._clock()).start()
        self.daemons["aggregator"] = daemon
        wait_for("the aggregator", lambda: self._endpoints(daemon, endpoints))

    def admin(self, *words, check=True):
        return self.net.inside(
            self.net.region, BIN / "ikrar-aggregator", *words, "--dir",
            self.dir / "region", *self._clock(), check=check)

    def join(self, wilayah, host):
        code = self.admin("node", "invite", wilayah).stdout.split("\n")[
            -2].strip()
        directory = self.dir / "nodes" / wilayah
        directory.parent.mkdir(exist_ok=True)
        self.net.inside(self.net.region, BIN / "ikrar-collector", "join",
                        code, "--dir", directory)
        self.nodes[wilayah], self.hosts[wilayah] = directory, host

    def log_of(self, wilayah):
        return self.dir / f"collector-{wilayah}.log"

    def start_collector(self, wilayah, beside=False):
        """On its host; or beside the region, where nothing is wrong."""
        host = self.hosts[wilayah]
        name, endpoint = ((self.net.region, f"tcp://127.0.0.1:{PORT}")
                          if beside else (host.name, host.endpoint))
        self.daemons[wilayah] = Daemon(
            self.log_of(wilayah), "ip", "netns", "exec", name,
            BIN / "ikrar-collector", "run", "--dir", self.nodes[wilayah],
            "--endpoint", endpoint, *self._clock()).start()

    def stop_collector(self, wilayah):
        """Message bytes that it handed to ZeroMQ, both ways."""
        daemon = self.daemons.pop(wilayah)
        daemon.stop()
        found = re.findall(r"uplink-closed bytes=(\d+)",
                           self.log_of(wilayah).read_text())
        if not found:
            raise Failed("no uplink-closed in:\n" + tail(daemon.log))
        return int(found[-1])

    def connections_of(self, wilayah):
        return self.log_of(wilayah).read_text().count("link state=connected")
