# SPDX-License-Identifier: Apache-2.0
"""Clocks that cannot be right. An aggregator that starts in 1970 or 2038, or
whose clock jumps while it runs, logs nothing and says so (state `clock`); with
the clock set right an admin's `clock accept` heals it. A collector in 1970
still records, flagged, and asks for the date.

Needs Debian's faketime: only the wall clock is another one, only for one
program, and only as its library makes it believe."""
import contextlib
import os
import sys

import checks
from region import (BIN, Daemon, Failed, Region, run, wait_for)

CLERK = checks.CLERK
SKIPPED = 77


def faked(when, file=None):
    """The environment in which a program believes so; `file` holds an offset
    that may change meanwhile."""
    env = {"LD_PRELOAD": preload(), "TZ": "UTC", "DONT_FAKE_MONOTONIC": "1",
           "FAKETIME_DONT_FAKE_MONOTONIC": "1",
           # A sanitizer would have its own library first.
           "ASAN_OPTIONS": "verify_asan_link_order=0"}
    if file:
        return env | {"FAKETIME_TIMESTAMP_FILE": str(file),
                      "FAKETIME_NO_CACHE": "1"}
    return env | {"FAKETIME": when}


def preload():
    done = run("faketime", "-f", "+0", "env")
    return next(line.split("=", 1)[1] for line in done.stdout.splitlines()
                if line.startswith("LD_PRELOAD="))


def start_at(region, when, file=None):
    endpoints = region.dir / "region/endpoints"
    endpoints.unlink(missing_ok=True)
    env = [f"{key}={value}" for key, value in faked(when, file).items()]
    daemon = Daemon(
        region.dir / "aggregator.log", "env", *env,
        BIN / "ikrar-aggregator", "run", "--dir", region.dir / "region",
        "--listen", f"tcp://127.0.0.1:{region.region_port}", "--join-listen",
        f"tcp://127.0.0.1:{region.join_port}").start()
    region.daemons["aggregator"] = daemon
    wait_for("the aggregator", lambda: region._endpoints(daemon, endpoints))


def stop(region, name="aggregator"):
    code = region.daemons.pop(name).stop()
    assert code == 0, code


def standing(region):
    return region.state()["standing"]["word"]


def rejected(region):
    return region.state()["counters"].get("reject_clock", 0)


def meet(region):
    """The clerk records, and the daemon brings it to the region."""
    last = checks_record(region)
    with contextlib.suppress(KeyError):
        stop(region, CLERK)
    region.start_collector(CLERK)
    return last


def checks_record(region):
    out = region.collector(
        CLERK, "pledge", "--campaign", "NETRAL2024", "--act", "pakta",
        "--form", "APEL", "--made", made(), "--template", "T", "--unit",
        f"{checks.UNITS[CLERK]},head", "--yes").stdout
    return int(out.split()[-1].split("-")[-1])


def made():
    return run("date", "-d", "1 hour ago", "+%Y-%m-%d %H:%M").stdout.strip()


def hold_still(region, what):
    """State `clock`, words, nothing logged though a clerk pushes."""
    wait_for(f"{what}: state clock", lambda: standing(region) == "clock")
    size, before = region.state()["size"], rejected(region)
    last = meet(region)
    wait_for(f"{what}: the clerk's push to be turned away",
             lambda: rejected(region) > before)
    status = region.collector_status(CLERK)
    assert status["receipted_seq"] < last, "a receipt"
    text = region.admin("state").stdout
    if "TIDAK MENCATAT (clock)" not in text:
        raise Failed(f"{what}: state does not say so:\n{text}")
    invited = region.admin("node", "invite", "73.71.02", check=False)
    assert "diterima" not in invited.stdout, invited.stdout
    assert region.state()["size"] == size, f"{what}: something was logged"
    print(f"{what}: state clock, {size} entries stay {size}")
    return size, last


