# SPDX-License-Identifier: Apache-2.0
"""An office is told by mail and says by the letter's link that it knows. Who
only opens the link (a person, a mail scanner) records nothing; the button
records once, under seat and term, in the region's log; after a restart and
after a change of keys the same is true; links that were altered or revoked
record nothing."""
import http.client
import re
import urllib.parse

import checks
from region import BIN, ROOT, Mailbox, Region, local_ms, run, wait_for

SCENE = ROOT / "data/scenes/makassar-warga"
NODE = "73.71.04"
UNIT = "KEL-73.71.04.1008"
REPORTS = (("PST", "WARGA"), ("APK", "RT_RW"), ("DKL", "PANWASCAM"))
URL = "https://ikrar.example/peringatan"
LINK = re.compile(re.escape(URL) + r"(/ack/[A-Za-z0-9_-]+)")
HOUR_MS = 3600 * 1000


def contacts(directory, mailbox):
    path = directory / "contacts.yaml"
    path.write_text(
        "contacts:\n"
        "  - {seat: wali-kota, channel: mail, mail: wali@office.example}\n"
        "  - {seat: wali-kota, channel: webhook, "
        f"url: http://127.0.0.1:{mailbox.http}/hook, private: true}}\n")
    path.chmod(0o600)
    return path


def start_notifier(region, mailbox):
    (region.dir / "notifier.log").unlink(missing_ok=True)
    region.start_notifier(
        contacts(region.dir, mailbox), mailbox, "--http", "127.0.0.1:0", "--http-url",
        URL, "--ack-hours", "5")
    return wait_for("the desk", lambda: desk_port(region))


def desk_port(region):
    log = region.dir / "notifier.log"
    found = log.exists() and re.search(r"ack-desk-ready port=(\d+)",
                                       log.read_text())
    return int(found[1]) if found else None


def ask(port, method, path, **headers):
    """As the proxy before it does: the path without its own part."""
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    link.request(method, path, headers={"Host": "ikrar.example"} | headers)
    answer = link.getresponse()
    page = answer.read().decode()
    link.close()
    return answer, page


def acknowledged(region):
    return [e for e in region.log() if e["kind"] == "AlertAcknowledged"]


def told(region, mailbox):
    """The opening's mail."""
    for act, source in REPORTS:
        region.collector(
            NODE, "incident", "--unit", UNIT, "--act", act, "--happened",
            "2023-11-15", "--known", "2023-11-15", "--reported", "2023-11-16",
            "--source", source, "--subject", "PNS", "--yes")
    region.settle([NODE])
    return wait_for("the mail", mailbox.mails)[0]


def scanners_record_nothing(region, port, path, text):
    for link in set(LINK.findall(text)):
        for method in ("HEAD", "GET", "GET", "OPTIONS"):
            ask(port, method, link)
    for extra in ({"Purpose": "prefetch"}, {"Sec-Fetch-Mode": "navigate"},
                  {"User-Agent": "Mozilla/5.0 (compatible; scanner)"}):
        answer, page = ask(port, "GET", path, **extra)
        assert answer.status == 200 and '<form method="post">' in page, page
    answer, page = ask(port, "HEAD", path)
    assert answer.status == 200 and page == "", page
    assert not acknowledged(region)


def the_page_is_plain_and_guarded(port, path):
    answer, page = ask(port, "GET", path)
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; style-src 'sha256-"), policy
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Set-Cookie"] is None
    assert "<script" not in page and "LATIHAN" in page
    assert "PP 94/2021" in page and UNIT not in page.split("<h1>")[0]
    answer, _ = ask(port, "GET", path, Host="10.0.0.7")
    assert answer.status == 421, answer.status


