# SPDX-License-Identifier: MIT
"""What the program keeps of a person is listed, removed when that is said, and nothing else goes with it."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import tempfile
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import keyring
import pytest
from keyring.core import load_keyring

from notification_tester.__main__ import main
from notification_tester.domain.account import Account, Credentials, Environment, KeySource
from notification_tester.domain.problem import ProblemError
from notification_tester.services.data_removal import DataRemoval
from notification_tester.services.session import Session
from notification_tester.storage.ownership import WINDOW_LOCK, HeldFile
from notification_tester.storage.places import HOME_VARIABLE, Places
from notification_tester.storage.vault import Vault
from storage.test_vault import Memory

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

LAB = Account(name="Lab", environment=Environment.SANDBOX, source=KeySource.KEYRING)
KEYS = Credentials(access_key_id="AKIAMINEMINEMINEMINE", secret_access_key="m" * 40, session_token="token")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that is named as the program's, in an environment that is put back afterwards."""
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def backend() -> Iterator[Memory]:
    """The system's keyring, which ends with the test."""
    before, own = keyring.get_keyring(), Memory()
    keyring.set_keyring(own)
    yield own
    keyring.set_keyring(before)


@pytest.fixture
def lived_in(home: Path, backend: Memory) -> Path:
    """A home with an account, a history, settings, a mail password, and what a damaged file left."""
    del backend
    places = Places.under(home)
    with Session(places) as session:
        session.accounts.add(LAB, credentials=KEYS)
    Vault(service=places.keyring_service).keep_mail_password("smtp.example", "me@example.com", "letmein")
    (places.config / "preferences.json").write_text("{}", encoding="utf-8")
    (places.config / "preferences.json.damaged").write_text("x", encoding="utf-8")
    (places.data / "history.damaged-20261129-080000.sqlite3").write_bytes(b"x")
    return home


def files(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, Any]:
    code = main(["remove-data", "--json", *words])
    return code, json.loads(capsys.readouterr().out)


def test_without_yes_it_is_listed_and_all_of_it_stays(
    lived_in: Path, backend: Memory, capsys: pytest.CaptureFixture[str]
) -> None:
    before, entries = files(lived_in), dict(backend.entries)
    code, told = run(capsys)
    assert (code, told["removed"]) == (1, False)
    assert [Path(one).relative_to(lived_in).as_posix() for one in told["files"]] == before
    assert told["keys_of"] == ["Lab"]
    assert told["mail_passwords"] == [{"server": "smtp.example", "user": "me@example.com"}]
    assert files(lived_in) == before
    assert backend.entries == entries
    assert main(["remove-data"]) == 1
    said = capsys.readouterr().out
    assert said.splitlines() == [
        "kept      keys of the account Lab, in the keyring",
        "kept      password of me@example.com at smtp.example, in the keyring",
        *(f"kept      {file}" for file in told["files"]),
        "Nothing was removed. --yes removes all that is kept; there is no way back.",
    ]


def test_what_a_test_left_at_amazon_is_named(lived_in: Path, capsys: pytest.CaptureFixture[str]) -> None:
    url = "https://sqs.us-east-1.amazonaws.com/111122223333/mtnt-1"
    with Session(Places.under(lived_in)) as session:
        assert session.leftovers is not None
        for name, address in (("mtnt-1", url), ("mtnt-2", "")):
            made = session.leftovers.planned(
                kind="queue", account="Lab", region="us-east-1", name=name, topic_arn="", now=datetime.now(tz=UTC)
            )
            if address:
                session.leftovers.made(made, address)
    assert run(capsys)[1]["at_amazon"] == [url, "mtnt-2"]
    main(["remove-data"])
    said = capsys.readouterr().out.splitlines()
    assert [line for line in said if line.startswith("at Amazon")] == [
        f"at Amazon {which}: made by a test, which could not remove it" for which in (url, "mtnt-2")
    ]


