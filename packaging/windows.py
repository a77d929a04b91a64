# SPDX-License-Identifier: MIT
"""``make windows``: the program on Windows, as Wine plays it, below ``build/windows``; as root or with sudo, on Linux.

Steps can be named; without a name those of the gate run, and "all" means all. What was made once is kept; the checkout
is copied there as it stands.
"""

from __future__ import annotations

import itertools
import os
import shutil
import sys
from collections import Counter
from time import perf_counter
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import archive
import debian_root
import wine
from debian_13 import copy_checkout
from product import ARCHIVES, BILL, BUILD, DIST, ROOT

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

GATE = ("domain", "storage", "aws", "cli", "practice")
"""The part of the tests, below tests/, that the gate runs there: what Windows itself can break."""


def main(words: Sequence[str]) -> int:
    """Run the steps named, or those of the gate; returns the exit code."""
    if unknown := set(words) - {*STEPS, "all"}:
        print(f"Unknown: {', '.join(sorted(unknown))}. There are {', '.join(STEPS)}, and all.")
        return 2
    if os.geteuid() != 0 and shutil.which("sudo"):
        BUILD.mkdir(exist_ok=True)  # what else is made there is this person's
        os.environ.update(debian_root.settings_of_pip())
        os.execvp("sudo", ["sudo", "--preserve-env", sys.executable, __file__, *words])
    try:
        windows = wine.Windows.here()
        with windows.alone():
            return _steps(windows, words)
    except wine.NotToBeHadError as error:
        print(error)
        return 1


def _steps(windows: wine.Windows, words: Sequence[str]) -> int:
    begin = perf_counter()
    windows.bring()
    copy_checkout(ROOT, windows.place(wine.CHECKOUT))
    print(f"Windows, as Wine plays it, is there after {perf_counter() - begin:.0f} s", flush=True)
    good = [_step(windows, name) for name in STEPS if name in (words or OF_THE_GATE) or "all" in words]
    return 0 if all(good) else 1


def _step(windows: wine.Windows, name: str) -> bool:
    print(f"Windows, {name} …", flush=True)
    begin = perf_counter()
    is_good = STEPS[name](windows)
    print(f"Windows, {name}: {'done' if is_good else 'FAILED'} in {perf_counter() - begin:.0f} s", flush=True)
    return is_good


def _tests(windows: wine.Windows) -> bool:
    return _pytest(windows, [f"tests/{name}" for name in GATE])


def _all_tests(windows: wine.Windows) -> bool:
    return _pytest(windows, ["tests"])


def _pytest(windows: wine.Windows, words: Sequence[str]) -> bool:
    order = [f"--randomly-seed={os.environ['SEED']}"] if os.environ.get("SEED") else []
    report = windows.place(REPORT)
    command = ["-m", "pytest", "-q", "-n", "4", "--dist", "worksteal", "-p", "no:cacheprovider", *order]
    command += ["--timeout", "300"]  # the start of a Python takes seconds there, that of a practice cloud many
    command += ["-m", "not alone", f"--junitxml={wine.in_windows(REPORT)}", *words]
    report.unlink(missing_ok=True)
    good = _ends_well(windows, command, OFFSCREEN | {"CI": "true"})
    if report.exists():
        print(table(report.read_text(encoding="utf-8")), flush=True)
    return good


def _ends_well(
    windows: wine.Windows, words: Sequence[str], environment: Mapping[str, str], *, display: bool = False
) -> bool:
    """Whether Windows' Python ends with 0; begun again where Wine itself failed, and nothing of ours."""
    for _ in range(TRIES):
        code = windows.show([windows.python, *words], environment=environment, display=display)
        if code != wine.SERVER_ENDED:
            return code == 0
        print("Wine's own server ended in the middle: a fault of Wine's that says nothing of the program.", flush=True)
    return False


