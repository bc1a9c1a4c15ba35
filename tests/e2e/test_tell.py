# SPDX-License-Identifier: Apache-2.0
"""Who is told what, when, in a drill region under routes.yaml: an alert climbs
its ladder on the working clock, an answer stops it until it runs out, a silence
holds, the Pj changes at noon, the office concerned never gets its own alert, and
the daily digest is numbered, also when nothing happened."""
import json
import pathlib
import re
import shutil
import tempfile

from region import (BIN, Failed, Mailbox, Region, local_ms, run,
                    wait_for)

HOUR = 3600_000
CAMPAIGNS = """campaigns:
  - id: PILKADA2024
    name: Ikrar netralitas
    due: "2024-10-08 08:00"
    grace_end: "2024-10-11 16:00"
    lock: "2024-12-21 16:00"
"""
RULES = """rules:
  - id: BELUM-SATU
    kind: unsigned_units/1
    campaign: PILKADA2024
    scope: unit
    unit_kinds: [DESA]
    at: [grace_end]
    counts: head
    min_units: 1
    settle: 1m
    tell: head
  - id: BELUM-SETDA
    kind: unsigned_units/1
    campaign: PILKADA2024
    scope: unit
    unit_kinds: [SETDA_BAGIAN]
    at: [grace_end]
    counts: head
    min_units: 1
    settle: 1m
    tell: head
"""
OFFICES = """offices:
  - id: bupati
    wilayah: "73.04"
    role: head
    title: Kantor Bupati
    zone: WITA
    language: id
    channels: [mail]
    terms:
      - {id: pj-1, kind: PJ, from: "2023-12-31 00:00", to: "2024-10-18 12:00"}
      - {id: pj-2, kind: PJ, from: "2024-10-18 12:00"}
  - id: inspektorat
    wilayah: "73"
    role: head
    title: Inspektorat Provinsi
    zone: WITA
    language: id
    channels: [mail]
    terms:
      - {id: kepala, kind: DEFINITIF, from: "2021-01-01 00:00"}
  - id: admin
    wilayah: "73.04"
    role: admin
    title: Admin wilayah
    zone: WITA
    language: id
    channels: [mail]
    terms:
      - {id: bkpsdm, kind: DEFINITIF, from: "2021-01-01 00:00"}
"""
ROUTES = """route:
  to: head
  quiet: {from: "21:00", to: "06:00", except: critical}
  working_days: true
  conflict_to: inspektorat
  ladder:
    - {after: 4wh, to: admin}
    - {after: 1wd, to: inspektorat}
  routes:
    - match: {rule: BELUM-SETDA}
      ladder: none
own_units:
  bupati: [OPD-SETDA]
digests:
  admin: "07:30"
helpdesk: BKPSDM Contoh
"""
UNITS = """kode,nama,jenis,wilayah,induk,pns,pppk,non_asn
DES-1,Desa Contoh,DESA,73.04.01.2001,,9,0,0
OPD-SETDA,Sekretariat Daerah,SETDA_BAGIAN,73.04.01,,9,0,0
"""
ADDRESSES = {("bupati", "pj-1"): "pj1@kantor.example",
             ("bupati", "pj-2"): "pj2@kantor.example",
             ("inspektorat", "kepala"): "inspektorat@kantor.example",
             ("admin", "bkpsdm"): "admin@kantor.example"}


def ms(text):
    return local_ms(text, "WITA")


