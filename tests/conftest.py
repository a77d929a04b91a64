# SPDX-License-Identifier: MIT
"""What every test stands on: no display of the developer's, no settings of the developer's, and silence afterwards."""

from __future__ import annotations

import contextlib
import gc
import itertools
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings
from platformdirs import PlatformDirs
from pytestqt.qtbot import QtBot

from notification_tester.practice import cloud as cloud_module
from notification_tester.practice.loopback import keep_here
from notification_tester.storage.places import APP_NAME, HOME_VARIABLE
from warm import CAN_FORK, IMPATIENT, WARM, read_models_once

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from notification_tester.practice.cloud import PracticeCloud
    from notification_tester.services.accounts import OpenAccount
    from notification_tester.services.session import Session
    from notification_tester.storage.places import Places

_SYSTEM = PlatformDirs(appname=APP_NAME, appauthor=False)
REAL = {
    *(_SYSTEM.user_config_path, _SYSTEM.user_data_path, _SYSTEM.user_state_path),
    *(_SYSTEM.user_log_path, _SYSTEM.user_cache_path),
    *(Path(folder) for folder in [os.environ.pop(HOME_VARIABLE, "")] if folder),
}
"""Where the program of the person who runs these tests has its files: found before any test moves its own."""

# Before Qt is imported: tests are seen by nobody, unless a journey asks for a screen of its own.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
for _name in [name for name in os.environ if name.startswith("AWS_")]:
    del os.environ[_name]
os.environ["AWS_EC2_METADATA_DISABLED"] = "true"

SESSION_BUS = Path(tempfile.gettempdir()) / f"notification-tester-bus-{os.getpid()}"
"""Where tests look for a session bus, and find none but one of their own: the developer's dock hears of no test."""
os.environ["DBUS_SESSION_BUS_ADDRESS"] = f"unix:path={SESSION_BUS}"

# The deadline of an example is time by the clock, which a busy machine takes too; what has to be quick is measured.
# Each run tries the same examples, so that what fails fails again; looking for others is for `make torture`.
settings.register_profile("quick", deadline=None, max_examples=50, derandomize=True)
settings.register_profile("thorough", deadline=None, max_examples=2000)
settings.load_profile("quick")

read_models_once()

PATIENCE_MS = 60_000
"""What has to come comes in a moment; the five seconds of pytest-qt may pass before it on a machine with other work."""

for _wait in (QtBot.waitUntil, QtBot.waitSignal, QtBot.waitActive, QtBot.waitExposed):
    _wait.__kwdefaults__ = {**(_wait.__kwdefaults__ or {}), "timeout": PATIENCE_MS}

SETTLE_SECONDS = 30.0

IN_THE_GATE = os.environ.get("CI") == "true" and sys.platform in {"linux", "win32"}
"""Where everything that tests need can be installed, so that a test that is skipped is a test that is missing."""

SKIPS_WITH_A_REASON: dict[str, str] = {}
"""What may be skipped in the gate all the same, by the words that pytest gives as the reason; and why."""

if sys.platform == "linux" and os.geteuid() != 0:
    SKIPS_WITH_A_REASON["needs the right to mount a small disk"] = "only root may mount"
if shutil.which("npm") is None:
    SKIPS_WITH_A_REASON["sns-validator needs Node.js and npm"] = "Debian's npm brings hundreds of packages"

