# SPDX-License-Identifier: Apache-2.0
"""A region for drills and end-to-end tests: real programs on loopback.

Every wait has a deadline and waits for the thing itself; nothing sleeps for
a fixed time in the hope that something has happened by then.
"""
import atexit
import json
import os
import pathlib
import re
import select
import signal
import socket
import subprocess
import threading
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
BIN = pathlib.Path(os.environ.get("IKRAR_BIN", ROOT / "build/release/bin"))
# How much slower these programs are than others: sanitizers. It stretches
# every deadline, and no other expectation.
SLOW = float(os.environ.get("IKRAR_SLOW", "1"))
DEADLINE = SLOW * float(os.environ.get("IKRAR_DEADLINE", "60"))
ZONES = {"WIB": 7, "WITA": 8, "WIT": 9}


class Failed(Exception):
    """Something that had to happen did not; the text says what."""


def wait_for(what, condition, within=None):
    """Polls until `condition()` is true; returns what it returned."""
    end = time.monotonic() + (SLOW * within if within else DEADLINE)
    pause = threading.Event()
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise Failed(f"timed out waiting for: {what}")
        pause.wait(0.02)


def run(*command, check=True, text=True, **kwargs):
    """One command to its end, with a deadline."""
    done = subprocess.run(
        [str(part) for part in command], capture_output=True, text=text,
        timeout=DEADLINE, stdin=subprocess.DEVNULL, **kwargs)
    if check and done.returncode != 0:
        raise Failed(f"{' '.join(map(str, command))}: exit {done.returncode}\n"
                     f"{done.stdout}{done.stderr}")
    return done


class Daemon:
    """A program in the background, its log in a file. Whatever still runs
    when the script ends, also by Ctrl-C, ends with it."""

    running = set()

    def __init__(self, log, *command):
        self.command = [str(part) for part in command]
        self.log = pathlib.Path(log)
        self.process = None

    def start(self):
        with open(self.log, "ab") as out:
            self.process = subprocess.Popen(
                self.command, stdout=out, stderr=out,
                stdin=subprocess.DEVNULL)
        Daemon.running.add(self.process)
        return self

    def is_running(self):
        return self.process is not None and self.process.poll() is None

    def stop(self, how=signal.SIGTERM, within=20):
        if not self.process:
            return 0
        if self.process.poll() is None:
            self.process.send_signal(how)
        try:
            code = self.process.wait(SLOW * within)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(10)
            raise Failed(f"{self.command[0]} did not stop in {within} s")
        Daemon.running.discard(self.process)
        self.process = None
        return code

    def kill(self):
        self.stop(signal.SIGKILL)


def end_all():
    for process in Daemon.running:
        if process.poll() is None:
            process.kill()
            process.wait(10)


atexit.register(end_all)


class Relay:
    """A TCP relay to one address; its link can be cut and mended."""

    def __init__(self, host, port):
        self.target = (host, port)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.is_up = True
        self.is_cut = threading.Event()
        self.wake_read, self.wake_write = os.pipe()
        self.thread = threading.Thread(target=self._serve, daemon=True)
        self.closing = False
        self.thread.start()

    def endpoint(self):
        return f"tcp://127.0.0.1:{self.port}"

    def set_up(self, is_up):
        """Cut, nothing that was under way arrives at a later hour."""
        self.is_cut.clear()
        self.is_up = is_up
        os.write(self.wake_write, b"x")
        if not is_up and not self.is_cut.wait(30):
            raise Failed(f"the link to {self.target} could not be cut")

    def close(self):
        self.closing = True
        os.write(self.wake_write, b"x")
        self.thread.join(10)
        self.listener.close()
        os.close(self.wake_read)
        os.close(self.wake_write)

    def _drop_all(self, peers):
        for sock in list(peers):
            self._end(sock)
            sock.close()
        peers.clear()

    def _end(self, sock):
        """Until the region has read all and hung up too."""
        try:
            if sock.getpeername() != self.target:
                return
            sock.settimeout(10)
            sock.shutdown(socket.SHUT_WR)
            while sock.recv(65536):
                pass
        except OSError:
            pass

    def _serve(self):
        peers = {}
        while not self.closing:
            readable, _, _ = select.select(
                [self.listener, self.wake_read, *peers], [], [], 5)
            for sock in readable:
                if sock is self.wake_read:
                    os.read(self.wake_read, 64)
                elif sock is self.listener:
                    self._accept(peers)
                elif sock in peers:
                    self._copy(sock, peers)
            if not self.is_up:
                self._drop_all(peers)
                self.is_cut.set()
        self._drop_all(peers)

    def _accept(self, peers):
        near, _ = self.listener.accept()
        if not self.is_up:
            near.close()
            return
        try:
            far = socket.create_connection(self.target, timeout=5)
        except OSError:
            near.close()
            return
        peers[near], peers[far] = far, near

    @staticmethod
    def _copy(sock, peers):
        other = peers[sock]
        try:
            data = sock.recv(65536)
            if data:
                other.sendall(data)
                return
        except OSError:
            pass
        for end in (sock, other):
            peers.pop(end, None)
            end.close()