def test_with_yes_nothing_is_left(lived_in: Path, backend: Memory, capsys: pytest.CaptureFixture[str]) -> None:
    code, told = run(capsys, "--yes")
    assert (code, told["removed"]) == (0, True)
    assert not lived_in.exists()
    assert backend.entries == {}
    assert run(capsys) == (0, {**{key: [] for key in told}, "removed": False})


def test_in_words_it_says_what_was_removed_and_what_stays(lived_in: Path, capsys: pytest.CaptureFixture[str]) -> None:
    foreign = lived_in / "config" / "mine.json"
    half_written = lived_in / "config" / f".mturk-notification-tester-{'0' * 16}.part"
    for path in (foreign, half_written):
        path.write_text("mine", encoding="utf-8")
    removed = [lived_in / name for name in files(lived_in) if name != "config/mine.json"]
    assert main(["remove-data", "--yes"]) == 0
    said = capsys.readouterr()
    assert said.out.splitlines() == [
        "removed   keys of the account Lab, in the keyring",
        "removed   password of me@example.com at smtp.example, in the keyring",
        *(f"removed   {file}" for file in removed),
        f"stays     {foreign}: no file of this program",
    ]
    assert said.err == ""


def test_without_a_keyring_the_files_are_removed_all_the_same(
    lived_in: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (lived_in / "config" / "accounts.json").unlink()
    keyring.set_keyring(load_keyring("keyring.backends.fail.Keyring"))
    code, told = run(capsys)
    assert (code, told["mail_passwords"], bool(told["files"])) == (1, [], True)
    assert run(capsys, "--yes")[0] == 0
    assert not lived_in.exists()


def spoiled(database: Path) -> None:
    database.write_bytes(b"no database" * 1000)


def without_leftovers(database: Path) -> None:
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("DROP TABLE leftovers")


@pytest.mark.parametrize("spoil", [spoiled, without_leftovers])
def test_a_history_that_cannot_be_read_is_removed_too(
    lived_in: Path, capsys: pytest.CaptureFixture[str], spoil: Callable[[Path], None]
) -> None:
    spoil(lived_in / "data" / "history.sqlite3")
    before = files(lived_in)
    code, told = run(capsys)
    assert (code, told["at_amazon"], files(lived_in)) == (1, [], before)
    assert run(capsys, "--yes")[0] == 0
    assert not lived_in.exists()


def test_what_ends_with_the_look_at_the_history_itself_is_no_trouble(
    lived_in: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """As a crash leaves it: whoever opens the history takes the file beside it in, and away."""
    beside = lived_in / "data" / "history.sqlite3-wal"
    beside.write_bytes(b"")
    code, told = run(capsys, "--yes")
    assert (code, str(beside) in told["files"]) == (0, True)
    assert not lived_in.exists()


def test_a_folder_with_a_name_of_ours_is_none_of_our_files(lived_in: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = lived_in / "config" / "preferences.json.d"
    folder.mkdir()
    assert str(folder) not in run(capsys)[1]["files"]
    assert run(capsys, "--yes")[0] == 0
    assert folder.is_dir()


def test_the_lock_of_a_window_that_crashed_is_let_go(lived_in: Path, backend: Memory) -> None:
    lock = lived_in / "data" / WINDOW_LOCK
    lock.write_bytes(b"\0")
    backend.fail_on_get = keyring.errors.KeyringLocked("closed")
    assert main(["remove-data", "--yes"]) == 1
    held = HeldFile.hold(lock)
    assert held is not None, "a window may open"
    held.close()


def test_a_lock_that_is_none_keeps_all(lived_in: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = files(lived_in)
    (lived_in / "data" / WINDOW_LOCK).mkdir()
    code, told = run(capsys, "--yes")
    assert (code, told["problem"]["cause"]) == (1, "storage")
    assert WINDOW_LOCK in told["problem"]["detail"]
    assert files(lived_in) == before


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can be somebody else")
@pytest.mark.parametrize("mode", [0o700, 0o555], ids=["not to be read", "not to be written"])
def test_files_that_the_system_keeps_are_told(
    lived_in: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], mode: int
) -> None:
    run(capsys)  # so that all of the program is read
    with tempfile.TemporaryDirectory(prefix="of-nobody-") as folder:
        Path(folder).chmod(0o755)
        home = Path(shutil.copytree(lived_in, Path(folder) / "home"))
        (home / "config" / "accounts.json").unlink()
        (home / "data" / "history.sqlite3").unlink()
        for path in home.rglob("*"):
            os.chown(path, 65534, 65534)
        for path in (home, *home.rglob("*")):
            path.chmod(0o755 if path.is_dir() else 0o644)
        os.chown(home / "config", 0, 0)
        (home / "config").chmod(mode)
        before = files(home)
        monkeypatch.setenv(HOME_VARIABLE, str(home))
        os.seteuid(65534)
        try:
            code, told = run(capsys, "--yes")
        finally:
            os.seteuid(0)
        assert (code, told["problem"]["cause"]) == (1, "storage")
        assert str(home / "config") in told["problem"]["detail"]
        assert files(home) == before


def test_what_is_not_ours_stays_and_is_told(
    lived_in: Path, backend: Memory, capsys: pytest.CaptureFixture[str]
) -> None:
    foreign = [lived_in / "data" / "interviews" / "one.txt", lived_in / "config" / "mine.json", lived_in / "x.md"]
    for path in foreign:
        path.parent.mkdir(exist_ok=True)
        path.write_text("mine", encoding="utf-8")
    _, told = run(capsys, "--yes")
    assert sorted(told["not_ours"]) == sorted(map(str, foreign[:2]))  # beside our folders nobody looks
    assert files(lived_in) == sorted(path.relative_to(lived_in).as_posix() for path in foreign)
    assert backend.entries == {}


def test_another_profile_is_left_alone(lived_in: Path, backend: Memory, tmp_path: Path) -> None:
    other = Places.under(tmp_path / "other")
    with Session(other) as session:
        session.accounts.add(LAB, credentials=KEYS)
    assert main(["remove-data", "--yes"]) == 0
    assert not lived_in.exists()
    assert "data/history.sqlite3" in files(tmp_path / "other")
    assert Vault(service=other.keyring_service).load("Lab") == KEYS
    assert {service for service, _ in backend.entries} == {other.keyring_service}


def test_while_a_command_or_a_window_is_open_nothing_is_removed(
    lived_in: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = files(lived_in)
    with Session(Places.under(lived_in)):
        assert run(capsys, "--yes")[1]["problem"]["code"] == "data.in-use"
    held = HeldFile.hold(lived_in / "data" / WINDOW_LOCK)
    assert held is not None
    assert run(capsys, "--yes")[1]["problem"]["code"] == "data.in-use"
    held.close()
    assert files(lived_in) == before


def test_keys_that_cannot_be_removed_keep_all_the_rest(
    lived_in: Path, backend: Memory, capsys: pytest.CaptureFixture[str]
) -> None:
    before = files(lived_in)
    backend.fail_on_get = keyring.errors.KeyringLocked("closed")
    code, told = run(capsys, "--yes")
    assert (code, told["problem"]["cause"]) == (1, "keyring")
    assert files(lived_in) == before


def test_a_list_of_accounts_that_cannot_be_read_keeps_all(lived_in: Path, backend: Memory) -> None:
    (lived_in / "config" / "accounts.json").write_text("{", encoding="utf-8")
    entries = dict(backend.entries)
    with pytest.raises(ProblemError, match="damaged"):
        DataRemoval(Places.under(lived_in)).remove()
    assert backend.entries == entries
    assert "data/history.sqlite3" in files(lived_in)


def test_where_nothing_is_kept_no_keyring_is_asked_and_nothing_is_made(
    home: Path, backend: Memory, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["remove-data", "--yes"]) == 0
    assert main(["remove-data"]) == 0
    assert capsys.readouterr().out == 2 * "Nothing is kept of you here.\n"
    assert backend.asked == 0
    assert not home.exists()
    assert os.environ[HOME_VARIABLE] == str(home)
