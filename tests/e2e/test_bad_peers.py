# SPDX-License-Identifier: Apache-2.0
"""Servers that answer 4xx or 5xx, stall, drop the line, dawdle or break off in
mid-answer lose no message: each comes at least once under one id, and once
only where the other side had confirmed it, also when the notifier is killed
meanwhile. What is declined or gone is a dead letter until a person has it
delivered again; a second channel stands in for a dead one; a broken template
costs nothing. SEED= may be given."""
import collections
import email
import json
import random
import signal
import threading

import checks
from peers import BadHttp, BadSmtp
from region import wait_for
from test_channels import Office

# Each mode, the answer that stands in the ledger, and whether the other side
# may have kept the message although it did not say so.
MAIL_MODES = (
    ("4xx-greet", "smtp-451"), ("5xx-greet", "smtp-554"),
    ("stall-greet", "timeout"), ("drop-greet", "connection-lost"),
    ("half-greet", "connection-lost"), ("4xx-mail", "smtp-451"),
    ("5xx-mail", "smtp-554"), ("4xx-rcpt", "smtp-451"),
    ("5xx-rcpt", "smtp-554"), ("drop-rcpt", "connection-lost"),
    ("4xx-data", "smtp-451"), ("stall-data", "timeout"),
    ("drop-data", "connection-lost"), ("4xx-end", "smtp-451"),
    ("5xx-end", "smtp-554"), ("drop-end", "connection-lost"),
    ("half-end", "connection-lost"), ("stall-end", "timeout"))
HOOK_MODES = (
    ("301", "http-301"), ("400", "http-400"), ("404", "http-404"),
    ("429", "http-429"), ("500", "http-500"), ("502", "http-502"),
    ("503", "http-503"), ("504", "http-504"), ("stall", "timeout"),
    ("drop", "connection-lost"), ("half", "connection-lost"),
    ("noise", "not-http"))
KILLS = 8


def rows_of(office, seq_rows, channel):
    return [row for row in office.rows()[seq_rows:]
            if row["channel"] == channel]


def id_of(mail):
    return email.message_from_bytes(mail)["Message-ID"]


def try_modes(office, smtp, hook):
    """One alert a mode, at both at once; then they come to their senses."""
    modes = zip(MAIL_MODES, HOOK_MODES + HOOK_MODES)
    for count, ((mail_mode, mail_word), (mode, word)) in enumerate(modes):
        smtp.mode, hook.mode = mail_mode, mode
        office.incident()
        wait_for(f"both to answer {mail_mode} and {mode}", lambda: all(
            any(row["answer"] == wanted for row in rows_of(
                office, 2 * count, channel))
            for channel, wanted in (("mail", mail_word), ("hook", word))))
        smtp.mode, hook.mode = "ok", "200"
        office.settle(2 * (count + 1))
    return 2 * len(MAIL_MODES)


def hold_once(smtp, hook, alerts):
    """Confirmed ones stand there once; unconfirmed ones may stand there too,
    under the same id."""
    mails = collections.Counter(map(id_of, smtp.taken))
    hooks = collections.Counter(
        post["headers"]["webhook-id"] for post in hook.taken)
    for name, ids in (("mail", mails), ("hook", hooks)):
        assert len(ids) == alerts, f"{name}: {len(ids)} of {alerts}"
        assert set(ids.values()) == {1}, f"{name}: {ids}"
    assert set(map(id_of, smtp.unsaid)) <= set(mails)
    assert {p["headers"]["webhook-id"] for p in hook.unsaid} <= set(hooks)
    for post in hook.unsaid:  # not a byte of the message differs
        again = [p["body"] for p in hook.taken if
                 p["headers"]["webhook-id"] == post["headers"]["webhook-id"]]
        assert again == [post["body"]]


def check_slow(office, smtp, hook, count):
    """Slow and cut short, yet taken: the status had been said."""
    smtp.mode, hook.mode = "slow", "cut"
    office.incident()
    office.settle(count + 2)
    hook.mode = "slow"
    smtp.mode = "ok"
    office.incident()
    office.settle(count + 4)
    assert all(row["attempts"] == 1 for row in office.rows()[count:])
    hook.mode = "200"
    return count + 4


