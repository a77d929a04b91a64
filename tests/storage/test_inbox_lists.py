# SPDX-License-Identifier: MIT
"""Lists that outlive the program: each account's own, private, without secrets, until somebody clears them."""

from __future__ import annotations

import json
import quopri
import sys
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

import pytest

from notification_tester.domain.account import PRACTICE, Account, Environment, KeySource
from notification_tester.domain.messages.message import decode
from notification_tester.domain.problem import Cause, ProblemError
from notification_tester.services.data_removal import DataRemoval
from notification_tester.storage.inbox import Inbox
from notification_tester.storage.inbox_lists import InboxLists
from notification_tester.storage.inbox_rows import InboxQuery
from notification_tester.storage.places import Places
from storage.test_inbox import NOW, body, message

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from notification_tester.storage.inbox_rows import InboxMessage

LAB = Account(name="Lab", environment=Environment.SANDBOX, source=KeySource.KEYRING, since="2026-01-31T12:00:00+00:00")
SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"


def lists_in(folder: Path, *secrets: str) -> InboxLists:
    return InboxLists(folder, None, lambda: secrets)


def places_of(lists: InboxLists, account: Account) -> list[str]:
    found, problems = lists.of(account)
    assert not problems
    return [place for place, _ in found]


def test_a_list_is_there_again_with_its_account_alone(tmp_path: Path) -> None:
    lists = lists_in(tmp_path)
    lists.new(LAB, "queue-one").keep([message("m1", body("HITCreated"))])
    lists.new(LAB, "queue-two").keep([])
    assert lists.of(LAB) == ([], []), "both are open already"
    lists.close()
    others = lists_in(tmp_path)
    for other in (
        replace(LAB, since="2026-02-01T00:00:00+00:00"),
        replace(LAB, environment=Environment.OTHER, since=LAB.since),
    ):
        assert places_of(others, other) == []
    renamed = replace(LAB, name="Lab of last year")
    found, _ = others.of(renamed)
    assert [place for place, _ in found] == ["queue-one", "queue-two"]
    first = found[0][1]
    assert first.messages == 1
    assert first.keep([message("m1", body("HITCreated"))]) == [], "it is known which were shown"
    assert [row.message for row in first.page(InboxQuery())] == [1]
    others.close()


def test_since_when_an_account_is_tells_whose_a_list_is_or_else_what_it_is_kept_as(tmp_path: Path) -> None:
    first, second = (replace(LAB, name=name, kept_as=name, since="") for name in ("First", "Second"))
    moved = replace(LAB, name="Moved", kept_as="Moved")
    lists = lists_in(tmp_path)
    for account in (first, second, LAB):
        lists.new(account, f"queue of {account.name}").keep([])
    lists.close()
    lists = lists_in(tmp_path)
    assert places_of(lists, replace(first, since="2026-02-01T00:00:00+00:00")) == []
    assert places_of(lists, replace(first, name="Called otherwise")) == ["queue of First"]
    assert places_of(lists, second) == ["queue of Second"]
    assert places_of(lists, moved) == ["queue of Lab"], "since when it is says enough"
    lists.close()
    lists_in(tmp_path).remove_of(first)
    lists = lists_in(tmp_path)
    assert [places_of(lists, account) for account in (first, second, LAB)] == [
        [],
        ["queue of Second"],
        ["queue of Lab"],
    ]
    lists.close()


@pytest.mark.parametrize("account", [PRACTICE, replace(LAB, source=KeySource.SESSION), None], ids=str)
def test_what_ends_with_the_program_leaves_no_file(tmp_path: Path, account: Account | None) -> None:
    lists = lists_in(tmp_path)
    assert lists.new(account, "queue").keep([message("m1", "hello")])
    lists.close()
    assert list(tmp_path.iterdir()) == []


def test_every_list_of_an_account_is_looked_into_whether_somebody_has_it_open_or_not(tmp_path: Path) -> None:
    other = replace(LAB, name="Other", since="2026-01-01T00:00:00+00:00")
    lists = lists_in(tmp_path)
    lists.new(LAB, "closed").keep([message("m1", "hello")])
    damaged = lists.new(LAB, "damaged")
    damaged.keep([])
    lists.close()
    assert damaged.path is not None
    damaged.path.write_bytes(b"no database" * 1000)
    lists = lists_in(tmp_path)
    for account, place, count in (
        (LAB, "open", 2),
        (other, "of another", 0),
        (PRACTICE, "practised", 1),
        (None, "", 1),
    ):
        lists.new(account, place).keep([message(f"m{number}", "hello") for number in range(count)])

    def seen(account: Account) -> list[tuple[str, int]]:
        found: list[tuple[str, int]] = []
        lists.look_into(account, lambda place, inbox: found.append((place, inbox.messages)))
        return found

    assert seen(LAB) == seen(LAB) == [("open", 2), ("closed", 1)], "which is closed again"
    assert (seen(other), seen(PRACTICE)) == ([("of another", 0)], [("practised", 1)])
    lists.close()


