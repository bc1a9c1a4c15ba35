# SPDX-License-Identifier: Apache-2.0
"""Cases, by two reviewers from their command lines: what is reported is never
shown as verified; two keys verify, one does not; what was not proven never
counts, and the alert that rested on it is corrected; what would change nothing
is refused in a sentence that says what is possible."""
import json

import checks
from reviewer import Reviewer

UNIT = "OPD-SETDA"
RULES = """rules:
  - id: BERULANG
    kind: repeat_incidents/1
    count: 2
    within: 30d
    scope: unit
    states: [verified]
    tell: admin
  - id: TERLAPOR
    kind: repeat_incidents/1
    count: 2
    within: 30d
    scope: unit
    states: [reported]
    tell: admin
  - id: BATAS
    kind: case_deadline/1
    step: DITERIMA
    days: 2
    clock: calendar
    since: moved
    tell: admin
"""


def cases(region):
    return json.loads(region.admin("case", "list", "--json").stdout)


def case(region, name):
    return json.loads(region.admin("case", "show", name, "--json").stdout)


def today(region):
    return json.loads(region.admin("today", "--json").stdout)["items"]


def open_alerts(region):
    return sorted(a["rule"] for a in region.state()["alerts"]
                  if a["state"] == "open")


def report(region, proof, day, unit=UNIT):
    region.collector("73.71", "incident", "--unit", unit, "--act", "SOS",
                     "--happened", day, "--known", day, "--reported", day,
                     "--source", "WARGA", "--subject", "PNS", "--evidence",
                     proof, "--yes")
    region.settle(["73.71"])


def main():
    with checks.region("makassar-2023", "2023-11-10 08:00") as region:
        proof = region.dir / "proof.jpg"
        proof.write_bytes(b"a picture")
        rules = region.dir / "rules.yaml"
        rules.write_text(RULES)
        region.admin("rules", "load", rules)
        checks.join_clerk(region, "73.71")
        first = Reviewer(region, "first")
        second = Reviewer(region, "second")
        report(region, proof, "2023-11-01")
        report(region, proof, "2023-11-05")
        found = cases(region)
        assert (found["reported"], found["verified"]) == (2, 0), found
        one, two = (c["case"] for c in found["cases"])
        assert open_alerts(region) == ["TERLAPOR"], open_alerts(region)

        # One key is not enough, not even twice; what is not possible says so.
        said = first("forward", one, code=1)
        assert "receive, reject, verify" in said, said
        first("verify", one)
        said = first("verify", one, code=1)
        assert "penelaah kedua" in said, said
        assert case(region, one)["counts_as"] == "reported"
        assert case(region, one)["keys"] == 1
        second("verify", one)
        assert case(region, one)["counts_as"] == "verified"
        found = cases(region)
        assert (found["reported"], found["verified"]) == (1, 1), found
        assert open_alerts(region) == [], "one of each"
        text = region.admin("case", "list").stdout
        assert "dilaporkan/reported 1; terverifikasi/verified 1" in text, text
        assert "potensi/potential" in text, text

        # Verified twice: the alert. One not proven: it is withdrawn.
        second("verify", two)
        first("verify", two)
        assert open_alerts(region) == ["BERULANG"]
        first("forward", two)
        said = second("decide", two, "TERBUKTI", code=1)
        assert "--decision" in said, said
        second("decide", two, "TIDAK_TERBUKTI", "--decision",
               "BAWASLU/12/2023")
        assert open_alerts(region) == []
        last = [e for e in region.log() if e["kind"].startswith("Alert")][-1]
        assert last["kind"] == "AlertWithdrawn", last
        shown = case(region, two)
        assert shown["counts_as"] == "none", shown
        assert shown["reviews"][-1]["decision"] == "BAWASLU/12/2023"
        first("finish", two)
        assert case(region, two)["counts_as"] == "none", "also when closed"
        first("object", two)
        assert case(region, two)["objection"]

        # Told twice: counted once until a person says so, then not at all.
        report(region, proof, "2023-11-09")
        report(region, proof, "2023-11-09")
        three, four = (c["case"] for c in cases(region)["cases"][2:])
        assert case(region, four)["duplicate_candidates"] == [three]
        assert [i["object"] for i in today(region)
                if i["kind"] == "duplicate"] == [four]
        assert open_alerts(region) == []
        first("distinct", four)
        assert open_alerts(region) == ["TERLAPOR"]
        second("duplicate", four, "--of", three)
        assert case(region, four)["duplicate_of"] == three
        assert open_alerts(region) == []
        first("duplicate", three, "--of", four, code=1)

        # A case that does not move; small units are not shown.
        first("receive", three)
        assert [i["object"] for i in today(region)
                if i["kind"] == "deadline"] == [three]
        region.advance(region.now_ms + 3 * 86400000, ["73.71"])
        assert open_alerts(region) == ["BATAS"]
        first("stop", three, "--reason", "KURANG_BUKTI")
        assert open_alerts(region) == []

        print("cases: two keys verified, one did not; what was not proven "
              "never counted, and its alert was withdrawn")


checks.main(main)
