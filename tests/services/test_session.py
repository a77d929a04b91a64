# SPDX-License-Identifier: MIT
"""What is handed over is written before the files close, and what fails while they open is given back."""

from __future__ import annotations

import sqlite3
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import keyring.errors
import psutil
import pytest

from breaking_proxy import Exchange, breaking, pass_on
from notification_tester.domain.account import Account, Credentials, Environment, KeySource
from notification_tester.domain.destination import Transport
from notification_tester.domain.hit_type import HitTypeId
from notification_tester.domain.messages.message import decode
from notification_tester.domain.notification import parse_spec
from notification_tester.domain.problem import Cause, Code, ProblemError
from notification_tester.domain.setting import apply
from notification_tester.services.history_renewal import rename_damaged
from notification_tester.services.hit_types import settings
from notification_tester.services.session import Session
from notification_tester.storage.history import History
from notification_tester.storage.inbox_rows import InboxMessage
from notification_tester.storage.rows import DAMAGED, Ending, Outcome
from notification_tester.storage.vault import Vault
from services.parts import LONG, MemoryKeyring, connected, damage, until
from storage.conftest import NOW, beginning, ending

if TYPE_CHECKING:
    from notification_tester.practice.cloud import PracticeCloud
    from notification_tester.storage.places import Places


def test_what_was_handed_over_is_written_before_the_files_close(places: Places) -> None:
    going_on = threading.Event()

    def slow_ending() -> Ending:
        going_on.wait(60)
        return ending()

    session = Session(places)
    assert session.history is not None
    rows = [session.history.begin(beginning(), now=NOW) for _ in range(3)]
    session.history.complete_soon(rows[0], slow_ending)
    for row in rows[1:]:
        session.history.complete_soon(row, ending)
    going_on.set()
    session.close()
    with Session(places) as again:
        assert again.history is not None
        found = {row.id: row.outcome for row in again.history.rows(rows)}
    assert found == dict.fromkeys(rows, Outcome.GOOD), "and none is called interrupted"


def open_files(places: Places) -> list[str]:
    return [one.path for one in psutil.Process().open_files() if str(places.data) in one.path]


def test_a_file_of_settings_that_was_half_written_is_gone_with_the_next_start(places: Places) -> None:
    places.config.mkdir(parents=True)
    half, own = places.config / f".mturk-notification-tester-{'0' * 16}.part", places.config / "mine.part"
    for path in (half, own):
        path.write_text("{", "utf-8")
    Session(places).close()
    assert (half.exists(), own.exists()) == (False, True)


def test_a_bug_while_it_opens_leaves_no_file_open(places: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: History) -> int:
        raise ZeroDivisionError

    monkeypatch.setattr(History, "close_interrupted", broken)
    with pytest.raises(ZeroDivisionError):
        Session(places)
    assert open_files(places) == []


