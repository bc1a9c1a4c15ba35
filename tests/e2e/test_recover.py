# SPDX-License-Identifier: Apache-2.0
"""Yesterday's backup is put back while three kecamatan have receipts from
today: the region finds out, stops logging and says so; after `recover` every
receipted event is in the log again, once, and the alerts have their old ids. A
fourth joined after the backup: the region does not know it any more; its clerk
is told so, joins again in the same directory, and its events are back under
their old numbers.

Twice: the whole directory as a careless admin copies it, head file and all, so
that the region goes on until a node says that it has seen more; and the store
alone, beside a head file that tells at the start."""
import json
import shutil
import types

import checks
from region import BIN, Failed, local_ms, run, wait_for

CLERKS = ("73.71.01", "73.71.02", "73.71.03")
LATE = "73.71.04"
START, BACKUP, LATER = (local_ms(t, "WITA") for t in (
    "2023-11-13 08:00", "2023-11-18 08:00", "2023-11-21 08:00"))


def by_nodes(region):
    """Every event of a node in the log: (node, seq) -> all that it says."""
    found = {}
    for entry in region.log():
        if not entry.get("seq"):
            continue
        key = (entry["node"], entry["seq"])
        if key in found:
            raise Failed(f"twice in the log: {key}")
        found[key] = {name: value for name, value in entry.items()
                      if name not in ("index", "received_at_ms")}
    return found


def without_admin(region, events):
    """Its spool lies in the directory that was put back."""
    admin = {n["id"] for n in region.state()["nodes"] if n["kind"] == "admin"}
    return {k: v for k, v in events.items() if k[0] not in admin}


def alerts(region):
    return {a["id"]: a["rule"] for a in region.state()["alerts"]}


def stop(region):
    code = region.daemons.pop("aggregator").stop()
    assert code == 0, code


def play_until_loss(region):
    """A backup on the 18th; what came until the 21st is about to be lost."""
    for wilayah in CLERKS:
        checks.join_clerk(region, wilayah)
    region.join(region.wilayah, "notifier")
    checks.record_receipted(region, CLERKS[0])
    region.advance(BACKUP, CLERKS)
    before = alerts(region)
    assert before, "no alert was open before the backup"
    stop(region)
    shutil.copytree(region.dir / "region", region.dir / "backup")
    region.start_aggregator()
    region.backup_size = region.state()["size"]
    for wilayah in CLERKS:
        region.set_link(wilayah, True)
        checks.record_receipted(region, wilayah)
    join_late(region)
    region.advance(LATER, CLERKS)
    checks.record_receipted(region, CLERKS[1])
    start_notifier(region)
    after = alerts(region)
    assert set(after) > set(before), "no alert was opened after the backup"
    return by_nodes(region), after


def invite_late(region):
    return region.admin("node", "invite", LATE, "--hours", "168").stdout.split(
        "\n")[-2].strip()


def join_late(region):
    """Behind the backup; its first code is kept on paper."""
    region.late_code = invite_late(region)
    region.nodes[LATE] = region.dir / "nodes" / LATE
    region.collector(LATE, "join", region.late_code)
    region.start_collector(LATE)
    wait_for("the roster", lambda: region.collector_status(LATE)[
        "roster_version"])
    checks.record_receipted(region, LATE)


def join_again(region, has_admin_rows):
    """Forgotten: told, and mended by one command in the same directory. The
    old code is good again if the admin's records came back."""
    region.set_link(LATE, True)
    wait_for("the late one to be told", lambda: region.collector_status(
        LATE)["forgotten"])
    text = " ".join(region.collector(LATE, "status").stdout.split())
    for part in ("TIDAK DIKENAL", "bergabung lagi di folder ini",
                 "join KODE --dir"):
        if part not in text:
            raise Failed(f"status does not say {part!r}:\n{text}")
    before = checks.record(region, LATE)
    code = region.late_code if has_admin_rows else invite_late(region)
    region.collector(LATE, "join", code)
    wait_for("the late one to be whole again", lambda: whole(
        region.collector_status(LATE)))
    status = region.collector_status(LATE)
    assert status["last_seq"] >= before and not status["forgotten"], status
    again = region.collector(LATE, "join", code)
    assert "Sudah bergabung" in again.stdout, again


def start_notifier(region):
    """It reads the log; what it has to tell it cannot send."""
    contacts = region.dir / "contacts.yaml"
    contacts.write_text("contacts:\n  - {seat: wali-kota, channel: mail, "
                        "mail: wali@example.org}\n")
    contacts.chmod(0o600)
    region.start_notifier(contacts, types.SimpleNamespace(smtp=9))
    ledger = region.nodes["notifier"] / "ledger/data.mdb"
    wait_for("the notifier", lambda: "ready" in region.daemons[
        "notifier"].log.read_text() and ledger.exists())
    size = len(region.log())
    wait_for("the notifier to read the log",
             lambda: region.notifier_status()["next"] >= size)
    region.daemons.pop("notifier").stop()