def hold_healed(region, what, size, last):
    """A restart alone does not heal it; an admin's word does."""
    stop(region)
    region.start_aggregator()
    assert standing(region) == "clock", f"{what}: forgotten by a restart"
    said = region.admin("clock", "accept").stdout
    assert "diterima" in said, said
    assert standing(region) == "fine"
    assert any("clock" in str(e).lower() for e in region.log()[size:])
    stop(region, CLERK)
    region.start_collector(CLERK)
    wait_for(f"{what}: the receipt", lambda: region.collector_status(CLERK)[
        "receipted_seq"] >= last)
    again = region.admin("clock", "accept", check=False)
    assert again.returncode and "tidak diragukan" in again.stderr
    print(f"{what}: healed by clock accept")


def odd_start(region, what, when):
    stop(region)
    start_at(region, when)
    size, last = hold_still(region, what)
    if when.startswith("@1970"):
        done = run(BIN / "ikrar-aggregator", "clock", "accept", "--dir",
                   region.dir / "region", check=False,
                   env=os.environ | faked(when))
        assert done.returncode and "sebelum entri terakhir" in done.stderr, \
            done.stdout + done.stderr
    hold_healed(region, what, size, last)


def jump(region):
    what = "a jump of an hour while it runs"
    offset = region.dir / "offset"
    offset.write_text("+0\n")
    stop(region)
    start_at(region, "", offset)
    assert standing(region) == "fine"
    fresh = region.dir / "offset.new"
    fresh.write_text("+3600\n")
    fresh.rename(offset)
    size, last = hold_still(region, what)
    hold_healed(region, what, size, last)


def collector_in_1970(region):
    env = os.environ | faked("@1970-01-02 03:00:00")

    def clerk(*words):
        return run(BIN / "ikrar-collector", *words, "--dir",
                   region.nodes[CLERK], check=False, env=env)

    status = clerk("status")
    if "tanggal" not in status.stdout.lower() + status.stderr.lower():
        raise Failed(f"status does not ask for the date:\n{status.stdout}")
    done = clerk("pledge", "--campaign", "NETRAL2024", "--act", "pakta",
                 "--form", "APEL", "--made", made(), "--template", "T",
                 "--unit", f"{checks.UNITS[CLERK]},head", "--yes")
    if done.returncode or "tersimpan" not in done.stdout:
        raise Failed(f"not recorded: {done.stdout}{done.stderr}")
    last = region.collector_status(CLERK)["last_seq"]
    wait_for("its receipt", lambda: region.collector_status(CLERK)[
        "receipted_seq"] >= last)
    entry = region.log()[-1]
    assert entry["recorded_at_ms"] < 1577836800000, entry
    assert entry["no_clock"], entry
    print("a collector in 1970: recorded, received, asked for the date")


def check():
    if run("sh", "-c", "command -v faketime", check=False).returncode:
        if os.environ.get("CI") == "true":
            raise Failed("faketime is missing")
        print("faketime is not installed: skipped")
        sys.exit(SKIPPED)
    with checks.workspace() as directory:
        region = Region(directory, "73.71")
        region.start_aggregator()
        region.set_up(checks.ROOT / "data/scenes/makassar-2023")
        set_campaign(region)
        checks.join_clerk(region)
        try:
            odd_start(region, "2038", "@2038-01-20 00:00:00")
            odd_start(region, "1970", "@1970-01-02 00:00:00")
            jump(region)
            collector_in_1970(region)
        finally:
            region.stop()


def set_campaign(region):
    """The scene's campaign was locked years ago; it is open again."""
    dates = [run("date", "-d", f"{n} days", "+%Y-%m-%d %H:%M").stdout.strip()
             for n in (10, 20, 30)]
    path = region.dir / "campaigns.yaml"
    path.write_text(
        "campaigns:\n  - id: NETRAL2024\n    name: Deklarasi\n"
        f"    due: \"{dates[0]}\"\n    grace_end: \"{dates[1]}\"\n"
        f"    lock: \"{dates[2]}\"\n")
    region.admin("campaign", "set", path)


if __name__ == "__main__":
    checks.main(check)
