# SPDX-License-Identifier: Apache-2.0
"""Names, numbers and stories that clerks gave to the sealed part are nowhere
in clear but where they were typed and where the inspectorate opens them: not in
the files, memory, logs, arguments or messages of aggregator, notifier and
collector, nor in a backup or an export. An admin alone cannot make them
readable: neither by an unsigned change of recipients nor with a region that
skips its own checks."""
import base64
import hashlib
import pathlib
import re
import shutil
import subprocess

import checks
import forge
import lmdb_store
import verifier
from region import BIN, ROOT, DEADLINE, Failed, Mailbox, run, seq_range
from region import wait_for
from scenes import Scene

WILAYAH, UNIT = "73.71.04", "KEL-73.71.04.1008"
REPORTS = (
    ("PST", "WARGA", {
        "nama": "Sukmawati Tanrilawe", "nip": "198507142010012003",
        "jabatan": "Kepala Seksi Penerangan", "pelapor": "Daeng Ngasseng",
        "kontak": "081355501234"},
     "Membagikan kaus bernomor urut di halaman masjid Nurul Ikhlas."),
    ("APK", "RT_RW", {
        "nama": "Ruslan Pabbicara", "nip": "197901022005011007",
        "tempat": "Lorong Cendrawasih 17"},
     "Memasang spanduk bersama anaknya Hartati Pabbicara."),
    ("LLN", "TOKOH", {"nama": "Mappasessu Galigo"},
     "Menjanjikan jabatan kepada Syamsiah Lanrisang bila menang."),
)
SECRETS = ("Sukmawati", "Tanrilawe", "198507142010012003", "Ngasseng",
           "Kepala Seksi Penerangan", "081355501234", "Nurul Ikhlas",
           "Pabbicara", "197901022005011007", "Cendrawasih", "Hartati",
           "Mappasessu", "Galigo", "Syamsiah", "Lanrisang")
CHUNK = 1 << 18
# An address sanitizer reserves terabytes to note which bytes may be used; they
# hold no data.
SHADOW_LEAST = 1 << 40


# ---- the search