def restore_all(region):
    shutil.rmtree(region.dir / "region")
    shutil.copytree(region.dir / "backup", region.dir / "region")


def restore_store(region):
    shutil.rmtree(region.dir / "region/store")
    shutil.copytree(region.dir / "backup/store", region.dir / "region/store")


def hold_stopped(region):
    """It runs, logs nothing, and everybody is told why."""
    region.start_aggregator()
    for wilayah in CLERKS:
        region.set_link(wilayah, True)
    wait_for("the region to find out", lambda: region.state()["standing"][
        "word"] == "rollback")
    size = region.state()["size"]
    for wilayah in CLERKS:
        checks.record(region, wilayah)
        wait_for(f"{wilayah} to be told", lambda w=wilayah:
                 region.collector_status(w)["halted"] == "rollback")
    text = region.admin("state").stdout
    if "TIDAK MENCATAT (rollback)" not in text:
        raise Failed(f"state does not say so:\n{text}")
    refused = region.admin("node", "invite", "73.71.05", check=False)
    assert "tersimpan" in refused.stdout or refused.returncode, refused.stdout
    done = region.admin("recover", check=False)
    assert done.returncode and "berjalan" in done.stderr, done.stderr
    assert region.state()["size"] == size, "something was logged"
    stop(region)
    region.start_aggregator()
    assert region.state()["standing"]["word"] == "rollback", "forgotten"
    assert region.state()["size"] == size, "something was logged"
    stop(region)


def hold_refused(region):
    """With its head file it does not even start on an older store."""
    done = run(BIN / "ikrar-aggregator", "run", "--dir", region.dir / "region",
               "--listen", "tcp://127.0.0.1:*", "--join-listen",
               "tcp://127.0.0.1:*", *region._clock(), check=False)
    assert done.returncode and "recover" in done.stderr, done.stderr


def hold_there(region, events):
    now = by_nodes(region)
    lost = [(k, v["kind"]) for k, v in events.items() if now.get(k) != v]
    if lost:
        raise Failed(f"not in the log again: {lost}")


def hold_recovered(region, events, opened, has_admin_rows):
    said = region.admin("recover").stdout
    if "/2/latihan" not in said or "entri tetap" not in said:
        raise Failed(f"recover does not say what it did:\n{said}")
    region.start_aggregator()
    for wilayah in CLERKS:
        region.set_link(wilayah, True)
        wait_for(f"{wilayah} to be whole again", lambda w=wilayah: whole(
            region.collector_status(w)))
    join_again(region, has_admin_rows)
    region.advance(LATER + 1, CLERKS)
    start_notifier(region)
    assert region.notifier_status()["halted"] == "ok"
    hold_there(region, events)
    if not set(opened) <= set(alerts(region)):
        raise Failed(f"alerts {opened} are now {alerts(region)}")
    recoveries = region.state()["recoveries"]
    assert len(recoveries) == 1 and recoveries[0]["lost_size"], recoveries
    text = region.admin("state").stdout
    assert "dipulihkan" in text, text
    stop(region)
    again = region.admin("recover", check=False)
    assert again.returncode and "Tidak ada" in again.stderr, again.stderr
    done = run(BIN / "ikrar-aggregator", "rebuild", "--dir",
               region.dir / "region", "--compare")
    assert "compare=equal" in done.stdout, done.stdout
    hold_verified(region)
    region.start_aggregator()
    return len(events), recoveries[0]


def whole(status):
    return (not status["halted"] and status["epoch"] == 2 and
            status["receipted_seq"] == status["last_seq"] and
            status["receipted_seq"] >= status["again_seq"])


def hold_verified(region):
    """The log that went on is a log: verify and replay find it whole."""
    log = region.export("whole")
    done = run(BIN / "ikrar", "verify", log, "--json", check=False)
    if done.returncode:
        raise Failed(f"verify: {done.stdout}{done.stderr}")
    assert "recovered" in done.stdout, done.stdout
    json.loads(done.stdout)
    run(BIN / "ikrar", "replay", log)


def play(what, restore, hold):
    with checks.region("makassar-2023", "2023-11-13 08:00") as region:
        events, opened = play_until_loss(region)
        for wilayah in (*CLERKS, LATE):
            region.set_link(wilayah, False)
        stop(region)
        restore(region)
        if restore is restore_all:
            events = without_admin(region, events)
        hold(region)
        count, recovery = hold_recovered(region, events, opened,
                                         restore is restore_store)
        print(f"{what}: {recovery['entries']} entries stood of "
              f"{recovery['lost_size']}; all {count} events of nodes are in "
              f"the log again, once; {len(opened)} alerts kept their ids")