class Mailbox:
    """The mail and webhook server that stands for the offices' own."""

    def __init__(self, directory, port=0):
        self.dir = pathlib.Path(directory)
        self.dir.mkdir(parents=True, exist_ok=True)
        self.port = port
        self.daemon = None
        self.smtp = self.http = None

    def start(self, *more):
        ports = self.dir / "ports"
        ports.unlink(missing_ok=True)
        keep = []
        if self.smtp:
            keep = ["--smtp", self.smtp, "--http", self.http]
        elif self.port:
            keep = ["--http", self.port]
        self.daemon = Daemon(
            self.dir / "log", "/usr/bin/python3",
            ROOT / "tests/support/mailbox.py", "--dir", self.dir / "mail",
            "--ports", ports, *keep, *more).start()
        wait_for("the mailbox", lambda: self._ports(ports))
        return self

    def _ports(self, path):
        if not self.daemon.is_running():
            raise Failed(f"the mailbox ended:\n{tail(self.dir / 'log')}")
        if not path.exists() or not path.read_text().strip().endswith("}"):
            return False
        ports = json.loads(path.read_text())
        self.smtp, self.http = ports["smtp"], ports["http"]
        return True

    def stop(self):
        if self.daemon:
            self.daemon.stop()

    def mails(self):
        """All mails so far: to, subject, text, headers."""
        return [m for m in self._all() if m["kind"] == "mail"]

    def webhooks(self):
        """All webhook posts so far: path, headers, json."""
        return [m for m in self._all() if m["kind"] == "webhook"]

    def _all(self):
        url = f"http://127.0.0.1:{self.http}/api/messages"
        with urllib.request.urlopen(url, timeout=DEADLINE) as answer:
            return json.load(answer)


