# SPDX-License-Identifier: Apache-2.0
"""Each way out against a real peer: a mail server with STARTTLS and a password,
Alertmanager, a webhook receiver, a bot API and a local program get an alert,
its correction and its end, in one thread, under signatures that the library of
Standard Webhooks takes. A trial reaches all of them by the same way."""
import email
import email.policy
import json
import os
import sys

import yaml

import checks
from peers import (Alertmanager, BadHttp, BadSmtp, install_standardwebhooks,
                   receive_v4, start_smtp, verify_webhooks)
from region import BIN, Daemon, Region, local_ms, run, seq_range
from region import wait_for

WILAYAH, NODE = "73.71", "73.71.04"
UNITS = 200
OLD = "whsec_aWtyYXItdWppLXNhbHVyYW4tbGFtYS0wMTIzNDU2Nzg5"
NEW = "whsec_aWtyYXItdWppLXNhbHVyYW4tYmFydS0wMTIzNDU2Nzg5"
TOKEN = "4711:rahasia-bot"
USER, PASSWORD = "ikrar", "kata-sandi-surat"
SKIP = 77


class Office:
    """A region whose mayor has four channels and whose secretary has one; an
    incident is an alert, and withdrawing it takes the alert back."""

    def __init__(self, directory, channels):
        self.dir = directory
        files = directory / "files"
        files.mkdir()
        (files / "units.csv").write_text("\n".join(
            ["kode,nama,jenis,wilayah,induk,pns,pppk,non_asn", *(
                f"UNIT-{n:03d},Unit {n},DINAS,{NODE},,12,6,6"
                for n in range(1, UNITS + 1))]) + "\n")
        (files / "rules.yaml").write_text(yaml.safe_dump({"rules": [{
            "id": "SATU", "kind": "repeat_incidents/1", "count": 1,
            "within": "30d", "scope": "unit", "tell": "head"}]}))
        (files / "offices.yaml").write_text(yaml.safe_dump({"offices": [
            {"id": seat, "wilayah": WILAYAH, "role": "head", "title": title,
             "zone": "WITA", "language": language, "channels": names,
             "terms": [{"id": "satu", "kind": "DEFINITIF",
                        "from": "2021-01-01 00:00"}]}
            for seat, title, language, names in channels]}))
        self.region = Region(directory / "region", WILAYAH,
                             local_ms("2023-11-14 08:00", "WITA"))
        self.region.start_aggregator()
        self.region.set_up(files)
        self.region.join(WILAYAH, "notifier")
        self.region.join(NODE)
        self.region.start_collector(NODE)
        wait_for("the roster", lambda: self.region.collector_status(NODE)[
            "roster_version"])
        self.contacts = directory / "contacts.yaml"
        self.settings = directory / "notifier.yaml"
        self.entered = 0

    def write(self, contacts, **settings):
        self.contacts.write_text(yaml.safe_dump({"contacts": contacts}))
        self.contacts.chmod(0o600)
        self.settings.write_text(yaml.safe_dump({
            "dir": str(self.region.nodes["notifier"]),
            "contacts": str(self.contacts), "from": "ikrar@contoh.go.id",
            "clock": str(self.region.clock), **settings}))
        self.settings.chmod(0o600)

    def start(self, *more):
        self.region.daemons["notifier"] = Daemon(
            self.region.dir / "notifier.log", BIN / "ikrar-notifier", "run",
            "-f", self.settings, "--retry-max", "1", *more).start()

    def notifier(self, *words, check=True):
        return run(BIN / "ikrar-notifier", *words, check=check)

    def trial(self, seat, *more):
        return self.notifier("test", seat, "-f", self.settings, *more,
                             check=False)

    def dead(self, *words, check=True):
        return self.notifier("dead", *words, "--dir",
                             self.region.nodes["notifier"], check=check)

    def incident(self):
        """Its number; each on a unit of its own."""
        self.entered += 1
        out = self.region.collector(
            NODE, "incident", "--unit", f"UNIT-{self.entered:03d}",
            "--act", "APK", "--happened", "2023-11-10", "--known",
            "2023-11-10", "--reported", "2023-11-14", "--source", "WARGA",
            "--subject", "PNS", "--yes").stdout
        return seq_range(out)[1]

    def withdraw(self, seq):
        self.region.collector(NODE, "withdraw", seq, "--reason", "GANDA",
                              "--yes")

    def rows(self):
        """The rows of the ledger, in the order of their verdicts."""
        return sorted(self.region.notifier_status()["rows"],
                      key=lambda row: row["entry"])

    def settle(self, count):
        """Until so many rows are promised and all of them settled."""
        wait_for(f"{count} rows to settle", lambda: self._has_settled(count))

    def _has_settled(self, count):
        status = self.region.notifier_status()
        return status["promised"] == count == status["settled"]

    def close(self):
        self.region.stop()