def test_a_dropped_list_leaves_nothing(tmp_path: Path) -> None:
    lists = lists_in(tmp_path)
    gone, stays = lists.new(LAB, "gone"), lists.new(LAB, "stays")
    gone.keep([message("m1", "hello")])
    stays.keep([])
    lists.drop(gone)
    assert gone.message(1) is not None, "a worker may still read it"
    assert lists.remove_closed() == 0, "it was dropped, and goes by itself"
    del gone
    lists.close()
    assert {path.name for path in tmp_path.iterdir()} == {stays.path.name if stays.path else ""}
    lists.remove_of(LAB)
    assert list(tmp_path.iterdir()) == []


def old(message_id: str, raw: str, *, days: int) -> InboxMessage:
    return replace(message(message_id, raw), seen_at=NOW - timedelta(days=days))


def test_what_is_older_is_removed_and_lists_that_are_empty_then(tmp_path: Path) -> None:
    other = replace(LAB, name="Other", since="2026-01-01T00:00:00+00:00")
    lists = lists_in(tmp_path)
    lists.new(LAB, "old").keep([old("m1", "hello", days=31)])
    lists.new(LAB, "both").keep([old("m1", body("HITCreated"), days=31), old("m2", body("HITCreated"), days=29)])
    lists.new(LAB, "nothing yet").keep([])
    lists.new(other, "of another").keep([old("m1", "hello", days=400), old("m2", "hello again", days=40)])
    lists.close()
    damaged = tmp_path / "inbox-0-0.sqlite3"
    damaged.write_bytes(b"no database" * 1000)

    lists = lists_in(tmp_path)
    shown = lists.new(LAB, "shown")
    shown.keep([old("m1", "hello", days=31)])
    assert lists.remove_older(NOW - timedelta(days=30)) == (5, [])
    assert shown.messages == 0
    lists.close()
    lists = lists_in(tmp_path)
    assert lists.of(other) == ([], [])
    found = dict(lists.of(LAB)[0])
    assert list(found) == ["both", "nothing yet", "shown"]
    (row,) = found["both"].page(InboxQuery(is_folded=True))
    assert (row.duplicate_of, row.copies) == (None, 0), "the second is the first now"
    assert found["both"].messages == 1
    assert found["both"].keep([old("m1", body("HITCreated"), days=0)]), "nothing of it is remembered"
    assert len(list(tmp_path.glob("*.sqlite3"))) == 4
    assert damaged.exists()
    lists.close()


def test_all_that_is_closed_is_removed(tmp_path: Path) -> None:
    lists = lists_in(tmp_path)
    for place in ("one", "two"):
        lists.new(LAB, place).keep([])
    lists.close()
    lists = lists_in(tmp_path)
    shown = lists.new(replace(LAB, name="Other", since=""), "shown")
    shown.keep([])
    assert lists.remove_closed() == 2
    assert [path for path in tmp_path.iterdir() if path.suffix == ".sqlite3"] == [shown.path]
    lists.close()


def test_nobody_else_may_read_it(tmp_path: Path) -> None:
    lists = lists_in(tmp_path / "data")
    inbox = lists.new(LAB, "queue")
    inbox.keep([message("m1", "hello")])
    if sys.platform != "win32":
        assert {path.stat().st_mode & 0o077 for path in (tmp_path / "data").iterdir()} == {0}
        assert (tmp_path / "data").stat().st_mode & 0o077 == 0
    with pytest.raises(ProblemError) as caught:
        Inbox(None, inbox.path).label()
    assert caught.value.problem.code == "storage.in-use"
    lists.close()


@pytest.mark.parametrize(
    "raw",
    [
        body("HITCreated", Note=f"made with {SECRET}"),
        json.dumps({"Type": "SubscriptionConfirmation", "Token": "2336412f37fb687f5d51e6e241d09c805a5a57b30d712f79"}),
        "https://sns.us-east-1.amazonaws.com/?Action=ConfirmSubscription&Token=2336412f37fb687f5d51e6e241d09c805a5a57b3",
        json.dumps({"Message": json.dumps({"Token": "2336412f37fb687f5d51e6e241d09c805a5a57b30d712f79"})}),
    ],
    ids=["key", "token", "address", "wrapped"],
)
def test_secrets_are_not_kept(tmp_path: Path, raw: str) -> None:
    lists = lists_in(tmp_path, SECRET)
    inbox = lists.new(LAB, "queue")
    inbox.keep([replace(message("m1", raw), decoded=decode(raw))])
    found = inbox.message(1)
    assert found is not None
    assert "[removed]" in found.raw
    lists.close()
    for path in tmp_path.iterdir():
        kept = path.read_bytes()
        assert SECRET.encode() not in kept
        assert b"2336412f" not in kept