def check_retry_after(office, hook, count):
    hook.mode, hook.headers = "429", {"Retry-After": "2"}
    office.incident()
    office.incident()
    wait_for("a 429", lambda: any(row["answer"] == "http-429"
                                  for row in rows_of(office, count, "hook")))
    hook.mode, hook.headers = "200", {}
    seen = len(hook.seen)
    assert seen == len(hook.seen)
    office.settle(count + 4)
    attempts = [row["attempts"] for row in rows_of(office, count, "hook")]
    # The whole target was left alone: one of them was never refused.
    assert sorted(attempts) in ([1, 2], [2, 2]), attempts
    return count + 4


def check_kills(office, smtp, hook, count, chance):
    """kill -9 at random moments while both fail at random."""
    confirmed = len(hook.taken), len(smtp.taken)
    moment = threading.Event()
    made = 0
    for _ in range(KILLS):
        for _ in range(2):
            smtp.mode = chance.choice(["ok", "ok", "drop-end", "4xx-rcpt"])
            hook.mode = chance.choice(["200", "200", "drop", "500"])
            office.incident() if made < 24 else None
            made += made < 24
            moment.wait(chance.uniform(0.02, 0.4))
        office.region.daemons["notifier"].stop(signal.SIGKILL)
        office.region.daemons["notifier"].start()
    smtp.mode, hook.mode = "ok", "200"
    office.settle(count + 2 * made)
    mails = collections.Counter(map(id_of, smtp.taken[confirmed[1]:]))
    hooks = collections.Counter(post["headers"]["webhook-id"]
                                for post in hook.taken[confirmed[0]:])
    for name, ids in (("mail", mails), ("hook", hooks)):
        assert len(ids) == made, f"{name}: {len(ids)} of {made}"
        twice = sum(n - 1 for n in ids.values())
        assert twice <= KILLS, f"{name}: {twice} twice"
    return count + 2 * made


def check_told(office, count):
    """The region's log agrees: each row was told as delivered, once."""
    told = collections.Counter(
        (e["body"]["verdict"], e["body"]["channel"])
        for e in office.region.log() if e["kind"] == "AlertDelivered")
    assert len(told) == count and set(told.values()) == {1}, (count, told)


def check_dead(office, hook, count):
    """410 stops it at once; nothing but a person starts it again."""
    hook.mode = "410"
    office.incident()
    (row,) = wait_for("a dead letter", lambda: json.loads(
        office.dead("list", "--json").stdout))
    assert row["answer"] == "http-410" and row["stopped"], row
    assert row["attempts"] == 1 and row["seat"] == "wali-kota", row
    number = str(row["number"])
    hook.mode = "200"
    said = office.dead("show", number).stdout
    assert "http-410" in said and "PERINGATAN." in said, said
    assert "127.0.0.1" not in said
    assert "dead list" in office.notifier(
        "status", "--dir", office.region.nodes["notifier"]).stdout
    wait_for("the region to hear of it", lambda: any(
        e["kind"] == "AlertFailed" for e in office.region.log()))
    seen = len(hook.seen)
    office.region.daemons["notifier"].stop(signal.SIGKILL)
    office.region.daemons["notifier"].start()
    office.incident()  # goes out; the dead one does not
    wait_for("the next alert", lambda: len(hook.seen) == seen + 1)
    for words, code in (((), 64), (("show",), 64), (("show", "99999"), 1),
                        (("redeliver",), 64), (("redeliver", "0"), 64),
                        (("redeliver", number, "--all"), 64),
                        (("list", "1"), 64), (("lihat",), 64)):
        assert office.dead(*words, check=False).returncode == code, words
    done = office.dead("redeliver", "--seat", "setda")
    assert "again: 0" in done.stdout, done
    done = office.dead("redeliver", number)
    assert "again: 1" in done.stdout and "dead-letter-restarted" in \
        done.stderr, done
    office.settle(count + 4)
    assert "tidak ada" in office.dead("list").stdout
    (row,) = [r for r in office.rows() if r["restarts"]]
    assert row["attempts"] == 2 and row["answer"] == "http-200", row
    return count + 4


