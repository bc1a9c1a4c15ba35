# SPDX-License-Identifier: Apache-2.0
"""A notifier joined after the backup that was put back: the region does not
know it any more, and it says so. It joins again in the same directory: its
deliveries are in the log again, once, the alert that it had told of has its old
id, and it goes on telling."""
import shutil

import checks
from region import Failed, Mailbox, local_ms, wait_for

CLERK = "73.71.01"
BACKUP, OPENED, AGAIN = (local_ms(t, "WITA") for t in (
    "2023-11-16 08:00", "2023-11-18 08:00", "2023-11-21 08:00"))


def start_notifier(region, mailbox):
    contacts = region.dir / "contacts.yaml"
    contacts.write_text("contacts:\n" + "".join(
        f"  - {{seat: {seat}, channel: mail, mail: {seat}@k.example}}\n"
        for seat in ("wali-kota", "admin")) +
        "  - {seat: wali-kota, channel: webhook, private: true, "
        f"url: http://127.0.0.1:{mailbox.http}/pintu}}\n")
    contacts.chmod(0o600)
    region.start_notifier(contacts, mailbox)


def messages(mailbox):
    return len(mailbox.mails()) + len(mailbox.webhooks())


def deliveries(region):
    return [(e["node"], e["seq"], e["body"]["alert"], e["body"]["seat"],
             e["body"]["channel"])
            for e in region.log() if e["kind"] == "AlertDelivered"]


def lose(region):
    region.daemons.pop("aggregator").stop()
    region.daemons.pop(CLERK).stop()
    shutil.rmtree(region.dir / "region/store")
    shutil.copytree(region.dir / "backup", region.dir / "region/store")
    region.admin("recover")
    region.start_aggregator()
    region.start_collector(CLERK)


def join_again(region, mailbox):
    wait_for("the notifier to be forgotten", lambda: region.notifier_status()[
        "forgotten"])
    text = region.notifier("status", check=False).stdout
    if "TIDAK DIKENAL" not in text:
        raise Failed("status does not say so:\n" + text)
    region.daemons.pop("notifier").stop()
    code = region.admin("node", "invite", "73.71", "--kind",
                        "notifier").stdout.split("\n")[-2].strip()
    region.notifier("join", code)
    start_notifier(region, mailbox)
    wait_for("its records to be back", lambda: whole(region))


def whole(region):
    status = region.notifier_status()
    return (not status["forgotten"] and status["halted"] == "ok" and
            status["receipted_seq"] == status["last_seq"] > 0)


def main():
    with checks.region("makassar-2023", "2023-11-13 08:00") as region:
        mailbox = Mailbox(region.dir / "mailbox").start()
        checks.join_clerk(region, CLERK)
        region.advance(BACKUP, [CLERK])
        region.daemons.pop("aggregator").stop()
        shutil.copytree(region.dir / "region/store", region.dir / "backup")
        region.start_aggregator()
        region.join("73.71", "notifier")
        start_notifier(region, mailbox)
        region.set_link(CLERK, True)
        region.advance(OPENED, [CLERK])
        told, mails = deliveries(region), messages(mailbox)
        if not told or mails != len(told):
            raise Failed(f"{mails} messages, {len(told)} deliveries")
        lose(region)
        join_again(region, mailbox)
        back = deliveries(region)
        if not set(told) <= set(back) or len(back) != len(set(back)):
            raise Failed(f"told: {told}\nagain in the log: {back}")
        region.advance(AGAIN, [CLERK])
        ids = {a["id"] for a in region.state()["alerts"]}
        if not {one[2] for one in told} <= ids:
            raise Failed(f"alerts {told} are now {ids}")
        if messages(mailbox) <= mails:
            raise Failed("it tells nothing any more")
        print(f"{len(told)} deliveries were lost with the log and are in it "
              f"again, once; {messages(mailbox) - mails} messages since")
        mailbox.stop()


if __name__ == "__main__":
    main()