class Tell:
    def __init__(self):
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="ikrar-tell."))
        self.mailbox = Mailbox(self.dir / "mailbox").start()
        self.region = Region(
            self.dir / "region", "73.04", ms("2024-10-07 09:00"))
        files = self.dir / "files"
        files.mkdir()
        for name, text in (("units.csv", UNITS), ("campaigns.yaml", CAMPAIGNS),
                           ("rules.yaml", RULES), ("offices.yaml", OFFICES),
                           ("routes.yaml", ROUTES)):
            (files / name).write_text(text)
        self.files = files
        contacts = [{"seat": seat, "term": term, "channel": "mail",
                     "mail": address}
                    for (seat, term), address in ADDRESSES.items()]
        (files / "contacts.yaml").write_text(json.dumps(
            {"contacts": contacts}))
        (files / "contacts.yaml").chmod(0o600)
        self.region.start_aggregator()
        self.region.set_up(files)
        self.set_calendar()
        self.region.join("73.04", "notifier")
        self.region.join("73.04.01")
        self.region.start_collector("73.04.01")
        self.region.start_notifier(files / "contacts.yaml", self.mailbox,
                                   "--routes", files / "routes.yaml",
                                   "--deadman", f"http://127.0.0.1:"
                                   f"{self.mailbox.http}/hidup")
        self.region.settle(["73.04.01"])

    def set_calendar(self):
        (self.files / "calendar.yaml").write_text(
            "holidays:\n  - 2024-10-14\n")
        self.region.admin("calendar", "set", self.files / "calendar.yaml")

    def to(self, text):
        """Lets the time pass; daily digests on the way are sent."""
        end = ms(text)
        while self.region.now_ms < end:
            step = min(end, self.region.now_ms + 12 * HOUR)
            self.region.advance(step, ["73.04.01"])

    def mails(self, address=None):
        return [m for m in self.mailbox.mails()
                if "RANGKUMAN HARIAN" not in m["subject"] and
                (address is None or m["to"] == [address])]

    def digests(self):
        return [m for m in self.mailbox.mails()
                if "RANGKUMAN HARIAN" in m["subject"]]

    def arrived(self, what, address, count):
        try:
            wait_for(what, lambda: len(self.mails(address)) >= count, 20)
        except Failed as failure:
            raise Failed(f"{failure}; there are " + json.dumps(
                [(m["to"], m["subject"]) for m in self.mails()])) from None
        self.hold(what, len(self.mails(address)), count)
        return self.mails(address)[-1]

    def hold(self, what, got, wanted):
        if got != wanted:
            raise Failed(f"{what}: {got!r} instead of {wanted!r}; mails: " +
                         json.dumps([(m["to"], m["subject"])
                                     for m in self.mails()], indent=1))


def ladder(tell):
    """Opened on Friday 16:01, when work is over; the Monday is off."""
    tell.to("2024-10-11 17:30")
    mail = tell.arrived("the alert on Friday", "pj1@kantor.example", 1)
    tell.hold("who got the SETDA's", [m["to"] for m in tell.mails()
              if "Sekretariat" in m["subject"]],
              [["inspektorat@kantor.example"]])
    short = re.search(r"peringatan ([0-9a-f]{8})", mail["text"]).group(1)
    tell.to("2024-10-15 11:59")
    tell.hold("before four hours of work",
              len(tell.mails("admin@kantor.example")), 0)
    tell.to("2024-10-15 12:00")
    mail = tell.arrived("the first rung", "admin@kantor.example", 1)
    if "DINAIKKAN, langkah 1" not in mail["text"]:
        raise Failed("the rung does not say so:\n" + mail["text"])
    out = tell.region.notifier("route", "explain", short, "--routes",
                               tell.files / "routes.yaml", "--clock",
                               tell.region.clock).stdout
    if "2024-10-16 12:00 WITA: dinaikkan" not in out:
        raise Failed("route explain does not name the next rung:\n" + out)
    return short


def answer(tell, short):
    tell.region.notifier("ack", short, "--seat", "bupati", "--until",
                         "2024-10-17 09:00", "--clock", tell.region.clock)
    wait_for("the answer in the log", lambda: [
        e for e in tell.region.log() if e.get("kind") == "AlertAcknowledged"])
    tell.to("2024-10-17 08:59")
    tell.hold("rungs after an answer",
              len(tell.mails("inspektorat@kantor.example")), 1)
    tell.to("2024-10-17 09:00")
    mail = tell.arrived("the reminder", "pj1@kantor.example", 2)
    if "habis waktunya" not in mail["text"]:
        raise Failed("the reminder does not say why:\n" + mail["text"])


