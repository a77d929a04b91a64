# SPDX-License-Identifier: MIT
"""What is asked before the program has its files is answered all the same; and who is told that an account is left."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import QObject

from notification_tester.domain.account import PRACTICE, Account, Credentials, Environment, KeySource
from notification_tester.domain.destination import Transport
from notification_tester.qt.background import Tasks
from notification_tester.qt.session import Program

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PySide6.QtWidgets import QApplication
    from pytestqt.qtbot import QtBot

    from notification_tester.domain.problem import Problem
    from notification_tester.practice.cloud import PracticeCloud
    from notification_tester.storage.places import Places


KEYS = Credentials(access_key_id="AKIAIOSFODNN7EXAMPLE", secret_access_key="wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")


@pytest.fixture
def program(qapp: QApplication, places: Places) -> Iterator[Program]:
    tasks = Tasks(qapp)
    made = Program(tasks, places)
    yield made
    made.close()


def test_accounts_are_answered_before_the_program_is_ready(program: Program) -> None:
    said: list[Problem] = []
    program.add_account(PRACTICE, None, done=said.clear, failed=said.append)
    program.who_am_i(PRACTICE, None, done=lambda _: said.clear(), failed=said.append)
    program.forget_account(PRACTICE, failed=said.append)
    program.replace_keys(PRACTICE, KEYS, done=lambda _: said.clear(), failed=said.append)
    program.ask(lambda session: session.owner, done=lambda _: said.clear(), failed=said.append)
    assert [one.code for one in said] == ["program.starting"] * 5


SIGNALS = ("session_ready", "accounts_changed", "left", "opening", "opened", "open_failed", "forgotten")


class Heard(QObject):
    """Notes what a program tells of accounts, in its order, each with its name."""

    def __init__(self, program: Program) -> None:
        super().__init__(program)
        self.told: list[tuple[str, str]] = []
        for name in SIGNALS:
            getattr(program, name).connect(lambda *words, name=name: self.told.append((name, _name(*words))))

    def take(self) -> list[tuple[str, str]]:
        """What was told since the last time."""
        told, self.told = self.told, []
        return told


def _name(*words: Any) -> str:
    first = words[0] if words else ""
    account = getattr(first, "account", first)
    return account if isinstance(account, str) else str(account.name)


@pytest.fixture
def elsewhere(cloud: PracticeCloud) -> Account:
    """An account of another service, whose keys are known for this start alone."""
    return Account(
        name="Elsewhere",
        environment=Environment.OTHER,
        source=KeySource.SESSION,
        endpoint=cloud.details.mturk_endpoint,
        aws_endpoint=cloud.details.aws_endpoint,
    )


def test_what_belongs_to_an_account_leaves_with_it(
    qtbot: QtBot, program: Program, elsewhere: Account, cloud: PracticeCloud
) -> None:
    heard = Heard(program)
    failed: list[Problem] = []
    done: list[Account] = []
    program.start("Nobody")
    program.open(PRACTICE)  # as it is pressed once more before there is anything
    qtbot.waitUntil(lambda: program.current is not None)
    assert heard.take() == [
        ("accounts_changed", ""),
        ("session_ready", ""),
        ("opening", "Practice"),
        ("opened", "Practice"),
    ]
    taken: list[int] = []
    here = program.while_here(taken.append)
    here(1)
    program.open(PRACTICE)
    qtbot.waitUntil(lambda: bool(heard.told) and heard.told[-1][0] == "opened")
    assert heard.take() == [("opening", "Practice"), ("opened", "Practice")]
    here(2)
    keys = Credentials(access_key_id=cloud.details.access_key_id, secret_access_key=cloud.details.secret_access_key)
    program.add_account(elsewhere, keys, done=lambda: done.append(elsewhere), failed=failed.append)
    qtbot.waitUntil(lambda: bool(heard.told) and heard.told[-1] == ("opened", "Elsewhere"))
    assert heard.take() == [
        ("accounts_changed", ""),
        ("left", "Elsewhere"),
        ("opening", "Elsewhere"),
        ("opened", "Elsewhere"),
    ]
    here(3)
    assert (taken, done, failed) == ([1, 2], [elsewhere], [])
    current = program.current
    assert current is not None
    account = current.account
    assert account.since, "from now on it is another than any of its name before"
    assert [one.name for one in program.accounts] == ["Practice", "Elsewhere"]

    wanted = replace(account, name="Field work")
    program.change_account(account, wanted, done=done.append, failed=failed.append)
    qtbot.waitUntil(lambda: bool(heard.told) and heard.told[-1] == ("opened", "Field work"))
    assert "left" not in dict(heard.take()), "it is the same account"
    program.replace_keys(program.wanted, keys, done=done.append, failed=failed.append)
    qtbot.waitUntil(lambda: bool(heard.told) and heard.told[-1] == ("opened", "Field work"))
    assert dict(heard.take())["left"] == "Field work"
    program.forget_account(program.wanted, failed=failed.append)
    qtbot.waitUntil(lambda: bool(heard.told) and heard.told[-1] == ("opened", "Practice"))
    told = heard.take()
    assert told[0] == ("left", "Field work"), "at once: nothing more is sent with those keys"
    assert ("forgotten", "Elsewhere") in told
    assert (len(program.accounts), failed) == (1, [])


def test_who_keys_are_and_what_they_see_is_answered_to_the_account_that_asked(
    qtbot: QtBot, program: Program, elsewhere: Account, cloud: PracticeCloud
) -> None:
    found: list[object] = []
    failed: list[Problem] = []
    program.choices(Transport.SQS, done=found.append, failed=failed.append)
    assert found == failed == []
    program.start("")
    qtbot.waitUntil(lambda: program.current is not None)
    program.choices(Transport.SQS, done=found.append, failed=failed.append)
    qtbot.waitUntil(lambda: bool(found))
    details = cloud.details
    right = Credentials(access_key_id=details.access_key_id, secret_access_key=details.secret_access_key)
    program.who_am_i(elsewhere, right, done=found.append, failed=failed.append)
    program.who_am_i(PRACTICE, None, done=found.append, failed=failed.append)
    qtbot.waitUntil(lambda: len(found) == 3)
    assert failed == []
    program.who_am_i(elsewhere, KEYS, done=found.append, failed=failed.append)
    qtbot.waitUntil(lambda: bool(failed))
    shortened: list[bool] = []
    program.history_shortened.connect(lambda: shortened.append(True))
    counts: list[int] = []
    program.forget_seen(None, done=counts.append, failed=failed.append)
    qtbot.waitUntil(lambda: bool(counts))
    assert (counts, shortened) == ([0], [])
    program.add_account(elsewhere, right, done=lambda: None, failed=failed.append)
    qtbot.waitUntil(lambda: program.current is not None and program.current.account.name == "Elsewhere")
    assert cloud.details.secret_access_key in program.secrets()
