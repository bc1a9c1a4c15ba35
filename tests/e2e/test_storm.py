# SPDX-License-Identifier: Apache-2.0
"""10,000 units are overdue at one mark, an alert each, and a while later 200
more: each of three seats gets one digest for the first, by mail or webhook, and
one when its group's interval is over for the second. Nothing is dropped: every
alert is named in a digest or counted in it, the ledger owes nothing, and the
region's log has a delivery for each alert and seat. The notifier's memory stays
bounded. UNITS= and LATER= may be given."""
import collections
import json
import os
import pathlib
import re
import shutil
import tempfile
import threading

from region import SLOW, Failed, Mailbox, Region, local_ms, wait_for

UNITS = int(os.environ.get("UNITS", 10000))
LATER = int(os.environ.get("LATER", 200))
NAMED = 50  # of a digest, by name
# What is gathered for one commit, and the queue of what is under way.
GROWTH_MIB = 48
NODE = "73.04.01"
SEATS = {"bupati": "pj-1", "inspektorat": "kepala", "admin": "bkpsdm"}

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
    unit_kinds: [{kind}]
    at: [{at}]
    counts: head
    min_units: 1
    settle: 1m
    tell: head
"""
OFFICE = """  - id: {id}
    wilayah: "{wilayah}"
    role: {role}
    title: Kantor {id}
    zone: WITA
    language: id
    channels: [{channel}]
    terms:
      - {{id: {term}, kind: DEFINITIF, from: "2021-01-01 00:00"}}
"""
ROUTES = """route:
  to: [head, admin, inspektorat]
  group_by: wilayah
  group_wait: 5m
  group_interval: 2h
"""


def write_files(files):
    files.mkdir()
    units = ["kode,nama,jenis,wilayah,induk,pns,pppk,non_asn"]
    units += [f"DES-{n},Desa Contoh {n},DESA,{NODE}.{2001 + n % 900},,9,0,0"
              for n in range(UNITS)]
    units += [f"BAG-{n},Bagian Contoh {n},SETDA_BAGIAN,{NODE},,9,0,0"
              for n in range(LATER)]
    texts = {
        "units.csv": "\n".join(units) + "\n",
        "campaigns.yaml": CAMPAIGNS,
        "rules.yaml": "rules:\n" +
        RULE.format(id="BELUM-DESA", kind="DESA", at="grace_end") +
        RULE.format(id="BELUM-SETDA", kind="SETDA_BAGIAN",
                    at="grace_end+30m"),
        "offices.yaml": "offices:\n" + "".join(
            OFFICE.format(id=seat, wilayah=wilayah, role=role,
                          channel=channel, term=SEATS[seat])
            for seat, wilayah, role, channel in (
                ("bupati", "73.04", "head", "mail"),
                ("inspektorat", "73", "head", "webhook"),
                ("admin", "73.04", "admin", "mail"))),
        "routes.yaml": ROUTES}
    for name, text in texts.items():
        (files / name).write_text(text)


def write_contacts(path, mailbox):
    path.write_text(json.dumps({"contacts": [
        {"seat": "bupati", "channel": "mail", "mail": "bupati@k.example"},
        {"seat": "admin", "channel": "mail", "mail": "admin@k.example"},
        {"seat": "inspektorat", "channel": "webhook", "private": True,
         "url": f"http://127.0.0.1:{mailbox.http}/pintu"}]}))
    path.chmod(0o600)
    return path


class Memory:
    """What the notifier has for itself, looked at all the time; the pages of
    its files are the kernel's."""

    def __init__(self, daemon):
        self.path = pathlib.Path(f"/proc/{daemon.process.pid}/status")
        self.before = self.most = self.now()
        self.done = threading.Event()
        self.thread = threading.Thread(target=self.watch, daemon=True)
        self.thread.start()

    def now(self):
        kib = re.search(r"^RssAnon:\s+(\d+) kB", self.path.read_text(), re.M)
        return int(kib[1])

    def watch(self):
        while not self.done.wait(0.005):
            self.most = max(self.most, self.now())

    def stop(self):
        self.done.set()
        self.thread.join()
        return (self.most - self.before) / 1024


def at(text):
    return local_ms(f"2024-10-04 {text}", "WITA")


def digests(mailbox):
    """By seat, the texts of what has come so far."""
    got = collections.defaultdict(list)
    for mail in mailbox.mails():
        got[mail["to"][0].split("@")[0]].append(mail["text"])
    for post in mailbox.webhooks():
        got["inspektorat"].append(post["text"])
    return got


