# SPDX-License-Identifier: Apache-2.0
"""kill -9 of the notifier while groups go out to receivers that fail at
random: each alert arrives at each seat in one message, under one stable id, is
told to the region once, and the ledger says what the receivers wrote down.
KILLS= (12) and SEED= may be given."""
import collections
import json
import pathlib
import random
import re
import shutil
import tempfile

import test_notifier_kill as kill
from region import BIN, Failed, local_ms, run, wait_for

SEATS = 8  # as many as a route has
RULES = 6
UNITS = 45  # fewer than are named in a group
ALERTS, GROUPS = RULES * UNITS, RULES * SEATS
ROUTES = "route: {{to: [{}], group_by: rule, group_wait: 1m, storm: none}}\n"
ITEM = re.compile(r"\[([0-9a-f]{8}), entri log (\d+)\]")


class Receivers(kill.Receivers):
    """Of which alerts each message told its seat."""

    def __init__(self, chance):
        super().__init__(chance)
        self.items = {}  # id -> (seat, {(short alert, entry)})
        self.is_gone = False

    def take(self, request):
        if not self.is_gone:
            super().take(request)
            return
        request.rfile.read(int(request.headers["Content-Length"]))
        self.say(request, 410)

    def keep(self, request, body, confirmed):
        name, value = request.headers["webhook-id"], json.loads(body)
        text = " ".join(value["commonAnnotations"]["description"].split())
        told = (value["commonLabels"]["seat"],
                frozenset(ITEM.findall(text)))
        with self.lock:
            if self.items.setdefault(name, told) != told:
                raise AssertionError(f"{name} tells two things")
        super().keep(request, body, confirmed)


def write_more(files, contacts, port):
    seats = [f"kantor-{n}" for n in range(SEATS)]
    office = kill.OFFICES.split("\n", 1)[1]
    (files / "offices.yaml").write_text("offices:\n" + "".join(
        office.replace("id: admin", f"id: {seat}") for seat in seats))
    (files / "rules.yaml").write_text("rules:\n" + "".join(
        kill.RULE.format(id=f"ATURAN-{n}", at="grace_end")
        for n in range(RULES)))
    (files / "routes.yaml").write_text(ROUTES.format(", ".join(seats)))
    contacts.write_text(json.dumps({"contacts": [{
        "seat": seat, "channel": "webhook", "private": True, "rate": 60000,
        "url": f"http://127.0.0.1:{port}/{seat}"} for seat in seats]}))


def hold(region, rows, receivers, kills):
    seats = collections.Counter((row["alert"], row["entry"]) for row in rows)
    # A group has an id of its own at each seat.
    alerts = {key for key, count in seats.items() if count == SEATS}
    groups = [key for key, count in seats.items() if count != SEATS]
    wanted = {(alert[:8], str(entry)) for alert, entry in alerts}
    if len(wanted) != ALERTS or len(groups) != GROUPS:
        raise Failed(f"{len(wanted)} alerts in {len(groups)} groups")
    if set(receivers.items) != set(receivers.what) or \
            len(receivers.items) != len(groups):
        raise Failed(f"{len(receivers.items)} ids of {len(groups)} groups")
    for seat in {row["seat"] for row in rows}:
        parts = [items for whose, items in receivers.items.values()
                 if whose == seat]
        if sum(map(len, parts)) != len(wanted) or set().union(
                *parts) != wanted:
            raise Failed(f"{seat} was told of {list(map(len, parts))}")
    told = collections.Counter(
        (e["body"]["seat"], e["body"]["verdict"])
        for e in region.log() if e["kind"] == "AlertDelivered")
    if len(told) != SEATS * len(wanted) or set(told.values()) != {1}:
        raise Failed(f"the region was told of {len(told)}, some of them "
                     f"{max(told.values())} times")
    return kill.count_again(receivers, kills)


def let_tell(region, text):
    wait_for("the alerts to be read", lambda: region.notifier_status()[
        "next"] > region.state()["last_verdict"], kill.WITHIN)
    region.set_clock(local_ms(text, "WITA"))


def show_dead(region, receivers, files):
    """A group that was stopped is a dead letter that can be read."""
    receivers.is_gone = True
    rules = files / "rules.yaml"
    rules.write_text(rules.read_text() + kill.RULE.format(
        id="ATURAN-LAIN", at="grace_end+4h"))
    region.admin("rules", "load", rules)
    last = region.state()["last_verdict"]
    region.set_clock(local_ms("2024-10-05 00:00", "WITA"))
    wait_for("more alerts", lambda: region.state()["last_verdict"] > last,
             kill.WITHIN)
    let_tell(region, "2024-10-05 01:00")
    letters = wait_for("dead letters", lambda: len(dead := json.loads(run(
        BIN / "ikrar-notifier", "dead", "list", "--json", "--dir",
        region.nodes["notifier"]).stdout)) == SEATS and dead, kill.WITHIN)
    text = run(BIN / "ikrar-notifier", "dead", "show", letters[0]["number"],
               "--dir", region.nodes["notifier"]).stdout
    if f"RANGKUMAN: {UNITS} kabar" not in text or \
            len(ITEM.findall(" ".join(text.split()))) != UNITS:
        raise Failed("a dead group reads:\n" + text)


def main():
    directory = pathlib.Path(tempfile.mkdtemp(prefix="ikrar-ngroups."))
    chance = random.Random(kill.SEED)
    receivers = Receivers(random.Random(kill.SEED + 1))
    print(f"SEED={kill.SEED}", flush=True)
    kill.UNITS = UNITS
    region, files = kill.open_region(directory, receivers, write_more)
    kill.start_notifier(region, directory, files)
    kill.let_open(region)
    let_tell(region, "2024-10-04 20:00")
    kills = kill.kill_on(region, receivers, chance, GROUPS)
    rows = ALERTS * SEATS + GROUPS

    def told():
        status = region.notifier_status()
        return (status["promised"] == status["settled"] == rows and
                status["receipted_seq"] == status["last_seq"]) and status

    status = wait_for("all to be told", told, kill.WITHIN)
    again, doubled = hold(region, status["rows"], receivers, kills)
    print(f"{ALERTS} alerts to {SEATS} seats in {GROUPS} groups, "
          f"{len(kills)} kills: each told once, {again} groups arrived again, "
          f"{doubled} of them after a yes that a kill swallowed")
    show_dead(region, receivers, files)
    region.stop()
    shutil.rmtree(directory)


if __name__ == "__main__":
    main()