def test_a_damaged_list_is_named_and_does_not_hold_up_the_others(tmp_path: Path) -> None:
    lists = lists_in(tmp_path)
    damaged, whole = lists.new(LAB, "damaged"), lists.new(LAB, "whole")
    for one in (damaged, whole):
        one.keep([])
    lists.close()
    assert damaged.path is not None
    damaged.path.write_bytes(b"no database" * 1000)
    found, problems = lists_in(tmp_path).of(LAB)
    assert [place for place, _ in found] == ["whole"]
    assert [problem.code for problem in problems] == ["inbox.unreadable"]
    assert str(damaged.path) in problems[0].detail
    assert damaged.path.exists()
    found[0][1].close()


def test_a_list_whose_label_was_not_written_any_more_is_passed_over(tmp_path: Path) -> None:
    lists = lists_in(tmp_path)
    crashed, whole = lists.new(LAB, "crashed"), lists.new(LAB, "whole")
    for one in (crashed, whole):
        one.keep([])
    lists.close()
    assert crashed.path is not None
    crashed.path.write_bytes(b"")
    others = lists_in(tmp_path)
    assert places_of(others, LAB) == ["whole"]
    others.close()


def test_of_a_list_that_another_window_has_open_nothing_is_removed_and_it_is_told(tmp_path: Path) -> None:
    lists = lists_in(tmp_path)
    shown = lists.new(LAB, "shown")
    shown.keep([old("m1", "hello", days=31)])
    removed, problems = lists_in(tmp_path).remove_older(NOW - timedelta(days=30))
    assert (removed, [problem.code for problem in problems]) == (0, ["storage.in-use"])
    assert shown.message(1) is not None
    lists.close()


def test_a_folder_that_takes_no_list_is_told(tmp_path: Path, make_read_only: Callable[[Path], str]) -> None:
    inbox = lists_in(tmp_path).new(LAB, "queue")
    expected = make_read_only(tmp_path)
    with pytest.raises(ProblemError) as caught:
        inbox.keep([message("m1", "hello")])
    assert caught.value.problem.code == expected
    inbox.close()


@pytest.mark.skipif(
    sys.platform == "win32", reason="there a list that is open elsewhere is left to whoever has it open"
)
def test_a_list_that_the_disk_does_not_let_go_is_told(tmp_path: Path) -> None:
    lists = lists_in(tmp_path)
    path = lists.new(LAB, "queue").path
    assert path is not None
    path.mkdir()
    lists.close()
    for remove in (partial(lists_in(tmp_path).remove_of, LAB), lists_in(tmp_path).remove_closed):
        with pytest.raises(ProblemError) as caught:
            remove()
        assert caught.value.problem.cause is Cause.STORAGE
        assert str(path) in caught.value.problem.detail
    assert path.is_dir()


def test_lists_go_with_everything_else(tmp_path: Path) -> None:
    places = Places.under(tmp_path)
    lists = lists_in(places.data)
    lists.new(LAB, "queue").keep([])
    lists.close()
    kept = DataRemoval(places).look()
    assert [path.name.startswith("inbox-") for path in kept.files] == [True]
    assert kept.strangers == ()


_CONFIRM = "https://sns.us-east-1.amazonaws.com/?Action=ConfirmSubscription&Token=" + "2336412f37fb687f5d51e6e2" * 9
_MAIL = """\
From: mturk-noreply@amazon.com
Subject: Your Event Notification
Date: Sat, 31 Jan 2026 12:00:00 +0000
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: quoted-printable

"""


def _in_mail(text: str) -> str:
    told = "  Event Type: HITCreated\n  Event Time: 2026-01-31T12:00:00Z\n  HIT ID: 3H\n\n"
    return _MAIL + quopri.encodestring(f"{told}{text}\n".encode()).decode()


@pytest.mark.parametrize(
    "text",
    [
        json.dumps({"SubscribeURL": _CONFIRM}),
        json.dumps({"SubscribeURL": _CONFIRM}).replace("&", "\\u0026").replace("=", "\\u003d"),
        json.dumps({"token": _CONFIRM.rpartition("=")[2]}),
        _CONFIRM.replace("&", "&amp;").replace("=", "&#61;"),
        _in_mail(_CONFIRM),
        _in_mail("." * 5 + _CONFIRM),
        json.dumps({"key": SECRET}).replace("/", "\\/"),
        _in_mail("key:" + "." * 50 + SECRET),
        f"{SECRET[:20]}\n> {SECRET[20:]}",
    ],
)
def test_no_spelling_of_a_secret_is_on_the_disk(tmp_path: Path, text: str) -> None:
    lists = lists_in(tmp_path, SECRET)
    lists.new(LAB, "queue").keep([message("m1", text)])
    lists.close()
    written = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert b"[removed]" in written
    for part in (SECRET[-12:], "7fb687f5d51e6e22336412f3"):
        assert part.encode() not in written


def test_what_only_looks_long_stays(tmp_path: Path) -> None:
    lists = lists_in(tmp_path, SECRET)
    checksum = "0123456789abcdef" * 8  # of SHA-512
    inbox = lists.new(LAB, "queue")
    inbox.keep([message("m1", f"Token of thanks {checksum}")])
    kept = inbox.message(1)
    assert kept is not None
    assert kept.raw == f"Token of thanks {checksum}"
    lists.close()