def parts_of(raw):
    """The mail, its plain text and its HTML; anything unusual raises."""
    mail = email.message_from_bytes(raw, policy=email.policy.default)
    plain, html = mail.iter_parts()
    assert mail.get_content_type() == "multipart/alternative"
    assert not mail.defects and not plain.defects and not html.defects
    assert plain.get_content_type() == "text/plain"
    assert html.get_content_type() == "text/html"
    return mail, plain.get_content(), html.get_content()


def check_mails(mails):
    assert len(mails) == 2, len(mails)
    for mail in mails:
        assert mail["tls"] and mail["authenticated"], mail
        assert mail["from"] == "ikrar@contoh.go.id"
        assert mail["to"] == ["wali.kota@contoh.go.id"]
        assert max(map(len, mail["raw"].split(b"\r\n"))) < 998
        assert b"\n" not in mail["raw"].replace(b"\r\n", b"")
    (first, plain, html), (last, end, _) = [
        parts_of(mail["raw"]) for mail in mails]
    assert first["Auto-Submitted"] == "auto-generated"
    assert first["In-Reply-To"] is None
    assert last["References"] == last["In-Reply-To"] == first["Message-ID"]
    assert last["Message-ID"] != first["Message-ID"]
    assert plain.startswith("LATIHAN: ") and "PERINGATAN." in plain
    assert "LATIHAN: " in html and "PERINGATAN." in html
    assert "<section lang=\"id\">" in html and "src=" not in html
    assert "DICABUT." in end


def check_webhooks(posts, verifier):
    assert [receive_v4(p["body"])["status"] for p in posts] == [
        "firing", "resolved"]
    first, last = (json.loads(p["body"])["alerts"][0] for p in posts)
    assert first["fingerprint"] == last["fingerprint"]
    assert first["labels"] == last["labels"]
    assert len({p["headers"]["webhook-id"] for p in posts}) == 2
    if verifier is None:
        return False
    wrong = "whsec_" + "A" * 48
    said = verify_webhooks(verifier, [
        {**post, "secret": secret} for post in posts
        for secret in (OLD, NEW, wrong)])
    assert said[:2] == said[3:5] == ["valid", "valid"], said
    assert "valid" not in (said[2], said[5]), said
    changed = {**posts[0], "body": posts[0]["body"] + " ", "secret": NEW}
    assert verify_webhooks(verifier, [changed]) != ["valid"]
    return True


def check_bot(posts):
    assert len(posts) == 2, posts
    for post, word in zip(posts, ("Peringatan", "Dicabut")):
        assert post["path"] == f"/bot{TOKEN}/sendMessage", post["path"]
        body = json.loads(post["body"])
        assert body["chat_id"] == "-100123" and "parse_mode" not in body
        assert body["text"].startswith(f"LATIHAN - {word}"), body["text"]


def check_short(path):
    lines = path.read_text().splitlines()
    assert len(lines) == 4, lines
    for n, word in ((0, "ALERT"), (2, "WITHDRAWN")):
        assert len(lines[n]) <= 160, lines[n]
        assert lines[n].startswith(f"LATIHAN {word} SATU "), lines[n]
        row = json.loads(lines[n + 1])
        assert row["text"] == lines[n] and row["drill"], row
        assert row["seat"] == "setda" and row["language"] == "en"


def check_log(office):
    """Nothing in it leads anywhere, or opens anything."""
    log = (office.region.dir / "notifier.log").read_text()
    for secret in (TOKEN, PASSWORD, "wali.kota@", "-100123", "whsec_", "/bot",
                   "http://", "+62811", "kirim"):
        assert secret not in log, f"{secret} in the log:\n{log}"