def _pictures(windows: wine.Windows) -> bool:
    there, here = windows.place("/root/pictures"), wine.FOLDER / "pictures"
    shutil.rmtree(there, ignore_errors=True)
    good = True
    for looks in itertools.product(("windows11", "windowsvista"), ("light", "dark"), ("1", "2")):
        words = ["packaging/pictures.py", wine.in_windows("/root/pictures"), *looks]
        done = windows.run([windows.python, *words], display=True)
        print(f"{' '.join(looks)}: {'taken' if done.returncode == 0 else done.stdout}", flush=True)
        good = good and done.returncode == 0
    if there.exists():
        shutil.copytree(there, here, dirs_exist_ok=True)
        print(here)
    return good


REPORT = "/root/tests.xml"
TRIES = 3
"""How often a step is begun where Wine itself, and nothing of ours, has failed."""


def table(report: str) -> str:
    """What became of the tests, by the folder below tests/, and why how many were left out; of a report of pytest."""
    ends: dict[str, Counter[str]] = {}
    reasons: Counter[str] = Counter()
    for case in ET.fromstring(report).iter("testcase"):
        _, *inner = case.get("classname", "").split(".")
        folder = inner[0] if len(inner) > 1 else "(itself)"
        failed = case.find("failure") is not None or case.find("error") is not None
        skipped = case.find("skipped[@type='pytest.skip']")
        ends.setdefault(folder, Counter())["failed" if failed else "passed" if skipped is None else "skipped"] += 1
        if skipped is not None:
            reasons[skipped.get("message", "")] += 1
    rows = [(folder, ends[folder]) for folder in sorted(ends)]
    rows.append(("all", sum(ends.values(), Counter())))
    lines = [f"{'':12} {'passed':>7} {'failed':>7} {'skipped':>7}"]
    lines += [f"{name:12} {one['passed']:7} {one['failed']:7} {one['skipped']:7}" for name, one in rows]
    return "\n".join([*lines, "Skipped:", *(f"{count:7}  {why}" for why, count in reasons.most_common())])


def _build(windows: wine.Windows) -> bool:
    """The one spec, by Windows' Python; then the same bare program as on Linux, to measure against."""
    return _ends_well(windows, ["packaging/build.py", "build", "bare", "size"], UTF_8)


def _smoke(windows: wine.Windows) -> bool:
    """The proofs that are made on every system, by the built program itself."""
    return _ends_well(windows, ["packaging/build.py", "prove"], UTF_8, display=True)


def _installer(windows: wine.Windows) -> bool:
    """Installer and portable archive, made here and proved there."""
    there = f"{wine.CHECKOUT}/{BUILD.name}"
    into = windows.place(f"{there}/{ARCHIVES.name}")
    program = windows.place(f"{there}/{DIST.relative_to(BUILD)}")
    if not archive.make(program, into, system="win32", bill=windows.place(f"{there}/{BILL.name}")):
        return False
    (setup,) = into.glob("*-setup.exe")
    command = ["packaging/windows_package.py", wine.in_windows(f"{there}/{ARCHIVES.name}/{setup.name}")]
    return _ends_well(windows, command, UTF_8, display=True)


def _times(windows: wine.Windows) -> bool:
    """How long the built program takes to start, against the bare one: what a busy machine falsifies."""
    return _ends_well(windows, ["packaging/build.py", "times"], UTF_8, display=True)


UTF_8: dict[str, str] = {"PYTHONUTF8": "1"}
OFFSCREEN: dict[str, str] = {"PYTEST_ADDOPTS": "", "QT_QPA_PLATFORM": "offscreen"}
"""Wine hands no variable of Qt's on: what is drawn nowhere says so itself."""

STEPS: dict[str, Callable[[wine.Windows], bool]] = {
    "test": _tests,
    "test-all": _all_tests,
    "build": _build,
    "smoke": _smoke,
    "installer": _installer,
    "times": _times,
    "pictures": _pictures,
}
OF_THE_GATE = ("test", "build", "smoke", "installer")

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