def the_button_records_once(region, port, path):
    answer, page = ask(port, "POST", path)
    assert answer.status == 200 and "<h1>Tercatat</h1>" in page, page
    wait_for("the event in the log", lambda: acknowledged(region))
    answer, page = ask(port, "POST", path)
    assert answer.status == 200 and "Sudah tercatat" in page, page
    assert "wali-kota, masa jabatan definitif-2021" in page, page
    region.settle([NODE])
    events = acknowledged(region)
    assert len(events) == 1, events
    body = events[0]["body"]
    opened = [e for e in region.log() if e["kind"] == "AlertOpened"][0]
    assert body["alert"] == opened["body"]["alert"], (body, opened)
    assert int(body["verdict"]) == opened["index"], (body, opened)
    assert (body["seat"], body["term"], body["channel"]) == (
        "wali-kota", "definitif-2021", "link"), body
    assert int(body["until_ms"]) == region.now_ms + 5 * HOUR_MS, body


def broken_links_record_nothing(region, port, path):
    for bad, status in ((path[:-9], (404, 403)),
                        (path[:-1] + ("A" if path[-1] != "A" else "B"),
                         (404, 403)),
                        ("/ack/", (404,)), ("/", (404,)),
                        (path + "?x=1", (200,))):
        for method in ("GET", "POST"):
            answer, page = ask(port, method, bad)
            assert answer.status in status, (bad, answer.status)
            assert "<form" not in page, page
    assert len(acknowledged(region)) == 1


def rotate(region):
    run(BIN / "ikrar-notifier", "key", "rotate", "--dir",
        region.nodes["notifier"])


def keys_change(region, port, path):
    rotate(region)
    answer, _ = ask(port, "GET", path)
    assert answer.status == 200, answer.status
    rotate(region)
    answer, page = ask(port, "POST", path)
    assert answer.status == 403, (answer.status, page)
    assert len(acknowledged(region)) == 1


def nothing_secret_is_said(region, path):
    token = path.rsplit("/", 1)[1]
    for log in region.dir.glob("*.log"):
        assert token not in log.read_text(), log
    keys = (region.nodes["notifier"] / "ack-keys")
    assert keys.stat().st_mode & 0o777 == 0o600


def bad_settings_are_one_sentence(region, mailbox):
    for more, want in ((["--http", "127.0.0.1:1"], "--http-url"),
                       (["--http-url", URL], "--http"),
                       (["--http", "kantor:1", "--http-url", URL], "--http:"),
                       (["--http", "127.0.0.1:1", "--http-url", "kantor"],
                        "--http-url:")):
        done = run(BIN / "ikrar-notifier", "check", "--contacts",
                   region.dir / "contacts.yaml", "--smtp",
                   f"smtp://127.0.0.1:{mailbox.smtp}", "--from",
                   "a@b.example", *more, check=False)
        assert done.returncode == 78, done
        assert len(done.stderr.splitlines()) == 2, done.stderr
        assert want in done.stderr, done.stderr


def main():
    with checks.workspace() as directory:
        mailbox = Mailbox(directory / "mailbox").start()
        region = Region(directory / "region", "73.71",
                        local_ms("2023-11-16 08:00", "WITA"))
        try:
            region.start_aggregator()
            region.set_up(SCENE)
            region.join("73.71", "notifier")
            port = start_notifier(region, mailbox)
            checks.join_clerk(region, NODE)
            mail = told(region, mailbox)
            path = urllib.parse.urlsplit(LINK.search(mail["text"])[0]).path
            path = path.removeprefix("/peringatan")
            scanners_record_nothing(region, port, path, mail["text"])
            the_page_is_plain_and_guarded(port, path)
            the_button_records_once(region, port, path)
            broken_links_record_nothing(region, port, path)
            region.daemons["notifier"].stop()
            port = start_notifier(region, mailbox)
            answer, page = ask(port, "POST", path)
            assert answer.status == 200 and "Sudah tercatat" in page, page
            assert len(acknowledged(region)) == 1
            keys_change(region, port, path)
            nothing_secret_is_said(region, path)
            bad_settings_are_one_sentence(region, mailbox)
            region.stop()
        finally:
            mailbox.stop()
    print("an opened link records nothing; the button records once, under "
          "seat and term, in the region's log")


checks.main(main)