def check_trial(office, mails, hook, bot, manager, short):
    done = office.trial("wali-kota")
    assert done.returncode == 0, done
    said = [line.split(": ") for line in done.stdout.splitlines()]
    assert [name for name, _ in said] == [
        f"wali-kota satu {c}" for c in ("mail", "hook", "am", "tg")], said
    assert all(what.startswith("diterima / taken (") for _, what in said)
    assert office.trial("setda").returncode == 0
    (mail, plain, html) = parts_of(mails.mails.pop()["raw"])
    for text in (mail["Subject"], plain, html, bot.taken.pop()["body"],
                 short.read_text()):
        assert "UJI COBA" in text or "TEST" in text, text
    post = hook.taken.pop()
    assert receive_v4(post["body"])["alerts"][0]["labels"]["test"]
    assert post["headers"]["webhook-signature"].startswith("v1,")
    (alert,) = manager.alerts()
    assert alert["labels"]["test"] == "UJI COBA", alert
    short.unlink()
    assert office.trial("tidak-ada").returncode == 1
    # A password is never said where there is no TLS, nor a wrong one taken.
    plainly = BadSmtp()
    done = office.trial("wali-kota", "--smtp",
                        f"smtp://localhost:{plainly.port}")
    assert done.returncode == 1 and "mail: belum bisa / not now (mail, tls)" \
        in done.stdout, done
    assert not any("AUTH" in line for line in plainly.seen), plainly.seen
    plainly.close()
    for posts in (hook.taken, bot.taken):
        posts.clear()
    assert not mails.mails


def contacts_of(hook, bot, manager, program):
    wali = {"seat": "wali-kota"}
    return [
        {**wali, "channel": "mail", "mail": "wali.kota@contoh.go.id"},
        {**wali, "channel": "hook", "secret": [NEW, OLD], "private": True,
         "url": f"http://127.0.0.1:{hook.port}/pintu"},
        {**wali, "channel": "am", "alertmanager": manager.url + "/",
         "private": True},
        {**wali, "channel": "tg", "telegram": "-100123", "token": TOKEN,
         "api": f"http://127.0.0.1:{bot.port}", "private": True},
        {"seat": "setda", "channel": "sms", "exec": [
            str(program), "+62811", str(program.with_suffix(".out"))]}]


def check_alertmanager(manager, is_there):
    ours = [a for a in manager.alerts() if a["labels"]["alertname"] == "SATU"]
    assert len(ours) == is_there, ours
    if is_there:
        labels = ours[0]["labels"]
        assert labels["seat"] == "wali-kota" and labels["drill"] == "LATIHAN"
        assert ours[0]["annotations"]["description"].startswith("LATIHAN")


def check_all(directory):
    verifier = install_standardwebhooks(directory / "npm")
    server, mails, cert = start_smtp(directory, USER, PASSWORD)
    manager = Alertmanager(directory / "alertmanager")
    hook, bot = BadHttp(), BadHttp()
    program = directory / "kirim"
    program.write_text('#!/bin/sh\ncat >>"$2"\n')
    program.chmod(0o700)
    short = program.with_suffix(".out")
    office = Office(directory, [
        ("wali-kota", "Kantor Wali Kota", "id", ["mail", "hook", "am", "tg"]),
        ("setda", "Sekretariat Daerah", "en", ["sms"])])
    office.write(contacts_of(hook, bot, manager, program), ca=str(cert),
                 smtp=f"smtp://localhost:{server.port}",
                 **{"smtp-tls": True, "smtp-user": USER,
                    "smtp-password": PASSWORD})
    office.start()
    wait_for("the seats", lambda: office.trial("setda").returncode == 0)
    short.unlink()
    check_trial(office, mails, hook, bot, manager, short)
    seq = office.incident()
    office.settle(5)
    check_alertmanager(manager, 1)
    office.withdraw(seq)
    office.settle(10)
    check_alertmanager(manager, 0)
    check_mails(mails.mails)
    is_verified = check_webhooks(hook.taken, verifier)
    check_bot(bot.taken)
    check_short(short)
    check_log(office)
    told = [e for e in office.region.log() if e["kind"] == "AlertDelivered"]
    assert len(told) == 10, len(told)
    office.close()
    for peer in (manager, server):
        peer.stop()
    return is_verified


def main():
    with checks.workspace() as directory:
        is_verified = check_all(directory)
    print("mail under TLS and a password, webhook, Alertmanager, Telegram and "
          "a local program: an alert and its end told by each, after a trial "
          "by each; nothing secret in the log")
    if not is_verified:
        print("npm cannot install standardwebhooks here: signatures are not "
              "verified by it")
        sys.exit(1 if os.environ.get("CI") else SKIP)


if __name__ == "__main__":
    checks.main(main)
