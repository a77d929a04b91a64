# SPDX-License-Identifier: MIT
"""``--home DIR``: whatever the program is asked for, its files are in that folder and nowhere else."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import keyring
import pytest

from notification_tester.__main__ import main
from notification_tester.domain.account import Account, Credentials, Environment, KeySource
from notification_tester.services.session import Session
from notification_tester.storage.account_list import AccountList
from notification_tester.storage.places import HOME_VARIABLE, Places, system_places
from notification_tester.storage.vault import Vault
from services.parts import MemoryKeyring
from test_gate import run_under_the_conftest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

LAB = Account(name="Lab", environment=Environment.SANDBOX, source=KeySource.KEYRING)
SEND = ("send", "--transport", "SQS", "--event", "Ping", "--json")

WINDOW = """
import sys
from PySide6.QtCore import QTimer
from notification_tester.qt.app import application
from notification_tester.__main__ import main

begin = application.Desktop.begin

def begin_and_end(desktop):
    desktop.program.opened.connect(lambda *_: QTimer.singleShot(0, desktop.window.close))
    begin(desktop)

application.Desktop.begin = begin_and_end
sys.exit(main(["--home", sys.argv[1]]))
"""


def files_in(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def window(home: Path) -> None:
    """The window, opened for practice and closed again, in a process of its own."""
    subprocess.run([sys.executable, "-c", WINDOW, str(home)], check=True, timeout=60)


def commands(home: Path) -> None:
    """Some words of the command line, in this process."""
    for words in (SEND, ("hit-types", "list", "--account", "practice", "--json")):
        assert main([f"--home={home}", *words]) == 0


@pytest.fixture
def another_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to name, in an environment that is put back afterwards."""
    monkeypatch.setenv(HOME_VARIABLE, os.environ[HOME_VARIABLE])
    return tmp_path / "a stick of Zoë’s"


@pytest.mark.parametrize("use", [commands, window], ids=lambda one: one.__name__)
def test_everything_is_in_the_home_and_nothing_elsewhere(
    use: Callable[[Path], None], another_home: Path, own_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "temporary").mkdir()
    for name in ("TMPDIR", "TEMP", "TMP"):
        monkeypatch.setenv(name, str(tmp_path / "temporary"))
    use(another_home)
    assert "data/history.sqlite3" in files_in(another_home)
    assert files_in(own_home) == set()
    assert set(tmp_path.iterdir()) == {another_home, tmp_path / "temporary"}
    assert files_in(tmp_path / "temporary") == set()


def test_what_a_home_has_the_next_has_not(another_home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    AccountList(Places.under(another_home).accounts).add(LAB)
    words = ("hit-types", "list", "--account", "Lab", "--json")
    codes = []
    for home in (str(another_home), f"{another_home}2"):
        assert main(["--home", home, *words]) != 0
        codes.append(json.loads(capsys.readouterr().out)["problem"]["code"])
    assert codes == ["keyring.none", "account.unknown"]


@pytest.fixture
def keyring_in_memory() -> Iterator[None]:
    """The system's keyring is one that ends with the test."""
    before = keyring.get_keyring()
    keyring.set_keyring(MemoryKeyring())
    yield
    keyring.set_keyring(before)


@pytest.mark.usefixtures("keyring_in_memory")
def test_a_profile_with_a_home_leaves_the_keys_of_another_alone(another_home: Path) -> None:
    mine = Credentials(access_key_id="AKIAMINEMINEMINEMINE", secret_access_key="m" * 40)
    theirs = Credentials(access_key_id="AKIATHEIRSTHEIRSTHEI", secret_access_key="t" * 40)
    Vault().store("Lab", mine)
    with Session(Places.under(another_home)) as session:
        session.accounts.add(LAB, credentials=theirs)
    assert Vault().load("Lab") == mine
    with Session(Places.under(another_home)) as session:
        session.accounts.forget(session.accounts.named("Lab"))
    assert Vault().load("Lab") == mine


@pytest.mark.parametrize("words", [("--home",), ("--home=", "hit-types", "list"), ("--home", "", *SEND)], ids=len)
def test_a_home_without_a_name_is_wrong(words: tuple[str, ...]) -> None:
    before = system_places()
    try:
        code = main([*words])
    except SystemExit as ended:
        code = int(ended.code or 0)
    assert code == 2
    assert system_places() == before


def test_a_run_that_touches_the_real_profile_fails(tmp_path: Path) -> None:
    said = run_under_the_conftest(
        tmp_path,
        "from pathlib import Path\n"
        "def test_that_is_careless():\n"
        f"    Path({str(system_places().config)!r}).mkdir(parents=True)\n"
        f"    (Path({str(system_places().config)!r}) / 'accounts.json').write_text('mine')\n",
    )
    assert "changed the real profile" in said
    assert "accounts.json" in said
