# SPDX-License-Identifier: Apache-2.0
"""A client in another language, written from proto/ and docs/protocol.md
alone, enrols, pushes a pledge and verifies its receipt."""
import re
import subprocess

import checks
from region import ROOT, Failed, local_ms

FOREIGN = re.compile(r"^\s*(?:import|from)\s+(region|scenes|reference|checks)",
                     re.M)


def main():
    with checks.region("makassar-2023", "2023-11-13 08:00") as region:
        source = (ROOT / "tests/e2e/client.py").read_text()
        if FOREIGN.search(source):
            raise Failed("client.py imports from the tree")
        code = region.admin("node", "invite", "73.71.01").stdout.split(
            "\n")[-2].strip()
        out = subprocess.run(
            ["/usr/bin/python3", ROOT / "tests/e2e/client.py", code,
             "KEL-73.71.01.1004", "NETRAL2024",
             str(local_ms("2023-11-13 07:00", "WITA")), ROOT / "proto"],
            capture_output=True, text=True, timeout=60)
        if out.returncode != 0:
            raise Failed(out.stdout + out.stderr)
        print(out.stdout.strip())
        pledges = [e for e in region.log() if e["kind"] == "PledgeMade"]
        assert len(pledges) == 1
        assert pledges[0]["body"]["unit"] == "KEL-73.71.01.1004"


checks.main(main)