def keep_some():
    """Nothing was lost, but an admin trusts only the first entries: those that
    nodes had recorded behind them are confirmed once more, none twice."""
    with checks.region("makassar-2023", "2023-11-13 08:00") as region:
        events, opened = play_until_loss(region)
        size = region.state()["size"]
        stop(region)
        keep = region.backup_size
        done = region.admin("recover", "--keep", str(size + 1), check=False)
        assert done.returncode and f"hanya punya {size}" in done.stderr, done
        said = region.admin("recover", "--keep", str(keep)).stdout
        assert f"{keep} entri tetap" in said, said
        region.start_aggregator()
        for wilayah in (*CLERKS, LATE):
            region.set_link(wilayah, True)
            wait_for(f"{wilayah} to follow", lambda w=wilayah: whole(
                region.collector_status(w)))
        hold_there(region, events)
        assert set(opened) <= set(alerts(region)), alerts(region)
        one, = region.state()["recoveries"]
        assert one["entries"] == keep, one
        assert len(region.log()) > size, "LogRecovered is not behind the rest"
        stop(region)
        hold_verified(region)
        region.start_aggregator()
        print(f"recover --keep: {keep} of {size} entries stand, all "
              f"{len(events)} events once")


def carry_old(region):
    """The first bundles only ask for the recovery and its proof; then what had
    been received comes, and what had not been is refused now."""
    for n in range(3):
        there, back = region.dir / f"there-{n}", region.dir / f"back-{n}"
        region.collector("old", "export", there)
        told = region.admin("import", there, "--receipt", back, check=False)
        if "diterima/received" in told.stdout:
            break
        assert "(revoked)" in told.stderr, told
        region.collector("old", "import", back, check=False)
    assert "1-2 diterima/received, 1 ditolak/refused" in told.stdout, told


def spoken_of(is_revoked):
    """What a new node says of a record of the one before it comes back before
    that record does: it waits, and is not refused. The old node brings its
    record itself, or, if it was revoked since, by a file."""
    clerk = CLERKS[0]
    with checks.region("makassar-2023", "2023-11-13 08:00") as region:
        checks.join_clerk(region, clerk)
        stop(region)
        shutil.copytree(region.dir / "region/store", region.dir / "backup")
        region.start_aggregator()
        region.set_link(clerk, True)
        lost = checks.record_receipted(region, clerk)
        region.daemons.pop(clerk).stop()
        region.collector(clerk, "correct", str(lost), "--form", "UPACARA",
                         "--yes")
        code = region.admin("node", "invite", clerk).stdout.split("\n")[
            -2].strip()
        region.collector(clerk, "rejoin", code)
        old, = region.nodes[clerk].glob("old-*")
        region.nodes["old"] = old
        if is_revoked:
            region.admin("node", "revoke", region.collector_status("old")[
                "node"], "--reason", "GANTI_PETUGAS")
        region.start_collector(clerk)
        wait_for("the correction's receipt", lambda: region.collector_status(
            clerk)["receipted_seq"] == 1)
        events = by_nodes(region)
        region.daemons.pop(clerk).stop()
        stop(region)
        shutil.rmtree(region.dir / "region/store")
        shutil.copytree(region.dir / "backup", region.dir / "region/store")
        region.admin("recover")
        region.start_aggregator()
        region.start_collector(clerk)
        wait_for("the new node to be forgotten", lambda: region.
                 collector_status(clerk)["forgotten"])
        region.collector(clerk, "join", code)
        wait_for("the correction to wait", lambda: region.collector_status(
            clerk)["busy_until_ms"])
        assert region.collector_status(clerk)["receipted_seq"] == 0
        region.daemons.pop(clerk).stop()
        if is_revoked:
            carry_old(region)
        else:
            region.start_collector("old")
            wait_for("the old node's record", lambda: whole(
                region.collector_status("old")))
        region.start_collector(clerk)
        wait_for("the correction's second receipt", lambda: whole(
            region.collector_status(clerk)))
        hold_there(region, events)
        refused = [e["body"]["word"] for e in region.log()
                   if e["kind"] == "EventRefused"]
        assert refused == ["kind"] * is_revoked, refused
        stop(region)
        hold_verified(region)
        region.start_aggregator()
        print("what was said of a lost record waited until it was back" +
              ", carried for a revoked node" * is_revoked)


def check():
    keep_some()
    spoken_of(False)
    spoken_of(True)
    play("the whole directory put back", restore_all, hold_stopped)
    play("the store alone put back", restore_store, hold_refused)


if __name__ == "__main__":
    checks.main(check)