def test_a_history_that_fails_while_it_opens_is_said_and_closed_with_the_rest(
    places: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(_: History) -> int:
        raise ProblemError(DAMAGED)

    monkeypatch.setattr(History, "close_interrupted", refused)
    session = Session(places)
    assert session.history is None
    assert session.history_problem == DAMAGED
    session.close()
    assert open_files(places) == []


def test_a_damage_that_shows_once_it_is_open_leaves_nothing_open_that_is_to_be_renamed(places: Places) -> None:
    with Session(places) as session:
        assert session.history is not None
        row = session.history.begin(beginning(), now=NOW)
        session.history.complete(row, ending())
    damage(places.database, "history_by_outcome")
    session = Session(places)
    assert session.history_problem is not None
    assert session.history_problem.code == Code.HISTORY_DAMAGED
    assert open_files(places) == []
    assert "put aside" in rename_damaged(places).title
    with Session(places) as again:
        assert again.history is not None
    session.close()


@pytest.mark.skipif(sys.platform != "win32", reason="only Windows renames no open file")
def test_a_damaged_history_that_another_program_has_open_stays_whole(places: Places) -> None:
    Session(places).close()
    with closing(sqlite3.connect(places.database)) as other:
        other.execute("INSERT INTO presets VALUES ('a', 'a', 'a')")
        other.commit()
        with pytest.raises(ProblemError) as caught:
            rename_damaged(places)
    assert caught.value.problem.code == "storage.in-use"
    with Session(places) as session:
        assert session.history is not None


def test_what_is_followed_is_the_sessions_and_ends_with_it(places: Places) -> None:
    now = datetime(2026, 1, 31, tzinfo=UTC)
    message = InboxMessage(message_id="m", seen_at=now, sent_at=now, decoded=decode("hello"), raw="hello")
    with Session(places) as session:
        kept, dropped = session.new_inbox(), session.new_inbox()
        session.drop_inbox(dropped)
        for inbox in (kept, dropped):
            inbox.keep([message])
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        kept.message(1)
    found = dropped.message(1)  # whoever still reads it may finish
    assert found is not None
    assert found.raw == "hello"


def test_kept_lists_have_no_secret_of_an_account_or_of_the_environment(
    places: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    of_account, of_environment = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "je7MtGbClwBF/2Zp9Utk/h3yCo8nvbEXAMPLEKEY"
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", of_environment)
    lab = Account(name="Lab", environment=Environment.SANDBOX, source=KeySource.KEYRING, since=NOW.isoformat())
    with Session(places) as session:
        session.accounts._vault = Vault(MemoryKeyring())
        session.accounts.add(lab, Credentials(access_key_id="AKIAIOSFODNN7EXAMPLE", secret_access_key=of_account))
        raw = f"one {of_account} and another {of_environment}"
        inbox = session.inbox_lists.new(lab, "somewhere")
        inbox.keep([InboxMessage(message_id="m", seen_at=NOW, sent_at=NOW, decoded=decode(raw), raw=raw)])
        kept = inbox.message(1)
        assert kept is not None
        assert kept.raw == "one [removed] and another [removed]"
    written = b"".join(path.read_bytes() for path in places.data.glob("inbox-*"))
    assert written
    assert not [one for one in (of_account, of_environment) if one.encode() in written]


def test_lists_go_with_keys_that_were_replaced_and_stay_where_the_keyring_refuses(places: Places) -> None:
    ring = MemoryKeyring()
    keys = Credentials(access_key_id="AKIAIOSFODNN7EXAMPLE", secret_access_key="a" * 40)
    with Session(places) as session:
        session.accounts._vault = Vault(ring)
        lab = session.accounts.add(
            Account(name="Lab", environment=Environment.SANDBOX, source=KeySource.KEYRING, since=NOW.isoformat()), keys
        )
        session.inbox_lists.new(lab, "somewhere").label()  # which makes its file
        files = sorted(places.data.glob("inbox-*"))
        assert files
        ring.refuses = keyring.errors.KeyringLocked("not now")
        with pytest.raises(ProblemError):
            session.replace_keys(lab, keys)
        assert sorted(places.data.glob("inbox-*")) == files
        assert session.accounts.named("Lab") == lab
        ring.refuses = None
        session.replace_keys(lab, keys)
        assert sys.platform == "win32" or not list(places.data.glob("inbox-*.sqlite3")), (
            "there who has it open drops it"
        )


@pytest.mark.skipif(sys.platform == "win32", reason="there who has it open drops it")
def test_lists_go_with_their_account_and_those_of_others_stay(places: Places) -> None:
    keys = Credentials(access_key_id="AKIAIOSFODNN7EXAMPLE", secret_access_key="a" * 40)
    with Session(places) as session:
        session.accounts._vault = Vault(MemoryKeyring())
        for name in ("Lab", "Other"):
            account = Account(name=name, environment=Environment.SANDBOX, source=KeySource.KEYRING)
            session.inbox_lists.new(session.accounts.add(account, keys), "somewhere").label()  # which makes its file
        before = set(places.data.glob("inbox-*.sqlite3"))
        session.forget_account(session.accounts.named("Lab"))
        after = set(places.data.glob("inbox-*.sqlite3"))
        assert (len(before), len(after)) == (2, 1)
        session.forget_account(session.accounts.named("Other"))
        assert not list(places.data.glob("inbox-*.sqlite3"))


@pytest.mark.skipif(sys.platform == "win32", reason="there a file that refuses may be one that somebody has open")
def test_lists_that_the_disk_keeps_are_told_of_and_the_account_is_changed_all_the_same(places: Places) -> None:
    heard: list[str] = []
    keys = Credentials(access_key_id="AKIAIOSFODNN7EXAMPLE", secret_access_key="a" * 40)
    with Session(places, noticed=lambda: heard.append(session.notices[-1][0].title)) as session:
        session.accounts._vault = Vault(MemoryKeyring())
        lab = session.accounts.add(Account(name="Lab", environment=Environment.SANDBOX, source=KeySource.KEYRING), keys)
        inbox = session.inbox_lists.new(lab, "somewhere")
        inbox.label()  # which makes its file
        assert inbox.path is not None
        inbox.path.with_name(inbox.path.name.replace(".sqlite3", "f.sqlite3")).mkdir()
        moved = session.change_account(lab, replace(lab, environment=Environment.PRODUCTION))
        assert session.accounts.named("Lab") == moved
        ((problem, account),) = session.notices
    assert heard == [problem.title]
    assert (problem.cause, account) == (Cause.STORAGE, lab)


def test_what_ends_leaves_no_file_open_and_nothing_connected(places: Places, cloud: PracticeCloud) -> None:
    details = cloud.details
    keys = Credentials(access_key_id=details.access_key_id, secret_access_key=details.secret_access_key)
    other = Account(
        name="Lab",
        environment=Environment.OTHER,
        source=KeySource.KEYRING,
        endpoint=details.mturk_endpoint,
        aws_endpoint=details.aws_endpoint,
    )
    before = connected(cloud)
    with Session(places) as session:
        session.accounts._vault = Vault(MemoryKeyring())
        lab = session.accounts.add(other, keys)
        opened = session.accounts.open(lab)
        assert opened.requester.balance()
        session.inbox_lists.new(lab, "somewhere").label()
        assert connected(cloud) - before
        assert len(open_files(places)) > 1
    assert connected(cloud) <= before
    assert open_files(places) == []


def test_what_an_account_sent_is_shown_under_the_name_that_it_has_by_now(places: Places) -> None:
    keys = Credentials(access_key_id="AKIAIOSFODNN7EXAMPLE", secret_access_key="a" * 40)
    with Session(places) as session:
        lab = session.accounts.add(Account(name="Lab", environment=Environment.SANDBOX, source=KeySource.SESSION), keys)
        assert session.history is not None
        rows = [session.history.begin(beginning(account=name), now=NOW) for name in ("Lab", "Other")]
        for row in rows:
            session.history.complete(row, ending())
        session.change_account(lab, replace(lab, name="Field work"))
        session.accounts.all()
        found = session.history.rows(rows)
        assert [(row.account, row.account_name) for row in found] == [("Lab", "Field work"), ("Other", "")]


@pytest.mark.parametrize("what", ["forgotten", "other keys", "another place", "another name"])
def test_nothing_more_is_sent_for_an_account_that_is_another_by_now(
    places: Places, cloud: PracticeCloud, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    monkeypatch.setattr(settings, "_CLOSE_SECONDS", 0.1)
    is_changed = threading.Event()

    def later(exchange: Exchange) -> object:
        is_changed.wait(LONG)
        return pass_on(exchange)

    ids = [HitTypeId(f"3STRANGER{number}") for number in range(40)]
    spec = parse_spec(transport=Transport.EMAIL, destination="somebody@example.org", events=["HITReviewable"])
    with breaking(cloud.port) as gateway, Session(places) as session, ThreadPoolExecutor(1) as pool:
        keys = Credentials(access_key_id=cloud.details.access_key_id, secret_access_key=cloud.details.secret_access_key)
        lab = Account(name="Lab", environment=Environment.OTHER, source=KeySource.SESSION, endpoint=gateway.endpoint)
        lab = session.accounts.add(lab, keys)
        opened = session.accounts.open(lab)
        gateway.breaks("UpdateNotificationSettings", later, times=1)
        changes = [apply(one, spec) for one in ids]
        run = pool.submit(session.hit_types.run, opened, changes, progress=lambda _: None, stop=threading.Event())
        assert until(lambda: gateway.count("UpdateNotificationSettings") == 1)
        match what:
            case "forgotten":
                session.forget_account(lab)
            case "other keys":
                session.replace_keys(lab, keys)
            case "another place":
                session.change_account(lab, replace(lab, endpoint=cloud.details.mturk_endpoint))
            case _:
                session.change_account(lab, replace(lab, name="Field work"))
        is_changed.set()
        outcome = run.result()
    assert outcome.not_begun == (() if what == "another name" else tuple(ids[1:]))
    assert gateway.count("UpdateNotificationSettings") == len(ids) - len(outcome.not_begun)


def test_an_answer_that_is_nearly_there_is_recorded_before_the_files_close(
    places: Places, cloud: PracticeCloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "_CLOSE_SECONDS", LONG)
    stop = threading.Event()

    def stopped_meanwhile(exchange: Exchange) -> object:
        stop.set()
        exchange.gateway.closing.wait(0.9)
        return pass_on(exchange)

    with breaking(cloud.port) as gateway, Session(places) as session:
        keys = Credentials(access_key_id=cloud.details.access_key_id, secret_access_key=cloud.details.secret_access_key)
        account = Account(
            name="Lab", environment=Environment.OTHER, source=KeySource.SESSION, endpoint=gateway.endpoint
        )
        opened = session.accounts.open(session.accounts.add(account, keys))
        one = HitTypeId(opened.clients.mturk.list_hits(MaxResults=1)["HITs"][0]["HITTypeId"])
        gateway.breaks("UpdateNotificationSettings", stopped_meanwhile)
        spec = parse_spec(transport=Transport.EMAIL, destination="somebody@example.org", events=["HITReviewable"])
        session.hit_types.run(opened, [apply(one, spec)], progress=lambda _: None, stop=stop)
    with Session(places) as again:
        assert again.set_hit_types(account) == (one,)