def check_template(office, directory, smtp, count):
    templates = directory / "templates"
    templates.mkdir()
    (templates / "mail.id.txt").write_text("Yth. {{title}}\n{{nama}}\n")
    checked = office.notifier(
        "check", "-f", directory / "check.yaml", "--templates", templates,
        check=False)
    assert checked.returncode == 78 and "mail.id.txt" in checked.stderr
    daemon = office.region.daemons["notifier"]
    daemon.stop()
    daemon.command += ["--templates", str(templates)]
    daemon.start()
    office.incident()
    office.settle(count + 2)
    assert b"PERINGATAN." in smtp.taken[-1]
    status = office.region.notifier_status()
    assert status["broken_templates"] == "mail.id.txt", status
    assert status["built_in_texts"] == 1, status
    assert "template-broken file=mail.id.txt" in daemon.log.read_text()
    (templates / "mail.id.txt").write_text("Yth. {{title}}\n\n{{text}}")
    daemon.stop()
    daemon.start()
    office.incident()
    office.settle(count + 4)
    assert b"Yth. Kantor Wali Kota" in smtp.taken[-1]
    assert office.region.notifier_status()["broken_templates"] == ""
    return count + 4


def check_fallback(office, contacts, smtp, hook, count):
    """The webhook stands in for mail: not used while mail works."""
    daemon = office.region.daemons["notifier"]
    daemon.stop()
    contacts[1]["fallback_for"] = "mail"
    office.write(contacts, smtp=f"smtp://127.0.0.1:{smtp.port}")
    daemon.start()
    seen = len(hook.seen)
    office.incident()
    office.settle(count + 2)
    assert office.rows()[-1]["answer"] == "not-needed" or \
        office.rows()[-2]["answer"] == "not-needed"
    assert len(hook.seen) == seen
    smtp.mode = "5xx-rcpt"
    office.incident()
    wait_for("the webhook", lambda: len(hook.seen) == seen + 1)
    smtp.mode = "ok"
    office.settle(count + 4)
    return count + 4


def check_all(directory):
    chance = random.Random(checks.SEED)
    smtp, hook = BadSmtp(), BadHttp()
    hook.mode = "200"
    office = Office(directory, [
        ("wali-kota", "Kantor Wali Kota", "id", ["mail", "hook"])])
    contacts = [
        {"seat": "wali-kota", "channel": "mail",
         "mail": "wali.kota@contoh.go.id"},
        {"seat": "wali-kota", "channel": "hook", "private": True,
         "url": f"http://127.0.0.1:{hook.port}/pintu"}]
    office.write(contacts, smtp=f"smtp://127.0.0.1:{smtp.port}")
    (directory / "check.yaml").write_text(
        f"contacts: {office.contacts}\nfrom: a@b.c\nsmtp: smtp://x:25\n")
    office.start("--timeout", "1")
    count = try_modes(office, smtp, hook)
    hold_once(smtp, hook, count // 2)
    daemon = office.region.daemons["notifier"]
    daemon.stop()
    daemon.command[-1] = "20"  # what is slow needs its time
    daemon.start()
    count = check_slow(office, smtp, hook, count)
    count = check_retry_after(office, hook, count)
    hold_once(smtp, hook, count // 2)
    count = check_kills(office, smtp, hook, count, chance)
    check_told(office, count)
    count = check_dead(office, hook, count)
    count = check_template(office, directory, smtp, count)
    count = check_fallback(office, contacts, smtp, hook, count)
    office.close()
    smtp.close()
    hook.close()
    return count


def main():
    print(f"seed: {checks.SEED}")
    with checks.workspace() as directory:
        count = check_all(directory)
    print(f"{len(MAIL_MODES)} ways of a mail server and {len(HOOK_MODES)} of a "
          f"web server to misbehave, {KILLS} kills: {count} messages, none "
          "lost, none twice where it had been confirmed; a dead letter "
          "redelivered, a broken template and a dead channel stood in for")


checks.main(main)
