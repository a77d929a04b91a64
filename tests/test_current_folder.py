# SPDX-License-Identifier: MIT
"""No code of the folder where somebody happens to stand is run: not by a command, not by the process of practice."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import pytest

from notification_tester import __main__
from notification_tester.domain.account import PRACTICE
from notification_tester.practice.cloud import PracticeCloud, practice_command

if TYPE_CHECKING:
    from notification_tester.services.session import Session

pytestmark = pytest.mark.usefixtures("started_anew")

MARK = "MODULES_OF_THE_FOLDER_THAT_RAN"
HOSTILE = f"""
import os
with open(os.environ["{MARK}"], "a") as file:
    file.write(__name__ + " ")
"""
OURS = ("notification_tester", "json", "moto", "boto3", "botocore", "flask", "werkzeug", "keyring", "cryptography")
AT_START = ("sitecustomize", "usercustomize")
BEFORE_US = {
    "collections", "contextlib", "functools", "importlib", "keyword", "operator", "reprlib", "types", "warnings",
}  # fmt: skip
"""What Python itself reads for ``-m`` before it comes to this program."""
SEND = ("send", "--transport", "SQS", "--event", "Ping", "--json")


class Folder:
    """Where somebody stands: full of files that are named like modules."""

    def __init__(self, place: Path) -> None:
        self.place = place / "downloads"
        self._marks = place / "marks"
        self.place.mkdir()
        os.environ[MARK] = str(self._marks)

    def fill(self, *names: str) -> None:
        for name in names:
            (self.place / f"{name}.py").write_text(HOSTILE, "utf-8")

    def ran(self) -> list[str]:
        """The names of the files that were run as modules."""
        return self._marks.read_text("utf-8").split() if self._marks.exists() else []


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Folder:
    monkeypatch.setenv(MARK, "")
    made = Folder(tmp_path)
    made.fill(*OURS, *AT_START)
    return made


def of_python() -> set[str]:
    """Every module of Python's own that could be mistaken."""
    return {name for name in sys.stdlib_module_names if name not in sys.builtin_module_names} - {"os", "io"}


COMMAND = shutil.which("mturk-notification-tester", path=str(Path(sys.executable).parent))
STARTS = [
    pytest.param(
        [str(COMMAND)], of_python(), id="command",
        marks=pytest.mark.skipif(COMMAND is None, reason="the command is not installed beside this Python"),
    ),
    pytest.param([sys.executable, "-P", "-m", "notification_tester"], of_python(), id="-P -m"),
    pytest.param([sys.executable, "-m", "notification_tester"], of_python() - BEFORE_US, id="-m"),
]  # fmt: skip


@pytest.mark.parametrize(("command", "names"), STARTS)
def test_a_command_runs_nothing_of_the_current_folder(folder: Folder, command: list[str], names: set[str]) -> None:
    if "-P" not in command and "-m" in command:
        (folder.place / "notification_tester.py").unlink()  # that would be what was asked for
    folder.fill(*names)
    done = subprocess.run([*command, *SEND], cwd=folder.place, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, folder.ran()) == (0, []), done.stderr


@pytest.mark.parametrize(
    "variables",
    [
        pytest.param({}, id="none"),
        pytest.param({"PYTHONPATH": ""}, id="empty-path"),
        pytest.param({"PYTHONPATH": os.pathsep}, id="path-of-two-empty-parts"),
        pytest.param({"PYTHONPATH": "."}, id="path-that-is-the-folder"),
        pytest.param({"PYTHONPATH": "{folder}"}, id="path-that-names-the-folder"),
        pytest.param({"PYTHONSTARTUP": "{folder}/json.py"}, id="startup"),
        pytest.param({"PYTHONHOME": "{folder}"}, id="home"),
        pytest.param({"PYTHONINSPECT": "1"}, id="inspect"),
        pytest.param({"PYTHONWARNINGS": "error::json.Hostile"}, id="warnings"),
        pytest.param({"PYTHONUSERBASE": "{folder}"}, id="user-base"),
        pytest.param({"PYTHONPLATLIBDIR": "{folder}"}, id="platform-folder"),
        pytest.param({"PYTHONBREAKPOINT": "json.hostile"}, id="breakpoint"),
    ],
)
def test_practice_runs_nothing_of_the_current_folder(
    folder: Folder, monkeypatch: pytest.MonkeyPatch, variables: dict[str, str]
) -> None:
    folder.fill(*of_python())
    monkeypatch.chdir(folder.place)
    for name, value in variables.items():
        monkeypatch.setenv(name, value.format(folder=folder.place))
    with PracticeCloud.start() as cloud:
        assert cloud.settings() is not None
    assert folder.ran() == []


@pytest.mark.parametrize("place", ["", ".", "downloads", "{folder}"], ids=["empty", "dot", "relative", "absolute"])
def test_what_this_process_finds_by_standing_there_is_not_handed_on(
    folder: Folder, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    monkeypatch.chdir(folder.place)
    monkeypatch.setattr(sys, "path", [place.format(folder=folder.place), *sys.path])
    folder.fill("brotli", "simplejson", "xray")  # which libraries use where they are
    with PracticeCloud.start() as cloud:
        assert cloud.is_running()
    assert folder.ran() == []


def test_where_only_the_current_folder_has_this_package_it_is_found_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = Path(__main__.__file__).resolve().parents[1]
    monkeypatch.chdir(root)
    monkeypatch.setattr(sys, "path", ["", *(one for one in sys.path if Path(one) != root)])
    assert repr(str(root)) in practice_command()[3]
    with PracticeCloud.start() as cloud:
        assert cloud.is_running()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps a folder where a program stands")
def test_practice_starts_where_the_current_folder_is_gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    with PracticeCloud.start() as cloud:
        assert cloud.is_running()


def test_a_packaged_program_starts_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert practice_command(7) == [sys.executable, "practice", "--port", "7"]


def test_the_process_of_practice_is_told_no_secret(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "aws_secret", "BOTO_SECRET", "HTTPS_PROXY", "PYTHONX"):
        monkeypatch.setenv(name, "of-the-person")
    opened = session.accounts.open(PRACTICE)
    assert opened.practice is not None
    process = psutil.Process(opened.practice.process_id)
    told = [*process.environ().values(), *process.cmdline()]
    assert not [one for one in told if "of-the-person" in one or any(key in one for key in session.accounts.secrets())]


ROOT = Path(__file__).parents[1]
CHILD = re.compile(
    r"""(?:sys\.executable|\$\(BIN\)/python|"python3?"),?\s*"?(?P<first>[^\s",\]]*)"?,?\s*"?(?P<second>[^\s",\]]*)"""
)


def test_every_python_that_is_started_is_told_not_to_look_there() -> None:
    """pip and pytest are no part of what is handed out, and a script named by its path looks beside itself alone."""
    careless = [
        f"{path.relative_to(ROOT)}: {one[0]}"
        for path in (ROOT / "Makefile", *(ROOT / "gui").rglob("*.py"), *(ROOT / "packaging").rglob("*.py"))
        for one in CHILD.finditer(path.read_text("utf-8"))
        if one["first"] in {"-m", "-c"} and one["second"] not in {"pip", "pytest"}
    ]
    assert careless == []
