# SPDX-License-Identifier: Apache-2.0
"""A reviewer of the inspectorate at the command line."""
from region import BIN, Failed, run


def join(region, name):
    code = region.admin("node", "invite", region.wilayah, "--kind",
                        "reviewer").stdout.split("\n")[-2].strip()
    directory = region.dir / "nodes" / name
    directory.parent.mkdir(exist_ok=True)
    out = run(BIN / "ikrar-aggregator", "case", "join", code, "--node",
              directory).stdout
    assert "Enam kata" in out and "penelaah" in out, out
    return directory


class Reviewer:
    def __init__(self, region, name):
        self.region = region
        self.node = join(region, name)

    def __call__(self, verb, case, *more, code=0):
        done = self.region.admin("case", verb, case, *more, "--node",
                                 self.node, check=False)
        if done.returncode != code:
            raise Failed(f"case {verb} {case}: {done.returncode}, wanted "
                         f"{code}\n{done.stdout}{done.stderr}")
        return done.stdout + done.stderr
