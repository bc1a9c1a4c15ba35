# SPDX-License-Identifier: Apache-2.0
"""Plays the scenes of data/scenes in drill regions, from the collector's
command line to the mailbox, and holds what came out against what had to.
"""
import json
import pathlib
import re
import shutil
import subprocess
import sys
import time

import yaml

import again
import reference
from region import (BIN, ROOT, Failed, Region, districts, local_ms, run,
                    seq_range, wait_for)

SCENES = ROOT / "data/scenes"
NAMES = ("makassar-2023", "makassar-warga", "jeneponto-2024", "kendari-p3k",
         "banyuasin-2024")
ZONE = {"7": "WITA", "1": "WIB"}
UNSIGNED = re.compile(r"^Unit yang belum memenuhi:\n((?:\s*- .*\n?)+)", re.M)
CODE = re.compile(r"\(([0-9A-Z._-]+)\), [0-9.]+\s*$", re.M)


def units_named(text):
    """The units that a message names as unsigned."""
    return {code for block in UNSIGNED.findall(text.replace("\r", ""))
            for code in CODE.findall(block)}


class Scene:
    """One scene, its region and what it has counted so far."""

    def __init__(self, name, directory, mailbox):
        self.name = name
        self.files = SCENES / name
        self.script = yaml.safe_load((self.files / "scene.yaml").read_text())
        self.dir = pathlib.Path(directory) / name
        self.mailbox = mailbox
        self.zone = ZONE[self.script["wilayah"][0]]
        self.labels = {}
        self.down = set()
        self.problems = []
        self.region = None
        self.seconds = 0
        self.count = {"entered": 0, "pledges": 0, "incidents": 0}

    def ms(self, text):
        return local_ms(text, self.zone)

    # ---- setting up

    def open(self):
        script = self.script
        shutil.rmtree(self.dir, ignore_errors=True)
        self.region = Region(self.dir, script["wilayah"],
                             self.ms(script["start"]))
        self.region.start_aggregator()
        self.region.set_up(self.files)
        self.region.join(script["wilayah"], "notifier")
        self.region.start_notifier(self._contacts(), self.mailbox)
        self.collectors = []
        for wilayah in script["collectors"]:
            self.collectors += (districts(script["wilayah"])
                                if wilayah == "all" else [wilayah])
        for wilayah in self.collectors:
            self.region.join(wilayah)
            self.region.start_collector(wilayah)
        self.region.settle(self.collectors)

    def address(self, seat, term):
        return f"{seat}.{term}@{self.name}.example"

    def _contacts(self):
        """Every seat and term with its own address, so that the mailbox
        shows who was told."""
        offices = yaml.safe_load((self.files / "offices.yaml").read_text())
        lines = []
        for office in offices["offices"]:
            for term in office["terms"]:
                for channel in office["channels"]:
                    row = {"seat": office["id"], "term": term["id"],
                           "channel": channel}
                    if channel == "mail":
                        row["mail"] = self.address(office["id"], term["id"])
                    else:
                        row["url"] = (f"http://127.0.0.1:{self.mailbox.http}"
                                      f"/hook/{self.name}/{office['id']}/"
                                      f"{term['id']}")
                        row["private"] = True
                        row["secret"] = ("whsec_aWtyYXItbGF0aWhhbi1yYWhhc2lh"
                                         "LTAxMjM0NTY3ODk=")
                    lines.append(row)
        path = self.dir / "contacts.yaml"
        path.write_text(yaml.safe_dump({"contacts": lines}))
        path.chmod(0o600)
        return path

    # ---- playing

    def play(self, say=lambda text: None):
        began = time.monotonic()
        self.open()
        for step in self.script["timeline"]:
            # What a node says by the new hour is not heard any more, however
            # quick it is.
            if self._is_cut(step):
                self._link(step, step["link"])
            self.region.advance(self.ms(step["at"]), self.linked())
            say(f"{step['at']} {self.zone}  {self._do(step)}")
            self.region.settle(self.linked())
        self.region.advance(self.ms(self.script["end"]), self.linked())
        self.seconds = time.monotonic() - began

    @staticmethod
    def _is_cut(step):
        return "link" in step and not step["link"]["up"]

    def linked(self):
        return [w for w in self.collectors if w not in self.down]

    def _do(self, step):
        for kind in ("pledge", "incident", "correct", "withdraw", "link",
                     "check"):
            if kind in step:
                return getattr(self, f"_{kind}")(step, step[kind])
        raise Failed(f"{self.name}: a step that says nothing: {step}")

    def _enter(self, step, *words):
        out = self.region.collector(step["node"], *words, "--yes").stdout
        first, last = seq_range(out)
        self.count["entered"] += last - first + 1
        if "label" in step:
            self.labels[step["label"]] = first
        return first, last

    def _pledge(self, step, what):
        words = ["pledge", "--campaign", what["campaign"], "--act",
                 what["act"], "--form", what["form"], "--made", what["made"],
                 "--template", what["template"]]
        for witness in what["witness"]:
            words += ["--witness", witness]
        if "units" in what:
            words += ["--units", self.files / what["units"]]
        for unit in what.get("unit", []):
            words += ["--unit", unit]
        first, last = self._enter(step, *words)
        self.count["pledges"] += last - first + 1
        return f"{step['node']} {what['act']}: {last - first + 1} unit"

    def _incident(self, step, what):
        words = ["incident"]
        for key in ("unit", "act", "happened", "known", "reported", "source",
                    "subject"):
            words += [f"--{key}", what[key]]
        self._enter(step, *words)
        self.count["incidents"] += 1
        return f"{step['node']} insiden {what['act']} {what['unit']}"

    def _correct(self, step, what):
        seq = self._find_pledge(step["node"], what["unit"])
        self._enter(step, "correct", seq, "--unit",
                    f"{what['unit']}={what['set']}")
        return f"{step['node']} koreksi catatan {seq}"

    def _withdraw(self, step, what):
        seq = self.labels[what["label"]]
        self._enter(step, "withdraw", seq, "--reason", what["reason"])
        return f"{step['node']} cabut catatan {seq}"

    def _find_pledge(self, node, unit):
        for entry in self.region.log():
            if (entry["kind"] == "PledgeMade" and
                    entry["wilayah"] == node and entry["body"]["unit"] == unit):
                return entry["seq"]
        raise Failed(f"{self.name}: no pledge of {unit} from {node}")

    def _link(self, _step, what):
        for wilayah in what["nodes"]:
            self.region.set_link(wilayah, what["up"])
            (self.down.discard if what["up"] else self.down.add)(wilayah)
        return (f"jaringan {'pulih' if what['up'] else 'putus'}: "
                f"{' '.join(what['nodes'])}")

    def _check(self, _step, what):
        state = self.region.state()
        found = {
            "incidents": state["incidents"]["reported"],
            "nodes_linked": len(self.linked()),
            "nodes_silent": len(self.down),
            "signed_pppk": sum(c["coverage"]["signatures"]["pppk"]
                               for c in state["campaigns"]),
        }
        for key, wanted in what.items():
            self._hold(key, found[key], wanted)
        return "periksa: " + ", ".join(
            f"{key} {found[key]}" for key in what)

    # ---- what came out

    def _hold(self, what, found, wanted):
        if found != wanted:
            self.problems.append(f"{what}: {found}, wanted {wanted}")

    def summary(self):
        """Counts everything from the log and the mailbox, holds it against
        `expect`, and returns the lines to print."""
        expect, region = self.script["expect"], self.region
        receipted = wait_for("every record to be receipted",
                             self._all_receipted)
        entries, state = region.log(), region.state("--units")
        kinds = [entry["kind"] for entry in entries]
        alerts = {word: kinds.count(f"Alert{word.capitalize()}")
                  for word in expect["alerts"]}
        mails, hooks = self.mails(), self.hooks()
        self._hold("pledges", kinds.count("PledgeMade"), expect["pledges"])
        self._hold("incidents", kinds.count("IncidentReported"),
                   expect["incidents"])
        self._hold("refused", kinds.count("EventRefused"), 0)
        for word, wanted in expect["alerts"].items():
            self._hold(f"alerts {word}", alerts[word], wanted)
        self._hold("mails", self._by_seat(mails), expect["mails"])
        self._hold("webhooks", self._by_path(hooks), expect["webhooks"])
        self._hold_open_units(state, expect["open_units"])
        self._hold_nobody_on_time_told(entries, mails, hooks)
        self._hold_reference_agrees(entries)
        lines = [
            f"{self.name}: {self.script['title']}",
            f"  dicatat/entered {self.count['entered']}"
            f" (ikrar {self.count['pledges']}, insiden "
            f"{self.count['incidents']}), simpul/nodes "
            f"{len(self.collectors)}, tanda terima/receipts "
            f"{receipted}",
        ]
        for campaign in state["campaigns"]:
            lines += self._coverage_lines(campaign)
        lines.append("  peringatan/alerts " + ", ".join(
            f"{word} {count}" for word, count in alerts.items()))
        lines.append(
            f"  kotak surat/mailbox {len(mails)} mails, {len(hooks)} webhooks: "
            + ", ".join(f"{who} {n}" for who, n in
                        sorted(self._by_seat(mails).items())))
        return lines

    def _all_receipted(self):
        """How many records there are, once each has its receipt."""
        rows = [self.region.collector_status(w) for w in self.collectors]
        if any(row["receipted_seq"] < row["last_seq"] for row in rows):
            return None
        return sum(row["last_seq"] for row in rows)

    @staticmethod
    def _coverage_lines(campaign):
        c, steps = campaign["coverage"], {}
        for unit in campaign["units"]:
            steps[unit["status"]] = steps.get(unit["status"], 0) + 1
        signed = ", ".join(
            f"{kind} {c['signatures'][kind]}/{c['heads'][kind]}"
            for kind in ("pns", "pppk", "non_asn"))
        return [
            f"  cakupan/coverage {campaign['id']}: unit {c['expected']}, "
            + ", ".join(f"{step} {n}" for step, n in sorted(steps.items())),
            f"    lengkap/complete: tepat waktu {c['on_time']}, terlambat "
            f"{c['late']}, belum {c['unsigned']}, belum terdengar "
            f"{c['unheard']}; tanda tangan/signatures {signed}"]

    def mails(self):
        return [m for m in self.mailbox.mails()
                if f"@{self.name}.example" in m["to"][0]]

    def hooks(self):
        return [h for h in self.mailbox.webhooks()
                if h["path"].startswith(f"/hook/{self.name}/")]

    def _by_seat(self, mails):
        """Seat/term -> distinct messages (the same message told twice after
        a crash has the same Message-ID)."""
        found = {}
        for mail in mails:
            seat, term = mail["to"][0].split("@")[0].split(".", 1)
            found.setdefault(f"{seat}/{term}", set()).add(
                mail["headers"]["Message-ID"])
        return {who: len(ids) for who, ids in found.items()}

    @staticmethod
    def _by_path(hooks):
        found = {}
        for hook in hooks:
            who = "/".join(hook["path"].split("/")[-2:])
            found.setdefault(who, set()).add(hook["headers"]["webhook-id"])
        return {who: len(ids) for who, ids in found.items()}

    def _hold_open_units(self, state, wanted):
        found = {}
        for alert in state["alerts"]:
            if alert["state"] == "open" and alert["tell"] == "head":
                found[alert["rule"]] = (found.get(alert["rule"], 0) +
                                        alert["units"])
        found = {rule: n for rule, n in found.items() if rule in wanted}
        self._hold("units in open alerts", found, wanted)

    def _hold_nobody_on_time_told(self, entries, mails, hooks):
        """In no message to any office but the regional admin stands a unit
        that the finished log counts as on time."""
        log = reference.Log(entries)
        on_time = set()
        for rule in log.rules.values():
            if rule["kind"] == "unsigned_units/1" and rule["tell"] == "head":
                on_time |= log.on_time(rule)
        texts = [m["text"] for m in mails
                 if not m["to"][0].startswith("admin.")]
        texts += [h["text"] for h in hooks]
        told = set().union(*map(units_named, texts)) if texts else set()
        owed = {unit["code"] for entry in entries
                if entry["kind"].startswith("Alert") and
                entry["body"].get("tell") == "head" and
                str(entry["body"]["kind"]).startswith("unsigned_units")
                for unit in entry["body"]["units"]}
        self._hold("units named to offices", sorted(told), sorted(owed))
        if told & on_time:
            self.problems.append(
                f"told as unsigned but on time: {sorted(told & on_time)}")

    def _hold_reference_agrees(self, entries):
        """After each entry the open alerts are the reference judge's."""
        found = subprocess.run(
            [sys.executable, ROOT / "tests/reference/check_log.py"],
            input="".join(json.dumps(entry) + "\n" for entry in entries),
            capture_output=True, text=True, timeout=120, check=False)
        if found.returncode != 0:
            self.problems.append(f"reference judge: {found.stderr.strip()}")

    def replay(self):
        """The exported log decides the same alerts; a rebuild is equal."""
        log = self.region.export()
        out = run(BIN / "ikrar", "replay", log).stdout
        return "\n".join([out.strip().splitlines()[-1],
                          *again.replay_elsewhere(log)])

    def rehearse(self):
        """The last thing done to a scene: its rules change."""
        rules = yaml.safe_load((self.files / "rules.yaml").read_text())
        return again.try_other_rules(
            self.region, self.region.export("log-to-try"), rules)

    def verify(self):
        """What an inspectorate does: the exported log and the receipt of each
        collector's last record, checked by the files alone."""
        receipts = []
        for wilayah in self.collectors:
            last = self.region.collector_status(wilayah)["receipted_seq"]
            if last == 0:
                continue
            path = self.region.dir / f"{wilayah}-{last}.tlog-proof"
            self.region.collector(wilayah, "receipt", str(last), "--out", path)
            receipts.append(path)
        # Exported behind the receipts: none is of a larger log.
        said = json.loads(run(BIN / "ikrar", "verify", "--json",
                              self.region.export(), *receipts).stdout)
        if not said["verified"] or said["receipts_good"] != len(receipts):
            raise Failed(f"{self.name}: not verified: {said}")
        return (f"{said['entries']} entri/entries, {said['stamps']} cap/"
                f"stamps, {said['verdicts_equal']} putusan/verdicts, "
                f"{said['receipts_good']} tanda terima/receipts: sah/verified")

    def close(self):
        if self.region:
            self.region.stop()
            run(BIN / "ikrar-aggregator", "rebuild", "--compare", "--dir",
                self.region.dir / "region")
            self.region = None