def forms(text):
    """A text as it may lie somewhere: in other cases, as UTF-16, hex, base64
    (at each of its three places), quoted for URLs."""
    raw = text.encode()
    yield from (raw, raw.upper(), raw.lower(), raw.replace(b" ", b"+"),
                raw.replace(b" ", b"%20"), raw.hex().encode(),
                raw.hex().upper().encode())
    for coding in ("utf-16-le", "utf-16-be"):
        yield text.encode(coding)
    for raw in (text.encode(), text.encode("utf-16-le")):
        for shift in range(3):
            coded = base64.b64encode(bytes(shift) + raw)
            whole = len(raw) + shift
            yield coded[4 if shift else 0:whole // 3 * 4]


class Search:
    def __init__(self, texts):
        needles = {form: text for text in texts for form in forms(text)}
        self.longest = max(map(len, needles))
        self.pattern = re.compile(b"|".join(
            re.escape(form) for form in sorted(needles, key=len,
                                               reverse=True)))
        self.needles = needles
        self.bytes = 0
        self.known = {}  # what lies in several places is searched once

    def hits(self, raw):
        self.bytes += len(raw)
        if not raw.strip(b"\0"):
            return set()
        key = hashlib.sha256(raw).digest()
        if key not in self.known:
            self.known[key] = {self.needles[found] for found in
                               self.pattern.findall(raw)}
        return self.known[key]

    def in_file(self, path):
        return self.hits(path.read_bytes())

    def in_memory(self, pid):
        """Every readable region of a running process."""
        found = set()
        lines = pathlib.Path(f"/proc/{pid}/maps").read_text().splitlines()
        with open(f"/proc/{pid}/mem", "rb", buffering=0) as memory:
            for line in lines:
                words = line.split(None, 5)
                if words[1].startswith("r") and words[-1] not in (
                        "[vvar]", "[vsyscall]"):
                    found |= self._in_span(memory, words)
        return found

    def _in_span(self, memory, words):
        start, end = (int(part, 16) for part in words[0].split("-"))
        if end - start >= SHADOW_LEAST:
            return set()
        if len(words) == 6 and words[5].startswith("/"):
            path = pathlib.Path(words[5])
            length = path.stat().st_size if path.exists() else 0
            end = min(end, start + max(0, length - int(words[2], 16)))
        found, kept = set(), b""
        while start < end:
            memory.seek(start)
            try:
                part = memory.read(min(CHUNK, end - start))
            except OSError:
                break  # beyond the end of a mapped file
            if not part:
                break
            found |= self.hits(kept + part)
            kept = part[-self.longest:]
            start += len(part)
        return found


def self_test():
    """Every form of every secret is found, wherever it begins."""
    search = Search(SECRETS)
    for secret in SECRETS:
        for form in forms(secret):
            for shift in range(3):
                text = b"." * shift + form + b".."
                assert secret in search.hits(text), (secret, form)
        for shift in range(3):
            coded = base64.b64encode(b"x" * shift + secret.encode() + b"yz")
            assert secret in search.hits(coded), secret
    assert not search.hits(b"Kepala Seksi, masjid, spanduk")


class Places:
    """Everything that must not know, by name."""

    def __init__(self, scene, said):
        region = scene.region
        self.processes = {name: region.daemons[name].process.pid for name in
                          ("aggregator", "notifier", WILAYAH)}
        self.trees = {
            "the region's files": region.dir / "region",
            "a backup": region.dir / "backup",
            "the notifier's files": region.nodes["notifier"],
            "the collector's files": region.nodes[WILAYAH],
            "the export": region.dir / "log",
            "mails and webhooks": scene.mailbox.dir,
        }
        self.logs = [daemon.log for daemon in region.daemons.values()]
        self.said = "\n".join(said).encode()

    def search(self, search):
        """place -> what was found there"""
        found = {"outputs": search.hits(self.said)}
        for name, tree in self.trees.items():
            found[name] = set()
            for path in sorted(tree.rglob("*")):
                if path.is_file():
                    found[name] |= search.in_file(path)
        for path in self.logs:
            found[path.name] = search.in_file(path)
        for name, pid in self.processes.items():
            for file in ("cmdline", "environ"):
                found[f"{name}, {file}"] = search.in_file(
                    pathlib.Path(f"/proc/{pid}/{file}"))
            found[f"{name}, memory"] = search.in_memory(pid)
        return found


# ---- what is done

def new_key(directory, name):
    """A recipient's key and its passphrase, both files."""
    word = directory / f"{name}.sandi"
    word.write_text(f"kata sandi {name}\n")
    word.chmod(0o600)
    run(BIN / "ikrar", "key", "new", directory / name, "--id", name,
        "--passphrase-file", word)
    return directory / name


def report(region, row, said):
    """What a clerk types comes in on standard input."""
    act, source, facts, story = row
    text = "".join(f"{key}: {value}\n" for key, value in facts.items())
    done = subprocess.run(
        [BIN / "ikrar-collector", "incident", "--unit", UNIT, "--act", act,
         "--happened", "2023-11-13", "--known", "2023-11-13", "--reported",
         "2023-11-14", "--source", source, "--subject", "PNS", "--sealed",
         "-", "--yes", "--dir", region.nodes[WILAYAH], *region._clock()],
        input=text + f"uraian:\n{story}\n", capture_output=True, text=True,
        timeout=DEADLINE)
    said += [done.stdout, done.stderr]
    if done.returncode != 0:
        raise Failed(f"incident: exit {done.returncode}\n{done.stdout}"
                     f"{done.stderr}")
    return seq_range(done.stdout)[1]


def record_all(region, said):
    last = 0
    for row in REPORTS:
        last = report(region, row, said)
    wait_for("receipts", lambda: region.collector_status(WILAYAH)[
        "receipted_seq"] >= last)
    region.settle([WILAYAH])


def opens(log, case, key):
    return run(BIN / "ikrar", "open", log, case, "--key", key,
               "--passphrase-file", f"{key}.sandi", check=False)


def cases(region):
    return [str(e["index"]) for e in region.log()
            if e["kind"] == "IncidentReported"]


def hold_nowhere(scene, said):
    search = Search((*SECRETS, UNIT))
    public = Places(scene, said).search(search)
    for place, found in public.items():
        if found - {UNIT}:
            raise Failed(f"{place}: {sorted(found - {UNIT})}")
    for place in ("the region's files", "a backup", "the collector's files",
                  "the export", "mails and webhooks", "outputs",
                  "aggregator, memory", f"{WILAYAH}, cmdline"):
        known = {UNIT} if "cmdline" not in place else set()
        if public[place] != known:
            raise Failed(f"the search does not bite: {UNIT} in {place}: "
                         f"{public[place]}")
    print(f"{len(SECRETS)} secrets, {search.bytes >> 20} MiB in "
          f"{len(public)} places: none; the unit's code is found in "
          f"{sum(map(bool, public.values()))} of them")


def hold_opened(log, index, row, key):
    done = opens(log, index, key)
    _, _, facts, story = row
    for text in (*facts.values(), story):
        if done.returncode != 0 or text not in done.stdout:
            raise Failed(f"open {index}: exit {done.returncode}, no {text!r}"
                         f"\n{done.stdout}{done.stderr}")


def hold_closed(log, index, key):
    done = opens(log, index, key)
    found = Search(SECRETS).hits((done.stdout + done.stderr).encode())
    if done.returncode == 0 or found:
        raise Failed(f"open {index} with {key.name}: exit {done.returncode}"
                     f"\n{done.stdout}")


def hold_blobs(log, events):
    """A sealed part that was changed fails; one that is gone is a note."""
    def verify(code, word=None):
        done = run(BIN / "ikrar", "verify", log, check=False)
        if done.returncode != code or (
                word and f" {word}: " not in done.stdout):
            raise Failed(f"verify: exit {done.returncode}, wanted {code} and "
                         f"{word}\n{done.stdout}")

    verify(0)
    assert verifier.Log(log, events).blobs == len(REPORTS)
    path = sorted((log / "blob").iterdir())[0]
    raw = path.read_bytes()
    path.write_bytes(raw[:-1] + bytes([raw[-1] ^ 1]))
    verify(1, "blob")
    path.unlink()
    verify(0, "blob_absent")
    path.write_bytes(raw)


# ---- an admin alone

def hold_refused_change(region, own, inspectorate):
    """By the commands: a set of the admin's choice, unsigned or signed by
    nobody who may."""
    directory = region.dir
    done = region.admin("recipients", "set", f"{own}.pub", check=False)
    assert done.returncode != 0, "set anew without a signature"
    change = directory / "perubahan"
    run(BIN / "ikrar", "recipients", "sign", "--key", own,
        "--passphrase-file", f"{own}.sandi", "--origin",
        "ikrar/73.71/1/latihan", "--version", "2", f"{inspectorate}.pub",
        f"{own}.pub", "-o", change)
    done = region.admin("recipients", "change", change, check=False)
    assert done.returncode != 0, "changed by a signature of the new set's"
    assert not [e for e in region.log() if e["kind"] == "RecipientsChanged"
                and e["body"]["part"]["version"] > 1]


def patch_region(region, events, own):
    """A region that skips its checks: root writes the change into the log
    itself, in the admin's name."""
    region.set_link(WILAYAH, False)
    assert region.daemons.pop("aggregator").stop() == 0
    line = (own.parent / f"{own.name}.pub").read_text().split()
    row = events.RecipientRow(
        id=line[1], seal_key=base64.b64decode(line[2]),
        sign_key=base64.b64decode(line[3]))

    def append(leaves):
        last = [events.Event.FromString(forge.open_leaf(leaf)[2])
                for leaf in leaves]
        event = [e for e in last
                 if e.WhichOneof("body") == "recipients_changed"][-1]
        event.seq = 1 + max(e.seq for e in last if e.node == event.node)
        changed = event.recipients_changed
        changed.part.version = 2
        del changed.rows[:]
        changed.rows.append(row)
        changed.part.sha256 = forge.sha(row.SerializeToString(
            deterministic=True))
        changed.signer, changed.signature = row.sign_key, bytes(range(64))
        received = forge.open_leaf(leaves[-1])[1]
        return leaves + [forge.pack_leaf(
            1, received, event.SerializeToString(deterministic=True),
            bytes(96))]

    lmdb_store.rewrite(region.dir / "region/store", events, append)
    region.start_aggregator()
    region.set_link(WILAYAH, True)


def hold_old_set(region, events, own, inspectorate):
    patch_region(region, events, own)
    wait_for("the false set to be noted", lambda: region.collector_status(
        WILAYAH)["recipients_refused"] == 2)
    assert region.collector_status(WILAYAH)["recipients_version"] == 1
    text = region.collector(WILAYAH, "status").stdout
    assert "enerima" in text, text
    said = []
    last = report(region, REPORTS[0], said)
    wait_for("a receipt", lambda: region.collector_status(WILAYAH)[
        "receipted_seq"] >= last)
    log = region.dir / "later"
    region.admin("export", log, "--blobs")
    index = cases(region)[-1]
    hold_opened(log, index, REPORTS[0], inspectorate)
    hold_closed(log, index, own)
    done = run(BIN / "ikrar", "verify", log, check=False)
    if done.returncode != 1:
        raise Failed(f"the false set passes:\n{done.stdout}")
    print(f"a patched region's set: not believed, sealed to the old one; "
          f"{done.stdout.splitlines()[0]}")


def main():
    self_test()
    events = verifier.load_events(ROOT / "proto")
    with checks.workspace() as directory:
        mailbox = Mailbox(directory / "mailbox").start()
        scene = Scene("makassar-warga", directory, mailbox)
        scene.script["collectors"] = []
        try:
            scene.open()
            region, said = scene.region, []
            inspectorate = new_key(directory, "inspektorat")
            own = new_key(directory, "admin")
            said.append(region.admin("recipients", "set",
                                     f"{inspectorate}.pub").stdout)
            region.join(WILAYAH)
            region.start_collector(WILAYAH)
            wait_for("the roster", lambda: region.collector_status(WILAYAH)[
                "roster_version"])
            record_all(region, said)
            wait_for("the alert's mail", scene.mails)
            shutil.copytree(region.dir / "region", region.dir / "backup")
            said.append(region.admin("export", region.dir / "log",
                                     "--blobs").stdout)
            said += [region.admin("log", "read", "--json").stdout,
                     region.collector(WILAYAH, "list").stdout,
                     region.collector(WILAYAH, "show", "1").stdout]
            hold_nowhere(scene, said)
            log = region.dir / "log"
            for index, row in zip(cases(region), REPORTS, strict=True):
                hold_opened(log, index, row, inspectorate)
                hold_closed(log, index, own)
            print(f"{len(REPORTS)} cases opened by the inspectorate, none "
                  "by the admin")
            hold_blobs(log, events)
            hold_refused_change(region, own, inspectorate)
            hold_old_set(region, events, own, inspectorate)
        finally:
            if scene.region:
                scene.region.stop()
            mailbox.stop()


checks.main(main)
