# SPDX-License-Identifier: Apache-2.0
"""kill -9 of the notifier while 5,000 alert events go out to receivers that
fail at random: each promised message arrives at least once under one stable
id, never again once its receiver's yes was heard, none is lost, and the ledger
says what the receivers wrote down. UNITS= (2500, two alerts each), KILLS= (20)
and SEED= may be given."""
import http.server
import json
import os
import pathlib
import random
import shutil
import signal
import tempfile
import threading
import time

from region import BIN, Daemon, Failed, Region, local_ms, tail, wait_for

UNITS = int(os.environ.get("UNITS", 2500))
KILLS = int(os.environ.get("KILLS", 20))
SEED = int(os.environ.get("SEED", random.randrange(1 << 32)))
WITHIN = float(os.environ.get("WITHIN", 240))
# What was confirmed so shortly before a kill may not have been heard.
IN_FLIGHT = 1.0
AT_ONCE = 8

CAMPAIGNS = """campaigns:
  - id: PILKADA2024
    name: Ikrar netralitas
    due: "2024-10-04 16:00"
    grace_end: "2024-10-04 17:00"
    lock: "2024-10-21 16:00"
"""
RULE = """  - id: {id}
    kind: unsigned_units/1
    campaign: PILKADA2024
    scope: unit
    at: [{at}]
    counts: head
    min_units: 1
    settle: 5m
    tell: admin
"""
OFFICES = """offices:
  - id: admin
    wilayah: "73.04"
    role: admin
    title: Admin wilayah
    zone: WITA
    language: id
    channels: [webhook]
    terms:
      - id: bkpsdm
        kind: DEFINITIF
        from: "2021-01-01 00:00"
"""
ROUTES = "route: {storm: none}\n"


class Receivers:
    """What arrives, and what was answered: its own record."""

    def __init__(self, chance):
        self.lock = threading.Lock()
        self.chance = chance
        self.seen = {}  # id -> [(time, confirmed)]
        self.what = {}  # id -> (alert, entry)
        record = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_arguments):
                pass

            def do_POST(self):
                record.take(self)

        class Server(http.server.ThreadingHTTPServer):
            def handle_error(self, *_arguments):
                pass  # a notifier that was killed leaves connections behind

        self.server = Server(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]
        threading.Thread(
            target=self.server.serve_forever, daemon=True).start()

    def take(self, request):
        body = request.rfile.read(int(request.headers["Content-Length"]))
        with self.lock:
            dice = self.chance.random()
        if dice < 0.05:  # never read it
            self.say(request, 500)
        elif dice < 0.07:
            request.close_connection = True
        elif dice < 0.10:  # has it, and says nothing
            self.keep(request, body, False)
            request.close_connection = True
        elif dice < 0.12:  # has it, and says no
            self.keep(request, body, False)
            self.say(request, 502)
        else:
            self.keep(request, body, True)
            self.say(request, 200)

    @staticmethod
    def say(request, code):
        try:
            request.send_response(code)
            request.send_header("Content-Length", "0")
            request.end_headers()
        except OSError:
            request.close_connection = True

    def keep(self, request, body, confirmed):
        name = request.headers["webhook-id"]
        value = json.loads(body)
        what = (value["commonLabels"]["ikrar_alert"],
                int(value["commonAnnotations"]["entry"]))
        with self.lock:
            if self.what.setdefault(name, what) != what:
                raise AssertionError(f"{name} is of two messages")
            self.seen.setdefault(name, []).append(
                (time.monotonic(), confirmed))


def write_files(files):
    files.mkdir(parents=True)
    units = ["kode,nama,jenis,wilayah,induk,pns,pppk,non_asn"]
    units += [f"DES-{n},Desa Contoh {n},DESA,73.04.01.{2001 + n % 900},,9,0,0"
              for n in range(UNITS)]
    (files / "units.csv").write_text("\n".join(units) + "\n")
    (files / "campaigns.yaml").write_text(CAMPAIGNS)
    (files / "rules.yaml").write_text(
        "rules:\n" + RULE.format(id="PADA-TENGGAT", at="due") +
        RULE.format(id="PADA-AKHIR", at="grace_end"))
    (files / "offices.yaml").write_text(OFFICES)
    (files / "routes.yaml").write_text(ROUTES)