class Region:
    """An aggregator with its admin, collectors and a notifier."""

    def __init__(self, directory, wilayah, start_ms=None):
        self.dir = pathlib.Path(directory)
        self.dir.mkdir(parents=True, exist_ok=True)
        self.wilayah = wilayah
        self.clock = None
        self.nodes = {}
        self.relays = {}
        self.daemons = {}
        self.region_port = None
        if start_ms is not None:
            self.clock = self.dir / "clock"
            self.set_clock(start_ms)
        drill = ["--drill", *self._clock()] if self.clock else []
        run(BIN / "ikrar-aggregator", "init", "--dir", self.dir / "region",
            "--wilayah", wilayah, *drill)

    def _clock(self):
        return ["--clock", self.clock] if self.clock else []

    def set_clock(self, ms):
        self.now_ms = ms
        fresh = self.dir / "clock.new"
        fresh.write_text(f"{ms}\n")
        fresh.rename(self.clock)

    # ---- the region's own machine

    def start_aggregator(self):
        endpoints = self.dir / "region/endpoints"
        endpoints.unlink(missing_ok=True)
        ports = ["tcp://127.0.0.1:*", "tcp://127.0.0.1:*"]
        if self.region_port:
            ports = [f"tcp://127.0.0.1:{p}" for p in
                     (self.region_port, self.join_port)]
        daemon = Daemon(
            self.dir / "aggregator.log", BIN / "ikrar-aggregator", "run",
            "--dir", self.dir / "region", "--listen", ports[0],
            "--join-listen", ports[1], *self._clock()).start()
        self.daemons["aggregator"] = daemon
        wait_for("the aggregator", lambda: self._endpoints(daemon, endpoints))

    def _endpoints(self, daemon, path):
        if not daemon.is_running():
            raise Failed("the aggregator ended:\n" + tail(daemon.log))
        if not path.exists():
            return False
        lines = dict(line.split() for line in path.read_text().splitlines())
        if "region" not in lines or "join" not in lines:
            return False
        self.region_port = int(lines["region"].rsplit(":", 1)[1])
        self.join_port = int(lines["join"].rsplit(":", 1)[1])
        return True

    def admin(self, *words, check=True):
        return run(BIN / "ikrar-aggregator", *words, "--dir",
                   self.dir / "region", *self._clock(), check=check)

    def set_up(self, files):
        """Roster, calendar, campaigns, rules and offices, whichever are
        there."""
        for name, words in (("units.csv", ("unit", "import")),
                            ("calendar.yaml", ("calendar", "set")),
                            ("campaigns.yaml", ("campaign", "set")),
                            ("rules.yaml", ("rules", "load")),
                            ("offices.yaml", ("office", "load"))):
            if (files / name).exists():
                self.admin(*words, files / name)

    def state(self, *more):
        return json.loads(run(
            BIN / "ikrar-aggregator", "state", "--dir", self.dir / "region",
            "--json", *more, *self._clock()).stdout)

    def log(self):
        out = self.admin("log", "read", "--json").stdout
        return [json.loads(line) for line in out.splitlines()]

    def export(self, name="log"):
        out = self.dir / name
        self.admin("export", out)
        return out

    # ---- nodes

    def join(self, wilayah, kind="collector"):
        name = wilayah if kind == "collector" else kind
        code = self.admin("node", "invite", wilayah, "--kind",
                          kind).stdout.split("\n")[-2].strip()
        directory = self.dir / "nodes" / name
        directory.parent.mkdir(exist_ok=True)
        program = "ikrar-notifier" if kind == "notifier" else "ikrar-collector"
        run(BIN / program, "join", code, "--dir", directory)
        self.nodes[name] = directory
        return directory

    def start_collector(self, wilayah):
        relay = self.relays.get(wilayah)
        if not relay:
            relay = Relay("127.0.0.1", self.region_port)
            self.relays[wilayah] = relay
        self.daemons[wilayah] = Daemon(
            self.dir / f"collector-{wilayah}.log", BIN / "ikrar-collector",
            "run", "--dir", self.nodes[wilayah], "--endpoint",
            relay.endpoint(), *self._clock()).start()

    def set_link(self, wilayah, is_up):
        """A collector waits up to five real minutes between two attempts;
        when the link is back it is poked, as a clerk's next record would."""
        self.relays[wilayah].set_up(is_up)
        if is_up:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as poke:
                poke.sendto(b"x", str(self.nodes[wilayah] / "wake"))

    def start_notifier(self, contacts, mailbox, *more):
        self.daemons["notifier"] = Daemon(
            self.dir / "notifier.log", BIN / "ikrar-notifier", "run", "--dir",
            self.nodes["notifier"], "--contacts", contacts, "--smtp",
            f"smtp://127.0.0.1:{mailbox.smtp}", "--from",
            "peringatan@ikrar.example", "--retry-max", "5", *more,
            *self._clock()).start()

    def collector(self, wilayah, *words, check=True):
        return run(BIN / "ikrar-collector", *words, "--dir",
                   self.nodes[wilayah], *self._clock(), check=check)

    def collector_status(self, wilayah):
        return json.loads(
            self.collector(wilayah, "status", "--json").stdout)

    def notifier(self, *words, check=True):
        return run(BIN / "ikrar-notifier", *words, "--dir",
                   self.nodes["notifier"], check=check)

    def notifier_status(self):
        return json.loads(run(
            BIN / "ikrar-notifier", "status", "--dir",
            self.nodes["notifier"], "--json").stdout)

    # ---- time

    def settle(self, linked):
        """Waits until all that `linked` collectors hold is receipted, no
        timer is due, and all that is owed has been told."""
        wait_for("the log to settle", lambda: self._is_settled(linked))

    def _is_settled(self, linked):
        for name, daemon in self.daemons.items():
            if not daemon.is_running():
                raise Failed(f"{name} ended:\n{tail(daemon.log)}")
        for wilayah in linked:
            status = self.collector_status(wilayah)
            if status["receipted_seq"] < status["last_seq"]:
                return False
        state = self.state()
        due = state["next_due_ms"]
        if due is not None and due <= self.now_ms:
            return False
        by_wilayah = {n["wilayah"]: n for n in state["nodes"]
                      if n["kind"] == "collector"}
        if any(by_wilayah[w]["report_wanted"] for w in linked):
            return False
        if "notifier" in self.daemons:
            return self._has_told(state["last_verdict"])
        return True

    def _has_told(self, last_verdict):
        status = self.notifier_status()
        return (status["next"] > last_verdict and status["promised"] == status["settled"] and
                status["receipted_seq"] == status["last_seq"])

    def advance(self, to_ms, linked):
        """Moves the clock to `to_ms`, stopping at each timer on the way."""
        while True:
            self.settle(linked)
            due = self.state()["next_due_ms"]
            if due is None or due > to_ms:
                break
            self.set_clock(due)
        self.set_clock(to_ms)
        self.settle(linked)

    def stop(self):
        problems = []
        for name in sorted(self.daemons, key=lambda n: n == "aggregator"):
            try:
                code = self.daemons[name].stop()
                if code not in (0, None):
                    problems.append(f"{name} ended with {code}")
            except Failed as failed:
                problems.append(str(failed))
        self.daemons = {}
        for relay in self.relays.values():
            relay.close()
        self.relays = {}
        if problems:
            raise Failed("; ".join(problems))


def tail(path, lines=15):
    return "\n".join(pathlib.Path(path).read_text(
        errors="replace").splitlines()[-lines:])


def local_ms(text, zone):
    """"2024-10-01 08:00" in WIB, WITA or WIT."""
    import calendar
    parts = time.strptime(text, "%Y-%m-%d %H:%M")
    return (calendar.timegm(parts) - ZONES[zone] * 3600) * 1000


def districts(wilayah):
    """The kecamatan codes of a kabupaten or kota."""
    rows = (ROOT / "data/wilayah/districts.csv").read_text().splitlines()[1:]
    return [row.split(",")[0] for row in rows
            if row.split(",")[1] == wilayah]


def seq_range(output):
    """First and last number of the line `tersimpan 12-218`."""
    match = re.search(r"^tersimpan (\d+)(?:-(\d+))?\s*$", output, re.M)
    if not match:
        raise Failed(f"no line `tersimpan N` in:\n{output}")
    return int(match[1]), int(match[2] or match[1])
