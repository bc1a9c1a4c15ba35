# SPDX-License-Identifier: Apache-2.0
"""A campaign that is closed keeps its figures, and its report can be checked
by whoever has a copy of the log: an altered page, another log and a made-up
head are each named."""
import re

import checks
from region import BIN, run

CAMPAIGN = "NETRAL2024"
FIGURES = ("expected", "actual", "on_time", "late", "excused", "extended",
           "unsigned", "unheard")


def campaign(region):
    return next(c for c in region.state()["campaigns"]
                if c["id"] == CAMPAIGN)


def close(region):
    unit = region.state("--units")["campaigns"][0]["units"][0]["code"]
    region.admin("campaign", "excuse", CAMPAIGN, "--unit", unit, "--reason",
                 "DILEBUR")
    region.admin("campaign", "extend", CAMPAIGN, "--wilayah", "73.71.01",
                 "--until", "2023-12-01T16:00", "--reason", "BENCANA")
    out = region.dir / "laporan.txt"
    region.admin("campaign", "close", CAMPAIGN, "--reference", "BA/7/2023",
                 "--out", out)
    return out


def judged(report, log):
    """The four lines: which of them hold; and the exit code."""
    done = run(BIN / "ikrar", "report", report, log, check=False)
    lines = [line.split()[0] for line in done.stdout.splitlines()]
    return done.returncode, [word == "sah/ok" for word in lines]


def hold_figures(region, report):
    closed = campaign(region)
    assert closed["closed_index"] is not None, closed
    text = report.read_text(encoding="utf-8")
    for name in FIGURES:
        shown = re.search(rf"/{name.replace('_', ' ')}: +(\d+)$", text, re.M)
        wanted = closed["coverage"][name]
        if name == "unsigned":
            shown = re.search(r"/incomplete: +(\d+)$", text, re.M)
        assert int(shown.group(1)) == wanted, (name, shown.group(0), wanted)
    assert closed["coverage"]["excused"] == 1, closed["coverage"]
    return closed


def hold_altered(region, report, log):
    text = report.read_text(encoding="utf-8")
    altered = region.dir / "altered.txt"
    for was, now, holds in (
            (r"(excused: +)1\n", r"\g<1>2\n", [False, True, True, False]),
            (r"(entri/entry )\d+", r"\g<1>1", [False, True, False, False]),
            (r"\n(\d+)\n", r"\n9\1\n", [False, False, True, True])):
        changed, count = re.subn(was, now, text, count=1)
        assert count == 1, was
        altered.write_text(changed, encoding="utf-8")
        assert judged(altered, log) == (1, holds), (was,
                                                    judged(altered, log))


def check():
    with checks.region("makassar-2023", "2023-11-13 08:00") as region:
        report = close(region)
        before = hold_figures(region, report)
        page = report.read_text(encoding="utf-8")
        log = region.export()
        assert judged(report, log) == (0, [True] * 4), judged(report, log)
        hold_altered(region, report, log)
    with checks.region("makassar-2023", "2023-11-13 08:00") as other:
        close(other)
        foreign = other.dir / "foreign.txt"
        foreign.write_text(page, encoding="utf-8")
        code, holds = judged(foreign, other.export())
        assert code == 1 and not holds[0] and not holds[1], holds
    print(f"the report of {CAMPAIGN} holds against its log "
          f"(entry {before['closed_index']}), and against no other")


if __name__ == "__main__":
    checks.main(check)
