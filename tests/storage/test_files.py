# SPDX-License-Identifier: MIT
"""Places, preferences and the list of accounts: small files that survive crashes, damage and refusing disks."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from notification_tester.domain.account import PRACTICE, Account, Environment, KeySource
from notification_tester.domain.problem import Cause, ProblemError
from notification_tester.storage import preferences as declared
from notification_tester.storage.account_list import AccountList
from notification_tester.storage.json_file import write_json_object
from notification_tester.storage.places import APP_NAME, HOME_VARIABLE, Places, system_places, use_home
from notification_tester.storage.preferences import (
    COLOUR_SCHEME,
    LAST_FORM,
    REMOVE_TEST_MESSAGE,
    SETTINGS,
    WAIT_SECONDS,
    Preferences,
    Setting,
)
from notification_tester.storage.whole_file import save_bytes, whole_file

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

LAB = Account(name="Lab", environment=Environment.SANDBOX, source=KeySource.KEYRING)
OTHER = Account(
    name="Other",
    environment=Environment.OTHER,
    source=KeySource.PROFILE,
    profile="work",
    endpoint="https://mturk.example.org",
    aws_endpoint="https://aws.example.org",
)


def test_naming_places_makes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "USERPROFILE", "LOCALAPPDATA"):
        monkeypatch.setenv(name, str(tmp_path))
    monkeypatch.delenv(HOME_VARIABLE)
    if sys.platform == "win32":
        monkeypatch.setenv(HOME_VARIABLE, str(tmp_path / "profile"))  # its own folders are asked by no variable
    for places in (system_places(), Places.under(tmp_path / "stick")):
        for path in (places.preferences, places.accounts, places.database, places.log):
            assert path.is_relative_to(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_home_that_is_named_has_everything_in_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(HOME_VARIABLE, "")  # as good as none
    assert system_places().home is None
    assert system_places().keyring_service == APP_NAME
    monkeypatch.chdir(tmp_path)
    use_home("a stick")
    monkeypatch.chdir("..")
    assert system_places() == Places.under(tmp_path / "a stick")
    assert list(tmp_path.iterdir()) == []


def test_each_home_has_its_secrets_under_a_name_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    names = {Places.under(tmp_path / name).keyring_service for name in ("one", "other")} | {APP_NAME}
    assert len(names) == 3
    assert Places.under(tmp_path / "other" / ".." / "one").keyring_service in names, "the same, by another spelling"


@pytest.mark.skipif(os.name != "posix", reason="Windows has no names that are no text")
def test_a_home_whose_name_is_no_text_can_be_told_to_a_keyring(tmp_path: Path) -> None:
    name = Places.under(tmp_path / os.fsdecode(b"l\xe4b")).keyring_service
    assert name.encode().endswith(b"l\\udce4b")


def test_a_file_is_replaced_whole_and_private(tmp_path: Path) -> None:
    path = tmp_path / "new" / "file.json"
    write_json_object(path, {"a": 1}, what="it")
    write_json_object(path, {"b": "ü\ud800"}, what="it")
    assert json.loads(path.read_text()) == {"b": "ü\ud800"}
    assert list(path.parent.iterdir()) == [path]
    if os.name == "posix":
        assert path.stat().st_mode & 0o777 == 0o600
        assert path.parent.stat().st_mode & 0o777 == 0o700


def test_a_full_disk_leaves_the_old_file(small_disk: Path) -> None:
    path = small_disk / "file.json"
    write_json_object(path, {"a": 1}, what="it")
    with pytest.raises(ProblemError) as caught:
        write_json_object(path, {"a": "x" * 2_000_000}, what="it")
    assert caught.value.problem.code == "storage.full"
    assert json.loads(path.read_text()) == {"a": 1}
    assert list(small_disk.iterdir()) == [path]


def test_every_setting_is_declared_once_with_a_default_that_it_accepts() -> None:
    every = [value for value in vars(declared).values() if isinstance(value, Setting)]
    assert {setting.key for setting in every} == {setting.key for setting in SETTINGS}
    assert len({setting.key for setting in every}) == len(every)
    assert all(setting.accepts(setting.default) for setting in every)


def test_yes_is_no_number() -> None:
    assert not Setting(key="x", default=1).accepts(True)
    assert not Setting(key="x", default=True).accepts(1)


def test_what_was_asked_for_last_is_kept_whichever_worker_comes_first(tmp_path: Path) -> None:
    path = tmp_path / "preferences.json"
    preferences = Preferences(path)
    first, last = preferences.keeping(WAIT_SECONDS, 10), preferences.keeping(WAIT_SECONDS, 20)
    other = preferences.keeping(REMOVE_TEST_MESSAGE, False)
    last()
    first()
    other()
    assert Preferences(path).get(WAIT_SECONDS) == preferences.get(WAIT_SECONDS) == 20
    assert not Preferences(path).get(REMOVE_TEST_MESSAGE)
    late = preferences.keeping(WAIT_SECONDS, 30)
    preferences.set(WAIT_SECONDS, 40)
    late()
    assert Preferences(path).get(WAIT_SECONDS) == 40


def test_settings_are_remembered(tmp_path: Path) -> None:
    path = tmp_path / "preferences.json"
    preferences = Preferences(path)
    assert (preferences.get(WAIT_SECONDS), preferences.get(REMOVE_TEST_MESSAGE)) == (60, True)
    preferences.set(WAIT_SECONDS, 600)
    assert Preferences(path).get(WAIT_SECONDS) == 600
    preferences.set(WAIT_SECONDS, 5)
    preferences.set(REMOVE_TEST_MESSAGE, False)
    preferences.set(LAST_FORM, {"transport": "SQS", "destinations": {"SQS": "x"}})
    again = Preferences(path)
    assert (again.get(WAIT_SECONDS), again.get(REMOVE_TEST_MESSAGE)) == (5, False)
    form = again.get(LAST_FORM)
    form["destinations"]["SQS"] = "changed"
    assert again.get(LAST_FORM) == {"transport": "SQS", "destinations": {"SQS": "x"}}
    assert again.problem is None
    assert LAST_FORM.default == {}


@pytest.mark.parametrize("value", [4, 601, True, "60", 60.0, None], ids=repr)
def test_a_value_that_will_not_do_is_the_default_in_a_file_and_a_bug_in_the_program(tmp_path: Path, value: Any) -> None:
    path = tmp_path / "preferences.json"
    path.write_text(json.dumps({"wait_seconds": value, "remove_test_message": 0, "colour_scheme": "pink"}))
    preferences = Preferences(path)
    assert preferences.get(WAIT_SECONDS) == 60
    assert preferences.get(REMOVE_TEST_MESSAGE) is True
    assert preferences.get(COLOUR_SCHEME) == "system"
    with pytest.raises(ValueError, match="wait_seconds"):
        preferences.set(WAIT_SECONDS, value)


ODD = [
    '"\\ud83d"',
    '{"Practice": {"destinations": {"SQS": "\\udc00"}}}',
    '{"\\ud83d": 7}',
    '["\\ud83d"]',
    "null",
    '["a", {"b": [null]}]',
    "1e999",
    "NaN",
    "-" + "9" * 4000,
    '{"Practice": 7, "x": [7], "": null}',
    "[" * 900 + "]" * 900,
    '{"a":' * 900 + "7" + "}" * 900,
    '"' + "A" * 1_000_000 + '"',
    "true",
    "33.0",
]


@pytest.mark.parametrize("value", ODD, ids=range(len(ODD)))
def test_a_damaged_setting_is_ignored_and_the_others_hold(tmp_path: Path, value: str) -> None:
    path = tmp_path / "preferences.json"
    for damaged in SETTINGS:
        other: Setting[Any] = COLOUR_SCHEME if damaged is WAIT_SECONDS else WAIT_SECONDS
        kept: Any = 33 if other is WAIT_SECONDS else "dark"
        path.write_text(f'{{"{damaged.key}": {value}, "later": {value}, "{other.key}": {json.dumps(kept)}}}')
        preferences = Preferences(path)
        assert preferences.problem is None
        found = preferences.get(damaged)
        assert damaged.accepts(found)
        json.dumps(found, ensure_ascii=False).encode()  # no half of a character anywhere
        assert preferences.get(other) == kept
        preferences.set(REMOVE_TEST_MESSAGE, not preferences.get(REMOVE_TEST_MESSAGE))
        again = Preferences(path)
        assert again.get(other) == (kept if other is not REMOVE_TEST_MESSAGE else again.get(other))
        assert json.loads(path.read_text())["remove_test_message"] is again.get(REMOVE_TEST_MESSAGE)


@pytest.mark.parametrize("size", [17 * 1024 * 1024, 100 * 1024 * 1024])
def test_a_file_far_too_large_is_not_read(tmp_path: Path, size: int) -> None:
    for name in ("preferences.json", "accounts.json"):
        with (tmp_path / name).open("wb") as file:
            file.write(b'{"version": 1, "accounts": []')
            file.truncate(size)
    preferences = Preferences(tmp_path / "preferences.json")
    assert preferences.problem is not None
    with pytest.raises(ProblemError) as caught:
        AccountList(tmp_path / "accounts.json").all()
    assert caught.value.problem.code == "storage.accounts-damaged"


def test_a_byte_order_mark_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "preferences.json").write_bytes(b'\xef\xbb\xbf{"wait_seconds": 33}')
    assert Preferences(tmp_path / "preferences.json").get(WAIT_SECONDS) == 33
    (tmp_path / "accounts.json").write_bytes(b'\xef\xbb\xbf{"version": 1, "accounts": []}')
    AccountList(tmp_path / "accounts.json").add(LAB)
    assert AccountList(tmp_path / "accounts.json").all() == [LAB]


@pytest.mark.skipif(os.name != "posix", reason="needs pipes and symbolic links")
def test_nothing_is_waited_for_in_the_place_of_a_small_file(tmp_path: Path) -> None:
    for make in (os.mkfifo, lambda path: path.symlink_to("/dev/zero"), lambda path: path.mkdir()):
        folder = tmp_path / str(len(list(tmp_path.iterdir())))
        folder.mkdir()
        for name in ("preferences.json", "accounts.json"):
            make(folder / name)
        assert Preferences(folder / "preferences.json").problem is not None
        with pytest.raises(ProblemError) as caught:
            AccountList(folder / "accounts.json").add(LAB)
        assert caught.value.problem.code == "storage.in-the-way"


@pytest.mark.parametrize(
    "is_linked",
    [False, pytest.param(True, marks=pytest.mark.skipif(os.name != "posix", reason="needs symbolic links"))],
)
def test_each_damaged_file_of_settings_is_kept_and_a_link_stays(tmp_path: Path, is_linked: bool) -> None:
    real = tmp_path / "dotfiles" / "prefs"
    real.parent.mkdir()
    link = real
    if is_linked:
        link = tmp_path / "preferences.json"
        link.symlink_to(real)
    for text in ("one", "two", "three"):
        real.write_text(text)
        preferences = Preferences(link)
        assert preferences.problem is not None
        assert "It is kept as " in preferences.problem.detail
        assert "prefs.damaged" in preferences.problem.detail
        preferences.set(WAIT_SECONDS, 20)
        assert Preferences(link).get(WAIT_SECONDS) == 20
    assert link.is_symlink() == is_linked
    kept = {path.name: path.read_text() for path in real.parent.iterdir() if "damaged" in path.name}
    assert kept == {"prefs.damaged": "one", "prefs.damaged-2": "two", "prefs.damaged-3": "three"}


def test_settings_of_another_version_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "preferences.json"
    path.write_text('{"from_the_future": [1]}')
    Preferences(path).set(WAIT_SECONDS, 10)
    assert json.loads(path.read_text()) == {"from_the_future": [1], "wait_seconds": 10}


@pytest.mark.parametrize(
    "text",
    [b"", b"{", b"[]", b"\xff\xfe", b"[" * 100_000, b'"text"'],
    ids=["empty", "half", "list", "bytes", "deep", "text"],
)
def test_damaged_settings_are_set_aside(tmp_path: Path, text: bytes) -> None:
    path = tmp_path / "preferences.json"
    path.write_bytes(text)
    preferences = Preferences(path)
    assert preferences.problem is not None
    assert preferences.problem.code == "storage.preferences-damaged"
    assert preferences.get(WAIT_SECONDS) == 60
    preferences.set(WAIT_SECONDS, 10)
    assert (tmp_path / "preferences.json.damaged").read_bytes() == text
    assert Preferences(path).problem is None


def test_damaged_settings_that_cannot_be_renamed_are_where_they_were(
    tmp_path: Path, make_read_only: Callable[[Path], str]
) -> None:
    path = tmp_path / "config" / "preferences.json"
    path.parent.mkdir()
    path.write_text("{")
    make_read_only(path.parent)
    problem = Preferences(path).problem
    assert problem is not None
    assert f"It is still at {path}." in problem.detail
    assert path.read_text() == "{"


def test_damaged_settings_for_which_no_name_is_left_are_where_they_were(tmp_path: Path) -> None:
    path = tmp_path / "preferences.json"
    path.write_text("{")
    for more in ("", *(f"-{number}" for number in range(2, 1000))):
        path.with_name(f"{path.name}.damaged{more}").touch()
    problem = Preferences(path).problem
    assert problem is not None
    assert f"It is still at {path}." in problem.detail
    assert path.read_text() == "{"


def test_on_a_read_only_disk_a_setting_holds_until_the_end(
    tmp_path: Path, make_read_only: Callable[[Path], str]
) -> None:
    path = tmp_path / "config" / "preferences.json"
    Preferences(path).set(WAIT_SECONDS, 10)
    expected = make_read_only(path.parent)
    preferences = Preferences(path)
    with pytest.raises(ProblemError) as caught:
        preferences.set(WAIT_SECONDS, 20)
    assert caught.value.problem.code == expected
    assert caught.value.problem.cause is Cause.STORAGE
    assert preferences.get(WAIT_SECONDS) == 20
    assert Preferences(path).get(WAIT_SECONDS) == 10


def test_settings_that_cannot_be_read_are_not_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "preferences.json"
    path.mkdir()
    preferences = Preferences(path)
    assert preferences.problem is not None
    assert preferences.problem.code == "storage.in-the-way"
    with pytest.raises(ProblemError):
        preferences.set(WAIT_SECONDS, 20)
    assert preferences.get(WAIT_SECONDS) == 20


@pytest.mark.skipif(os.name != "posix", reason="needs symbolic links")
def test_a_place_that_can_be_replaced_but_not_read_is_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "preferences.json"
    path.symlink_to(path)
    with pytest.raises(ProblemError):
        Preferences(path).set(WAIT_SECONDS, 20)
    assert path.is_symlink()


def test_accounts_are_remembered_in_order(tmp_path: Path) -> None:
    path = tmp_path / "config" / "accounts.json"
    accounts = AccountList(path)
    assert accounts.all() == []
    accounts.add(OTHER)
    accounts.add(LAB)
    assert AccountList(path).all() == [OTHER, LAB]
    live = Account(name="OTHER", environment=Environment.PRODUCTION, source=KeySource.KEYRING)
    accounts.replace(live)
    assert AccountList(path).all() == [live, LAB]
    accounts.remove("other")
    accounts.remove("nobody")
    assert AccountList(path).all() == [LAB]
    with pytest.raises(KeyError):
        accounts.replace(OTHER)


def test_a_name_is_taken_whatever_its_case(tmp_path: Path) -> None:
    accounts = AccountList(tmp_path / "accounts.json")
    accounts.add(LAB)
    with pytest.raises(ProblemError) as caught:
        accounts.add(Account(name="lAB", environment=Environment.SANDBOX, source=KeySource.PROFILE))
    assert caught.value.problem.code == "account.name-taken"
    assert accounts.all() == [LAB]


def test_what_a_renamed_account_is_called_and_what_it_is_kept_as_are_both_taken(tmp_path: Path) -> None:
    accounts = AccountList(tmp_path / "accounts.json")
    accounts.add(LAB)
    field = replace(LAB, name="Field", kept_as="Lab")
    accounts.replace(field)
    for account in (LAB, replace(LAB, name="FIELD", kept_as="Another"), replace(LAB, name="New", kept_as="lab")):
        with pytest.raises(ProblemError) as caught:
            accounts.add(account)
        assert caught.value.problem.code == "account.name-taken"
    other = replace(LAB, name="Lab", kept_as="Lab (2)")
    accounts.add(other)
    with pytest.raises(ProblemError):
        accounts.replace(replace(other, name="field"))
    accounts.remove("LAB")
    assert AccountList(tmp_path / "accounts.json").all() == [other]


@pytest.mark.parametrize(
    "account", [PRACTICE, Account(name="S", environment=Environment.OTHER, source=KeySource.SESSION)]
)
def test_accounts_whose_keys_are_not_kept_are_not_remembered(tmp_path: Path, account: Account) -> None:
    with pytest.raises(ValueError, match="not remembered"):
        AccountList(tmp_path / "accounts.json").add(account)


ENTRY = {"name": "Lab", "environment": "sandbox", "source": "keyring"}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "storage.accounts-damaged"),
        ("[]", "storage.accounts-damaged"),
        ("{}", "storage.accounts-damaged"),
        ('{"version": true, "accounts": 7}', "storage.accounts-damaged"),
        ('{"version": 1, "accounts": {}}', "storage.accounts-damaged"),
        ('{"version": 1, "accounts": [{}]}', "storage.accounts-damaged"),
        ('{"version": 1, "accounts": [null]}', "storage.accounts-damaged"),
        (json.dumps({"version": 1, "accounts": [{**ENTRY, "environment": "moon"}]}), "storage.accounts-damaged"),
        (json.dumps({"version": 1, "accounts": [{**ENTRY, "name": 7}]}), "storage.accounts-damaged"),
        (json.dumps({"version": 1, "accounts": [{**ENTRY, "source": []}]}), "storage.accounts-damaged"),
        (json.dumps({"version": 1, "accounts": [{**ENTRY, "name": "Lab\ud83d"}]}), "storage.accounts-damaged"),
        (json.dumps({"version": 1, "accounts": [{**ENTRY, "endpoint": "\udc00"}]}), "storage.accounts-damaged"),
        (json.dumps({"version": 1, "accounts": [{**ENTRY, "profile": None}]}), "storage.accounts-damaged"),
        (json.dumps({"version": 1, "accounts": [[ENTRY]]}), "storage.accounts-damaged"),
        (json.dumps({"version": 0, "accounts": [ENTRY]}), "storage.accounts-damaged"),
        (json.dumps({"version": 2, "accounts": [ENTRY, ENTRY]}), "storage.accounts-damaged"),
        (json.dumps({"version": 2, "accounts": [{**ENTRY, "name": "Practice"}]}), "storage.accounts-damaged"),
        (json.dumps({"version": 2, "accounts": [{**ENTRY, "source": "session"}]}), "storage.accounts-damaged"),
        (json.dumps({"version": True, "accounts": [ENTRY]}), "storage.accounts-damaged"),
        (json.dumps({"version": None, "accounts": [ENTRY]}), "storage.accounts-damaged"),
        ("null", "storage.accounts-damaged"),
        ("[" * 100_000, "storage.accounts-damaged"),
        ('{"version": 1, "accounts": ' + "[" * 900 + "]" * 900 + "}", "storage.accounts-damaged"),
        ('{"version": 3, "people": []}', "storage.accounts-newer"),
    ],
)
def test_a_list_that_cannot_be_read_is_not_touched(tmp_path: Path, text: str, code: str) -> None:
    path = tmp_path / "accounts.json"
    path.write_text(text)
    accounts = AccountList(path)
    for call in (
        accounts.all,
        lambda: accounts.add(LAB),
        lambda: accounts.replace(LAB),
        lambda: accounts.remove("Lab"),
    ):
        with pytest.raises(ProblemError) as caught:
            call()
        assert caught.value.problem.code == code
        assert str(path) in caught.value.problem.detail
    assert path.read_text() == text


@pytest.mark.skipif(sys.platform != "win32", reason="elsewhere nobody keeps others from writing to a file")
@pytest.mark.parametrize("share", [0, 1], ids=["shared with nobody", "to be read alone, as by a spreadsheet"])
def test_a_file_that_another_program_has_open_is_left_as_it_is(tmp_path: Path, share: int) -> None:
    import ctypes
    from ctypes import wintypes

    file = tmp_path / "history.csv"
    file.write_bytes(b"mine")
    kernel: Any = ctypes.WinDLL("kernel32")  # type: ignore[attr-defined,unused-ignore]
    kernel.CreateFileW.restype = wintypes.HANDLE
    held = kernel.CreateFileW(str(file), 0xC0000000, share, None, 3, 0x80, None)
    with pytest.raises(ProblemError) as caught, whole_file(file, what="the history") as written:
        written.write("ours")
    kernel.CloseHandle(wintypes.HANDLE(held))
    problem = caught.value.problem
    assert problem.code == "export.not-written"
    assert "“history.csv” may not be replaced: another program" in problem.detail
    assert "close the program that has it open" in problem.remedy
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("history.csv", b"mine")]


@pytest.mark.skipif(sys.platform != "win32", reason="elsewhere it is a mode")
@pytest.mark.parametrize("is_chosen", [True, False], ids=["an export", "our own settings"])
def test_a_file_with_the_attribute_of_reading_only_is_left_as_it_is(tmp_path: Path, is_chosen: bool) -> None:
    file = tmp_path / "file.json"
    file.write_bytes(b"mine")
    file.chmod(0o444)
    write = partial(save_bytes, data=b"ours") if is_chosen else partial(write_json_object, value={})
    with pytest.raises(ProblemError) as caught:
        write(file, what="it")
    problem = caught.value.problem
    assert ("allow writing to it" if is_chosen else "“Read-only” is not ticked") in problem.remedy
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("file.json", b"mine")]
