# SPDX-License-Identifier: Apache-2.0
"""The systemd units: systemd finds nothing wrong with them, thinks them safe,
and under exactly the system calls and address families that they leave, the
three daemons do their work, from a record to a receipt and a mail. Without
systemd-analyze the test is skipped; under CI=true it fails."""
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
REAL = pathlib.Path(os.environ.get("IKRAR_BIN", ROOT / "build/release/bin"))
UNITS = {name: ROOT / f"data/systemd/ikrar-{name}@.service"
         for name in ("aggregator", "collector", "notifier")}
EXPOSURE_MAX = 40  # tenths


def skip_unless_possible():
    if not shutil.which("systemd-analyze"):
        print("skipped: systemd-analyze is missing (package systemd)")
        sys.exit(1 if os.environ.get("CI") == "true" else 77)


def analyze(*words):
    return subprocess.run(["systemd-analyze", *map(str, words)], text=True,
                          capture_output=True, timeout=60)


def settings(unit, key):
    return [line.split("=", 1)[1] for line in unit.read_text().splitlines()
            if line.startswith(f"{key}=")]


def check_unit(name, directory):
    """An instance of it; nothing needs to be installed for that."""
    unit = directory / f"ikrar-{name}@uji.service"
    text = UNITS[name].read_text()
    program = f"/usr/bin/ikrar-{name} "
    assert program in text, text
    assert settings(UNITS[name], "Restart") == ["always"], text
    unit.write_text(text.replace(program, f"{REAL}/ikrar-{name} "))
    found = analyze("verify", "--man=no", "--recursive-errors=no", unit)
    assert found.returncode == 0 and not found.stderr, found.stderr
    found = analyze("security", "--offline=true", "--no-pager",
                    f"--threshold={EXPOSURE_MAX}", unit)
    assert found.returncode == 0, found.stdout
    print(found.stdout.strip().splitlines()[-1].encode(
        "ascii", "ignore").decode().strip())
    wrong = directory / f"ikrar-{name}@salah.service"
    wrong.write_text(unit.read_text().replace("[Install]", "Salah=ya\n[Install]"))
    assert analyze("verify", "--man=no", wrong).stderr, "verify bites nothing"


def members(name):
    """Of a set of system calls, those of its sets too."""
    if not name.startswith("@"):
        return {name}
    names = set()
    for line in analyze("syscall-filter", name).stdout.splitlines()[1:]:
        word = line.strip()
        if word and not word.startswith("#"):
            names |= members(word)
    assert names, name
    return names


def allowed(unit):
    names = set()
    for value in settings(unit, "SystemCallFilter"):
        these = set().union(*map(members, value.lstrip("~").split()))
        names = names - these if value.startswith("~") else names | these
    return names


def confine(directory):
    """Programs whose daemons run as the units would have it."""
    for program in REAL.iterdir():
        (directory / program.name).symlink_to(program)
    for name, unit in UNITS.items():
        families, = settings(unit, "RestrictAddressFamilies")
        numbers = ",".join(str(int(getattr(socket, family)))
                           for family in families.split())
        path = directory / f"ikrar-{name}"
        path.unlink()
        path.write_text(
            "#!/bin/sh\n"
            f'[ "$1" = run ] || exec {REAL}/ikrar-{name} "$@"\n'
            f"exec /usr/bin/python3 {ROOT}/tests/support/confined.py "
            f'{numbers} {",".join(sorted(allowed(unit)))} '
            f'{REAL}/ikrar-{name} "$@"\n')
        path.chmod(0o755)


def work(directory):
    """A whole scene, with its mails."""
    done = subprocess.run(
        ["/usr/bin/python3", ROOT / "tests/e2e/test_scene.py",
         "makassar-2023"], text=True, capture_output=True,
        timeout=280 * float(os.environ.get("IKRAR_SLOW", "1")),
        env={**os.environ, "IKRAR_BIN": str(directory),
             "ASAN_OPTIONS": "abort_on_error=1:detect_leaks=0"})
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]
    print("makassar-2023 under the units' system calls:",
          done.stdout.strip().splitlines()[-1])


def main():
    skip_unless_possible()
    with tempfile.TemporaryDirectory(prefix="ikrar-e2e-") as name:
        directory = pathlib.Path(name)
        for unit in UNITS:
            check_unit(unit, directory)
        (directory / "bin").mkdir()
        confine(directory / "bin")
        work(directory / "bin")


main()
