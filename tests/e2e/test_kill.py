# SPDX-License-Identifier: Apache-2.0
"""kill -9 of each daemon at random moments while events flow: every event that
a command called stored is in the log once and in its node's order, and every
alert reaches the mailbox. ROUNDS= (40) and SEED= may be given."""
import os
import random
import signal
import threading

import checks
from region import Failed, Mailbox, seq_range, wait_for
from scenes import Scene

ROUNDS = int(os.environ.get("ROUNDS", 40))
NODES = ("73.71.04", "73.71.10", "73.71.12")
# A region takes 1,024 incidents of a unit and 4,096 of a node; what comes after
# them is refused, and nothing here is to be.
VILLAGES = ("1001", "1002", "1003", "1004", "1005")
MOST = 4000
ACTS = ("PST", "APK", "DKL", "FTO", "SOS", "MBP", "TIM", "KPT", "FSN", "ITM",
        "UNG", "UJR", "HOX")
SOURCES = ("WARGA", "RT_RW", "TOKOH", "PANWASCAM")


class Clerk(threading.Thread):
    """Enters incidents on one node until told to stop."""

    def __init__(self, region, wilayah, seed):
        super().__init__(daemon=True)
        self.region, self.wilayah = region, wilayah
        self.random = random.Random(f"{seed}/{wilayah}")
        self.stored = []
        self.stopping = threading.Event()
        self.failure = None

    def run(self):
        try:
            while not self.stopping.is_set() and len(self.stored) < MOST:
                self.enter()
        except Exception as failure:  # told by the main thread
            self.failure = failure

    def enter(self):
        day = f"2023-11-{self.random.randint(1, 13):02d}"
        village = VILLAGES[len(self.stored) % len(VILLAGES)]
        out = self.region.collector(
            self.wilayah, "incident", "--unit",
            f"KEL-{self.wilayah}.{village}", "--act",
            self.random.choice(ACTS), "--happened", day, "--known", day,
            "--reported", "2023-11-14", "--source",
            self.random.choice(SOURCES), "--subject", "PNS", "--yes").stdout
        self.stored.append(seq_range(out)[1])


def kill_one(region, name):
    daemon = region.daemons[name]
    daemon.stop(signal.SIGKILL)
    if name == "aggregator":
        region.start_aggregator()
    else:
        daemon.start()


def rounds(region, chance):
    names = ["aggregator", "notifier", *NODES]
    killed = dict.fromkeys(names, 0)
    moment = threading.Event()
    for n in range(ROUNDS):
        moment.wait(chance.uniform(0.02, 0.3))
        name = names[n % len(names)] if n < len(names) else chance.choice(
            names)
        kill_one(region, name)
        killed[name] += 1
    return killed


def hold_log(region, clerks):
    found = {}
    ids = {n["wilayah"]: n["id"] for n in region.state()["nodes"]
           if n["kind"] == "collector"}
    for entry in region.log():
        if entry["author"] == 1 or entry.get("node"):
            found.setdefault(entry["node"], []).append(entry["seq"])
    for clerk in clerks:
        seqs = found[ids[clerk.wilayah]]
        if seqs != list(range(1, len(seqs) + 1)):
            raise Failed(f"{clerk.wilayah}: not once each in order: {seqs}")
        missing = set(clerk.stored) - set(seqs)
        if missing:
            raise Failed(f"{clerk.wilayah}: stored but not in the log: "
                         f"{sorted(missing)}")


def hold_mail(region, scene):
    """Every verdict that an office is owed has its own message."""
    verdicts = [e for e in region.log() if e["kind"].startswith("Alert") and
                e["kind"] not in ("AlertDelivered", "AlertFailed")]
    mails = {m["headers"]["Message-ID"] for m in scene.mails()}
    hooks = {h["headers"]["webhook-id"] for h in scene.hooks()}
    if len(mails) != len(verdicts) or len(hooks) != len(verdicts):
        raise Failed(f"{len(verdicts)} verdicts, {len(mails)} different "
                     f"mails, {len(hooks)} different webhooks")
    return len(verdicts), len(scene.mails()) - len(mails)


def main():
    print(f"seed: {checks.SEED}")
    chance = random.Random(checks.SEED)
    with checks.workspace() as directory:
        mailbox = Mailbox(directory / "mailbox").start()
        scene = Scene("makassar-warga", directory, mailbox)
        scene.script["collectors"] = list(NODES)
        try:
            scene.open()
            region = scene.region
            for wilayah in NODES:
                wait_for("the roster", lambda w=wilayah:
                         region.collector_status(w)["roster_version"])
            clerks = [Clerk(region, w, checks.SEED) for w in NODES]
            for clerk in clerks:
                clerk.start()
            killed = rounds(region, chance)
            for clerk in clerks:
                clerk.stopping.set()
                clerk.join(60)
                if clerk.failure:
                    raise clerk.failure
            region.settle(NODES)
            hold_log(region, clerks)
            told, twice = hold_mail(region, scene)
            print(f"{ROUNDS} kills {killed}; "
                  f"{sum(len(c.stored) for c in clerks)} events stored, all "
                  f"in the log once; {told} alerts told by mail and webhook, "
                  f"{twice} mails twice under the same id")
        finally:
            scene.close()
            mailbox.stop()


checks.main(main)