def expect_digests(mailbox, wanted):
    """Each seat has as many as `wanted` has, with so many alerts in them; the
    short ids that they name."""
    got = digests(mailbox)
    named = collections.defaultdict(list)
    for seat in SEATS:
        if len(got[seat]) != len(wanted):
            raise Failed(f"{seat} got {len(got[seat])} messages, not "
                         f"{len(wanted)}:\n" + "\n".join(got[seat])[:4000])
        for text, count in zip(got[seat], wanted):
            first = re.sub(r"\s+", " ", text)
            first = first[:first.index("Mengapa Anda menerima ini")]
            ids = re.findall(r"\[([0-9a-f]{8}), entri log \d+\]", first)
            rest = re.search(r"dan (\d+) peringatan lain", first)
            rest = int(rest[1]) if rest else 0
            if f"{count} kabar peringatan dalam satu pesan" not in first or \
                    len(set(ids)) != min(count, NAMED) or \
                    len(ids) + rest != count:
                raise Failed(f"{seat}: {len(ids)} named, {rest} counted of "
                             f"{count}:\n{first[:2000]}")
            named[seat] += ids
    return named


def wait_told(region, mailbox, count):
    def told():
        if sum(map(len, digests(mailbox).values())) < count:
            return False
        status = region.notifier_status()
        return (status["promised"] == status["settled"] and
                status["receipted_seq"] == status["last_seq"])

    wait_for(f"{count} digests, and all told to the region", told)


def hold_nothing_dropped(region, named):
    log = region.log()
    opened = {e["body"]["alert"] for e in log if e["kind"] == "AlertOpened"}
    told = collections.Counter(
        (e["body"]["alert"], e["body"]["seat"]) for e in log
        if e["kind"] == "AlertDelivered")
    wanted = {(alert, seat) for alert in opened for seat in SEATS}
    if len(opened) != UNITS + LATER or set(told) != wanted or \
            set(told.values()) != {1}:
        raise Failed(f"{len(opened)} alerts, {len(told)} of them told of, "
                     f"{sum(told.values())} deliveries, wanted {len(wanted)}")
    short = {alert[:8] for alert in opened}
    for seat, ids in named.items():
        if not set(ids) <= short:
            raise Failed(f"{seat} was told of an alert that is none")
    status = region.notifier_status()
    if status["promised"] != status["settled"]:
        raise Failed("the ledger owes something")
    return len(told)


def main():
    directory = pathlib.Path(tempfile.mkdtemp(prefix="ikrar-storm."))
    mailbox = Mailbox(directory / "mailbox").start()
    region = Region(directory / "region", "73.04", at("08:00"))
    files = directory / "files"
    write_files(files)
    region.start_aggregator()
    region.set_up(files)
    region.join("73.04", "notifier")
    region.join(NODE)
    region.start_collector(NODE)
    region.start_notifier(write_contacts(directory / "contacts.yaml", mailbox),
                          mailbox, "--routes", files / "routes.yaml")
    region.settle([NODE])
    memory = Memory(region.daemons["notifier"])
    region.advance(at("17:02"), [NODE])
    expect_digests(mailbox, [])
    region.set_clock(at("17:07"))
    wait_told(region, mailbox, len(SEATS))
    expect_digests(mailbox, [UNITS])
    # The second wave waits until two hours after the first digest.
    region.advance(at("19:01"), [NODE])
    expect_digests(mailbox, [UNITS])
    region.set_clock(at("19:07"))
    wait_told(region, mailbox, 2 * len(SEATS))
    named = expect_digests(mailbox, [UNITS, LATER])
    pairs = hold_nothing_dropped(region, named)
    grown = memory.stop()
    print(f"{UNITS} and {LATER} alerts, {len(SEATS)} seats: 2 digests each, "
          f"{pairs} pairs of alert and seat told of once; RssAnon "
          f"{memory.before / 1024:.1f} MiB before, {memory.most / 1024:.1f} "
          "MiB at most")
    if SLOW == 1 and grown > GROWTH_MIB:  # a sanitizer keeps what was freed
        raise Failed(f"the notifier has grown by {grown:.0f} MiB")
    region.stop()
    mailbox.stop()
    shutil.rmtree(directory)


if __name__ == "__main__":
    main()