NOT_ON_WINDOWS = {
    "Windows sends no signals to one process, and halts none": (
        "Windows has no such signals for one process",
        "Windows has no such signals for one process, and no sh",
        "Windows has no SIGINT for one process",
        "Windows has no groups of this kind",
        "Windows cannot stop a process and let it go on",
        "a process cannot be halted there",
        "a signal as Ctrl-C sends it",
        "Windows has no timers that send signals",
        "there is neither fork nor SIGKILL",
    ),
    "Windows has no shell of POSIX": (
        "Windows has no sh, no pipes with a name and no /dev",
        "Windows has no sh",
        "there is no sh",
        "as a POSIX shell redirects streams",
        "names programs of POSIX systems",
        "the AWS CLI or a POSIX shell is missing",
        "curl or a POSIX shell is missing",
        "the command is for a POSIX shell there",
        "the programs to be proved are shell scripts",
    ),
    "Windows has no pipes and devices among its files, no modes, and links for few; names are text": (
        "Windows has no names that are no text",
        "Windows has no pipes and devices among its files",
        "Windows has no pipe that is a file",
        "a user cannot write to it, whatever the program does",
        "a pipe of Windows ends with its process",
        "a pipe of Windows is no file",
        "devices are those of POSIX systems",
        "links and devices are those of POSIX systems",
        "links, modes and devices are those of POSIX systems",
        "named pipes are those of POSIX systems",
        "needs pipes and symbolic links",
        "needs symbolic links",
        "nothing here makes a folder read-only",
        "pipes and devices are those of POSIX systems",
        "pipes are those of POSIX systems",
    ),
    "Windows keeps the name of a file that is open": (
        "Windows deletes no open file",
        "Windows renames no open file",
        "POSIX systems lock a file, whatever its names are",
        "there a file that is read may not be locked",
        "there who has it open drops it",
        "Windows keeps a folder where a program stands",
        "an open file keeps its name there",
        "there a file that refuses may be one that somebody has open",
        "there a list that is open elsewhere is left to whoever has it open",
    ),
    "Windows has a keyring of its own, which the self-check tries": (
        "needs dbus-run-session and gnome-keyring-daemon",
        "the keyring of Windows is always there",
    ),
    "Windows has one time zone for all programs, and tells by itself where documents are and what shows a folder": (
        "Windows has one time zone for all programs",
        "Windows says where documents are, whatever the home is",
        "the system's own program is started there",
    ),
    "Windows ends a connection hard": ("Windows forgets the reason that came before a connection was ended hard",),
    "Windows has code pages": ("botocore reads it in the code page of Windows",),
    "Linux alone has it": (
        "a Linux device",
        "asks Debian",
        "desktop-file-validate is not installed",
        "docks with a bus are those of Linux",
        "elsewhere there is always a screen",
        "Linux alone has such a folder",
        "Linux alone has such attributes",
        "makes a Linux library",
        "needs Xvfb and xdotool",
        "needs strace",
        "needs the right to mount a small disk",
        "no /proc here",
        "only Linux tells the limits of another process",
        "only root can be somebody else",
        "only root gives a file to another group",
        "reads Linux programs",
        "shellcheck is not installed",
        "osslsigncode is not installed",
        "Wine's Debian is made on Linux",
        "Wine runs on Linux here",
        "the gate is a Linux",
        "Windows has no such limit",
        "Windows counts handles, which come and go by themselves",
    ),
    "Wine: it is brought for the tests of Linux alone": (
        "boto 2 is not installed: make test",
        "sns-validator needs Node.js and npm",
        "the AWS CLI is not installed",
        "the command is not installed beside this Python",
        "this Python reads no variables",
    ),
}
"""Why a test may be skipped there, or in the Wine that plays it, and the words of the tests' own reasons."""

ONLY_ON_WINDOWS = (
    "Windows has this style, other systems do not",
    "elsewhere it is a mode",
    "elsewhere nobody keeps others from writing to a file",
    "elsewhere practice notices the end of its input, and no other is left",
    "only Windows renames no open file",
)
"""The tests' own reasons where they try what Windows alone has; make windows runs them."""

if sys.platform != "win32":
    SKIPS_WITH_A_REASON |= dict.fromkeys(ONLY_ON_WINDOWS, "it is tried on Windows, by make windows")
else:
    SKIPS_WITH_A_REASON |= {reason: why for why, reasons in NOT_ON_WINDOWS.items() for reason in reasons}


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Let a skip in the gate fail, unless it is on the list above."""
    report = yield
    if IN_THE_GATE and report.skipped and not hasattr(report, "wasxfail"):
        why = report.longrepr[2].removeprefix("Skipped: ") if isinstance(report.longrepr, tuple) else "?"
        if why not in SKIPS_WITH_A_REASON:
            report.outcome = "failed"
            report.longrepr = f"skipped in the gate, where nothing may be missing: {why}"
    return report


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Read no file for nothing, where what is marked ``alone`` is all that shall run: most have no such test."""
    if config.option.markexpr == "alone" and collection_path.name.startswith("test_"):
        return "mark.alone" not in collection_path.read_text("utf-8") or None
    return None


# Python looks for unused objects between tests alone: a thread that looks may find a window of the test before, whose
# objects must not end in a thread that is not theirs (a test waited for ever in the start of a thread).
gc.disable()
MADE = 20_000
YOUNG_LOOKS = 50
_looks = itertools.count(1)