def open_region(directory, receivers, write_more=None):
    files = directory / "files"
    write_files(files)
    (directory / "contacts.yaml").write_text(json.dumps({"contacts": [{
        "seat": "admin", "channel": "webhook", "private": True,
        "rate": 60000,
        "url": f"http://127.0.0.1:{receivers.port}/hook"}]}))
    (directory / "contacts.yaml").chmod(0o600)
    if write_more:
        write_more(files, directory / "contacts.yaml", receivers.port)
    region = Region(directory / "region", "73.04",
                    local_ms("2024-10-04 08:00", "WITA"))
    region.start_aggregator()
    region.set_up(files)
    region.join("73.04", "notifier")
    region.join("73.04.01")
    region.start_collector("73.04.01")
    region.settle(["73.04.01"])
    return region, files


def start_notifier(region, directory, files):
    region.daemons["notifier"] = Daemon(
        region.dir / "notifier.log", BIN / "ikrar-notifier", "run", "--dir",
        region.nodes["notifier"], "--contacts", directory / "contacts.yaml",
        "--routes", files / "routes.yaml", "--retry-max", "1", "--at-once",
        AT_ONCE, "--clock", region.clock).start()


def let_open(region):
    """Both marks pass; the collector says that it has nothing of that day,
    or is asked again a little later."""
    for text in ("17:01", "17:20", "17:40", "18:30", "19:30"):
        region.set_clock(local_ms(f"2024-10-04 {text}", "WITA"))
        try:
            wait_for("the alerts", lambda: region.state()[
                "last_verdict"] >= 0, 10)
            return
        except Failed:
            continue
    raise Failed("no alert was opened")


def kill_on(region, receivers, chance, messages):
    """Kills whenever another share of the messages has come."""
    kills = []
    daemon = region.daemons["notifier"]
    for n in range(KILLS):
        wanted = messages * (n + 1) // (KILLS + 2)
        wait_for(f"{wanted} messages", lambda w=wanted: len(
            receivers.seen) >= w or not daemon.is_running(), WITHIN)
        if not daemon.is_running():
            raise Failed("the notifier ended:\n" + tail(daemon.log))
        threading.Event().wait(chance.uniform(0, 0.05))
        daemon.stop(signal.SIGKILL)
        kills.append(time.monotonic())
        daemon.start()
    return kills


def hold(status, receivers, kills):
    rows = status["rows"]
    promised = {(r["alert"], r["entry"]) for r in rows}
    unsettled = [r for r in rows if r["state"] != "settled"]
    if len(promised) != 2 * UNITS or unsettled:
        raise Failed(f"{len(promised)} promised, {len(unsettled)} open")
    got = set(receivers.what.values())
    if got != promised or len(receivers.what) != len(promised):
        raise Failed(f"the ledger has {len(promised)}, the receivers {len(got)}"
                     f" under {len(receivers.what)} ids")
    return count_again(receivers, kills)


def count_again(receivers, kills):
    """What came again, and how much of it although it had been confirmed,
    which only a kill may excuse."""
    again = doubled = 0
    for arrivals in receivers.seen.values():
        again += len(arrivals) - 1
        for at, confirmed in arrivals[:-1]:
            if not confirmed:
                continue
            doubled += 1
            if not any(0 <= kill - at < IN_FLIGHT for kill in kills):
                raise Failed("a message came again after it was confirmed")
    if doubled > AT_ONCE * len(kills):
        raise Failed(f"{doubled} came again, more than can be in flight")
    return again, doubled


def main():
    directory = pathlib.Path(tempfile.mkdtemp(prefix="ikrar-nkill."))
    chance = random.Random(SEED)
    receivers = Receivers(random.Random(SEED + 1))
    print(f"SEED={SEED}", flush=True)
    region, files = open_region(directory, receivers)
    start_notifier(region, directory, files)
    let_open(region)
    kills = kill_on(region, receivers, chance, 2 * UNITS)

    def told():
        status = region.notifier_status()
        daemon = region.daemons["notifier"]
        if not daemon.is_running():
            raise Failed("the notifier ended:\n" + tail(daemon.log))
        return (status["promised"] == status["settled"] == 2 * UNITS and
                status["receipted_seq"] == status["last_seq"]) and status

    wait_for("all to come", lambda: len(receivers.seen) >= 2 * UNITS, WITHIN)
    status = wait_for("all to be told", told, WITHIN)
    again, doubled = hold(status, receivers, kills)
    print(f"{2 * UNITS} alert events, {len(kills)} kills: all arrived, "
          f"{again} arrivals more than needed, {doubled} of them after a yes "
          "that a kill swallowed; 0 lost; ledger = receivers")
    region.stop()
    shutil.rmtree(directory)


if __name__ == "__main__":
    main()
