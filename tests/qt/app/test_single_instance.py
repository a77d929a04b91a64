# SPDX-License-Identifier: MIT
"""One window for each person."""

from __future__ import annotations

import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from notification_tester.qt.app.single_instance import SingleInstance
from notification_tester.storage.ownership import HeldFile

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytestqt.qtbot import QtBot

HOLD = """
import sys
from pathlib import Path
from PySide6.QtCore import QCoreApplication
from notification_tester.qt.app.single_instance import SingleInstance
application = QCoreApplication([])
instance = SingleInstance(Path(sys.argv[1]))
print(instance.is_first(), flush=True)
instance.listen()
application.exec()
"""


def test_the_second_knocks_and_the_first_is_raised(qtbot: QtBot, tmp_path: Path) -> None:
    first, second, other = (SingleInstance(tmp_path / name) for name in ("a", "a", "b"))
    try:
        assert first.is_first()
        first.listen()
        with qtbot.waitSignal(first.raised, timeout=60_000):
            assert not second.is_first()
        assert other.is_first(), "another person's folder is another window"
    finally:
        for instance in (first, second, other):
            instance.close()


def test_after_the_end_the_next_is_first(qtbot: QtBot, tmp_path: Path) -> None:
    for _ in range(3):
        instance = SingleInstance(tmp_path)
        assert instance.is_first()
        instance.listen()
        instance.close()


@pytest.mark.skipif(sys.platform == "win32", reason="a pipe of Windows ends with its process")
def test_what_a_crash_left_behind_is_no_window(qtbot: QtBot, tmp_path: Path) -> None:
    held = subprocess.Popen([sys.executable, "-c", HOLD, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert held.stdout is not None
    with held.stdout:
        assert held.stdout.readline().strip() == "True"
        os.kill(held.pid, signal.SIGKILL)
        held.wait()
    instance = SingleInstance(tmp_path)
    try:
        assert instance.is_first()
        instance.listen()
        assert not SingleInstance(tmp_path).is_first(), "and it listens"
    finally:
        instance.close()


POSIX = pytest.mark.skipif(sys.platform == "win32", reason="a pipe of Windows is no file")


class Holding:
    """The window of another process."""

    def __init__(self, data: Path, *, runtime: Path | None = None) -> None:
        environment = {name: value for name, value in os.environ.items() if name != "XDG_RUNTIME_DIR"}
        if runtime is not None:
            environment["XDG_RUNTIME_DIR"] = str(runtime)
        self.process = subprocess.Popen(
            [sys.executable, "-c", HOLD.replace("instance.listen()", "instance.listen(); print('listens', flush=True)"),
             str(data)],
            stdout=subprocess.PIPE, text=True, env=environment,
        )  # fmt: skip
        assert self.process.stdout is not None
        assert self.process.stdout.readline() == "True\n"
        assert self.process.stdout.readline() == "listens\n"

        self.socket = Path(HeldFile.words_in(data / "window.lock"))
        assert stat.S_ISSOCK(self.socket.stat().st_mode), "it says where it listens"

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate(timeout=60)


@pytest.fixture
def short() -> Iterator[Path]:
    """A folder of a short name, where others can look: a socket's path has at most some hundred bytes."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


def own_folder(path: Path) -> Path:
    path.mkdir(mode=0o700)
    return path


@POSIX
@pytest.mark.parametrize("where", ["runtime", "data", "a new one", "not ours", "a long one"])
def test_the_socket_is_where_this_person_alone_can_write(short: Path, where: str) -> None:
    data, runtime = short / "data", own_folder(short / "run")
    match where:
        case "a new one":
            data.mkdir(mode=0o755)
            data.chmod(0o755)
        case "not ours":
            runtime.chmod(0o777)
        case "a long one":
            data = short / ("x" * 120) / "data"
    holding = Holding(data, runtime=runtime if where in {"runtime", "not ours"} else None)
    try:
        socket = holding.socket
        assert stat.S_IMODE(socket.stat().st_mode) & 0o077 == 0
        assert stat.S_IMODE(socket.parent.stat().st_mode) & 0o077 == 0
        assert socket.parent.stat().st_uid == os.getuid()
        if where == "runtime":
            assert socket.parent == runtime
        elif where in {"data", "not ours"}:
            assert socket.parent == data
        assert not SingleInstance(data).is_first(), "and one finds it there, whatever one's own folder is"
    finally:
        holding.kill()
    instance = SingleInstance(data)
    assert instance.is_first()
    assert not socket.exists(), "what a crash left is removed by the next start"
    assert socket.parent in {runtime, data} or not socket.parent.exists()
    instance.close()
    assert not (data / "window.lock").exists()


KNOCK = """
import os, socket, sys
os.setgid(65534); os.setuid(65534)
try:
    socket.socket(socket.AF_UNIX).connect(sys.argv[1])
except PermissionError:
    print("refused")
"""


@POSIX
@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can be somebody else")
@pytest.mark.parametrize("is_long", [False, True], ids=["in our folder", "in a new one"])
def test_nobody_else_can_knock(short: Path, is_long: bool) -> None:
    holding = Holding(short / ("x" * 120 if is_long else "data"))
    try:
        command = [sys.executable, "-c", KNOCK, str(holding.socket)]
        assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == "refused\n"
    finally:
        holding.kill()
        assert SingleInstance(short / ("x" * 120 if is_long else "data")).is_first()


@POSIX
def test_no_name_can_be_known_before(short: Path) -> None:
    names = set()
    for _ in range(3):
        holding = Holding(short / "data")
        names.add(holding.socket.name)
        holding.kill()
    assert len(names) == 3


@POSIX
def test_a_window_that_is_open_for_long_is_still_the_first(tmp_path: Path) -> None:
    holding = Holding(tmp_path / "data")
    try:
        os.utime(tmp_path / "data" / "window.lock", (0, 0))
        assert not SingleInstance(tmp_path / "data").is_first()
    finally:
        holding.kill()


@POSIX
def test_what_others_wrote_into_the_file_removes_nothing(qtbot: QtBot, tmp_path: Path) -> None:
    data = own_folder(tmp_path / "data")
    precious = tmp_path / "mturk-window-0123456789abcdef"
    precious.write_text("mine")
    for words in (str(precious), str(tmp_path), "relative", "", "\0", "\udcff", "x" * 9000):
        (data / "window.lock").write_bytes(b" " + os.fsencode(words))
        instance = SingleInstance(data)
        assert instance.is_first()
        instance.close()
    assert precious.read_text() == "mine"


def test_a_second_start_before_the_first_listens_knocks_until_it_does(tmp_path: Path) -> None:
    code = HOLD.replace("instance.listen()", "import time; sys.stdin.readline(); instance.listen()")
    held = subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        assert held.stdout is not None
        assert held.stdout.readline() == "True\n"
        second = subprocess.Popen([sys.executable, "-c", HOLD, str(tmp_path)], stdout=subprocess.PIPE, text=True)
        assert held.stdin is not None
        held.stdin.write("\n")
        held.stdin.flush()
        assert second.stdout is not None
        assert second.stdout.readline() == "False\n"
        second.kill()
        second.communicate(timeout=60)
    finally:
        held.kill()
        held.communicate(timeout=60)