def pytest_collection_finish() -> None:
    """Leave what was collected out of every look."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(trylast=True)
def pytest_runtest_logfinish() -> None:
    """Look for unused objects where many were made: mostly at the young ones, as looking at all takes long."""
    if gc.get_count()[0] > MADE:
        gc.collect(1 if next(_looks) % YOUNG_LOOKS else 2)


_called_out: list[str] = []
keep_here(_called_out.append)


@pytest.fixture(autouse=True)
def nobody_called_out() -> Iterator[None]:
    """A test that calls anybody outside of this computer is told so, whatever became of the call."""
    yield
    called, _called_out[:] = _called_out.copy(), []
    if called:
        pytest.fail(f"this test called out: {', '.join(sorted(set(called)))}")


@pytest.fixture(scope="session", autouse=True)
def the_real_profile_stays_as_it_was() -> Iterator[None]:
    """Whatever the tests do, the files of the person who runs them are none of theirs."""
    before = _real_files()
    yield
    if changed := sorted(str(path) for path, _ in before.items() ^ _real_files().items()):
        pytest.fail(f"the tests, or a program that was open meanwhile, changed the real profile: {changed}")


def _real_files() -> dict[Path, tuple[int, int]]:
    """Each file and folder of the real profile, with its size and the time when it was changed last."""
    found: dict[Path, tuple[int, int]] = {}
    for folder in REAL:
        for path in (folder, *folder.rglob("*")):
            with contextlib.suppress(OSError):
                there = path.lstat()
                found[path] = there.st_size, there.st_mtime_ns
    return found


@pytest.fixture(autouse=True)
def own_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of the test's own: no test reads or writes the developer's files, profiles or keyring."""
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("USERPROFILE", str(home))
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, str(home / name.lower()))
    monkeypatch.setenv(HOME_VARIABLE, str(home / "program"))  # Windows and macOS ask none of the variables above
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    return home


@pytest.fixture(autouse=True)
def no_thread_left() -> Iterator[None]:
    """A thread that outlives its test was forgotten by somebody."""
    before = set(threading.enumerate())
    yield
    deadline = time.monotonic() + SETTLE_SECONDS
    while left := [one for one in threading.enumerate() if one not in before and not one.daemon and one.is_alive()]:
        if time.monotonic() > deadline:
            pytest.fail(f"threads were left behind: {[one.name for one in left]}")
        left[0].join(0.05)


@pytest.fixture(autouse=True)
def nothing_waits_for_an_answer() -> Iterator[None]:
    """A question that is left open would keep the windows of the next test from being used; a crash report fails."""
    yield
    widgets = sys.modules.get("PySide6.QtWidgets")
    if widgets is None or widgets.QApplication.instance() is None:
        return
    while (left := widgets.QApplication.activeModalWidget()) is not None:
        left.hide()
        if type(left).__name__ == "CrashReport":
            texts = [one.toPlainText() for one in left.findChildren(widgets.QPlainTextEdit)]
            pytest.fail("\n".join(["the program made a mistake, and the test did not see it:", *texts]))


@pytest.fixture(scope="session", autouse=True)
def clouds_start_warm() -> Iterator[None]:
    """Practice clouds of the tests are forked, unless a test asks for ``started_anew``."""
    with pytest.MonkeyPatch.context() as patch:
        if CAN_FORK:
            patch.setattr(cloud_module, "subprocess", WARM.for_the_cloud())
        yield
    WARM.end()


@pytest.fixture
def started_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each practice cloud of this test is a Python that is started for it, as in the program."""
    monkeypatch.setattr(cloud_module, "subprocess", subprocess)


@pytest.fixture
def signals_are_heard() -> Iterator[None]:
    """What the test starts hears Ctrl-C and a closed terminal, also where the tests do not, as below nohup."""
    before = {signal.SIGINT: signal.signal(signal.SIGINT, signal.default_int_handler)}
    if hasattr(signal, "SIGHUP"):
        before[signal.SIGHUP] = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nothing arrives, nobody waits for it as long as a person would."""
    for name, seconds in IMPATIENT.items():
        monkeypatch.setattr(name, seconds)


@pytest.fixture
def places(tmp_path: Path) -> Places:
    """The program's folders, empty."""
    from notification_tester.storage.places import Places

    return Places.under(tmp_path / "program")


@pytest.fixture(scope="session")
def cloud() -> Iterator[PracticeCloud]:
    """One practice cloud for the tests that leave it as they found it."""
    from notification_tester.practice.cloud import PracticeCloud

    with PracticeCloud.start() as started:
        yield started


@pytest.fixture
def session(places: Places) -> Iterator[Session]:
    """The services, put together as the window has them."""
    from notification_tester.services.session import Session

    with Session(places) as opened:
        yield opened


@pytest.fixture
def practice(session: Session) -> OpenAccount:
    """The practice account, open, with a cloud of its own."""
    from notification_tester.domain.account import PRACTICE

    return session.accounts.open(PRACTICE)