def silenced(tell, short):
    """The second rung would be due on the 18th at 09:00."""
    tell.region.notifier("silence", "add", "--alert", short, "--until",
                         "2024-10-18 10:00", "--reason", "DIKETAHUI",
                         "--author", "admin", "--clock", tell.region.clock)
    wait_for("the silence in the log", lambda: [
        e for e in tell.region.log() if e.get("kind") == "AlertSilenced"])
    out = tell.region.notifier("silence", "list", "--clock",
                               tell.region.clock).stdout
    if "DIKETAHUI" not in out:
        raise Failed("silence list does not show it:\n" + out)
    tell.to("2024-10-18 09:59")
    tell.hold("rungs in a silence",
              len(tell.mails("inspektorat@kantor.example")), 1)
    tell.to("2024-10-18 10:00")
    tell.arrived("the rung behind the silence",
                 "inspektorat@kantor.example", 2)


def noon(tell, short):
    """At noon another holds the seat; the end reaches that one alone."""
    tell.to("2024-10-18 12:01")
    _, last = RULES.split("  - id: BELUM-SETDA")
    (tell.files / "rules.yaml").write_text(
        "rules:\n  - id: BELUM-SETDA" + last)
    tell.region.admin("rules", "load", tell.files / "rules.yaml")
    tell.to("2024-10-18 12:30")
    mail = tell.arrived("the end", "pj2@kantor.example", 1)
    if "pj-1" not in mail["text"] or "11 Oktober 2024" not in mail["text"]:
        raise Failed("it does not say when the predecessor was told:\n" +
                     mail["text"])
    tell.hold("mails to the predecessor",
              len(tell.mails("pj1@kantor.example")), 2)
    out = tell.region.notifier("history", short).stdout
    for want in ("resolved", "dinaikkan / escalated 1", "pj-2"):
        if want not in out:
            raise Failed(f"history has no {want}:\n{out}")
    kinds = [e.get("kind") for e in tell.region.log()]
    tell.hold("AlertEscalated", kinds.count("AlertEscalated"), 2)


def digests(tell):
    """Each working day since the beginning, with no gap."""
    tell.to("2024-10-22 08:00")
    days = 10  # 8 to 11, 15 to 18, 21 and 22 October
    wait_for("the digests", lambda: len(tell.digests()) >= days, 20)
    numbers = [int(re.search(r"nomor (\d+)", m["subject"]).group(1))
               for m in tell.digests()]
    tell.hold("numbers of digests", numbers, list(range(1, days + 1)))
    if "BKPSDM Contoh" not in tell.digests()[-1]["text"]:
        raise Failed("a digest does not say whom to call")


def watched(tell):
    """A sign of life came, and check walks every route."""
    posts = wait_for("a sign of life", lambda: [
        p for p in tell.mailbox.webhooks() if p["path"] == "/hidup"], 20)
    tell.hold("what it says",
              posts[0]["json"]["alerts"][0]["labels"]["alertname"],
              "IkrarPemberitahuHidup")
    words = ["check", "--contacts", tell.files / "contacts.yaml", "--smtp",
             f"smtp://127.0.0.1:{tell.mailbox.smtp}", "--from",
             "ikrar@kantor.example", "--routes"]
    out = run(BIN / "ikrar-notifier", *words, tell.files / "routes.yaml")
    if "route.1 (" not in out.stdout or "1: 4wh admin" not in out.stdout:
        raise Failed("check does not walk the routes:\n" + out.stdout[:800])
    bad = tell.files / "bad.yaml"
    bad.write_text("route:\n  ladder: [{after: 1wd, to: camat}]\n")
    out = run(BIN / "ikrar-notifier", *words, bad, check=False)
    if out.returncode != 78 or "\"camat\"" not in out.stderr:
        raise Failed("a seat without a contact passes: " + out.stderr)


def rebuild(tell):
    """A new ledger sends nothing again."""
    before = len(tell.mailbox.mails())
    tell.region.daemons["notifier"].stop()
    tell.region.notifier("rebuild")
    tell.region.daemons["notifier"].start()
    tell.region.settle(["73.04.01"])
    tell.hold("mails after a rebuild", len(tell.mailbox.mails()), before)


def main():
    tell = Tell()
    short = ladder(tell)
    answer(tell, short)
    silenced(tell, short)
    noon(tell, short)
    digests(tell)
    watched(tell)
    rebuild(tell)
    tell.region.stop()
    tell.mailbox.stop()
    shutil.rmtree(tell.dir)
    print("ladder, answer, silence, noon, conflict, digests, rebuild: held")


if __name__ == "__main__":
    main()
