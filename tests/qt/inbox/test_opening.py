# SPDX-License-Identifier: MIT
"""What is said of messages that were opened: how many, and of what could not be read the first, and how many more."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, cast

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from notification_tester.domain.destination import Transport, parse_destination
from notification_tester.domain.problem import Cause, Problem
from notification_tester.qt.inbox.controller import Following, OpenedPlace
from notification_tester.qt.inbox.opening import MOST_NAMED, clear_question, opened_texts
from notification_tester.qt.looks.formatting import number_text
from notification_tester.services.inbox.opened import Opened
from notification_tester.storage.inbox import Inbox
from storage.test_inbox import message

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from notification_tester.services.accounts import OpenAccount
    from notification_tester.services.inbox.listening import Place

NOTHING = Problem(
    title="This is not a notification.", detail="No event.", remedy="Copy it.", code="x", cause=Cause.INPUT
)


def unreadable(count: int, *, more: int = 0) -> Opened:
    named = tuple((f"rows ({number} of {count + more})", NOTHING) for number in range(1, count + 1))
    return Opened(unreadable=named, more_unreadable=more)


def test_messages_that_are_new_and_known() -> None:
    assert opened_texts(Opened(added=1)) == (("1 message was opened.", ""), None)
    assert opened_texts(Opened(added=2, known=1)) == (("2 messages were opened.", "1 was in the list already."), None)


@pytest.mark.parametrize(
    ("count", "more", "left"),
    [(2, 0, None), (MOST_NAMED, 0, None), (MOST_NAMED + 1, 0, "1"), (100, 0, "95"), (100, 699_900, "699,995")],
)
def test_the_first_are_named_and_the_others_counted(count: int, more: int, left: str | None) -> None:
    said, problem = opened_texts(unreadable(count, more=more))
    assert said is None
    assert problem is not None
    assert problem.title == f"{number_text(count + more)} messages or files could not be read."
    lines = problem.detail.split("\n")
    assert lines[0] == f"rows (1 of {count + more}): {NOTHING.title} {NOTHING.detail}"
    assert problem.remedy == NOTHING.remedy, "once, however many say so"
    told = "" if left is None else number_text(int(left.replace(",", "")))
    assert lines[MOST_NAMED:] == ([] if left is None else [f"And {told} more."])


def test_one_that_could_not_be_read_is_named_and_the_others_are_there() -> None:
    said, problem = opened_texts(Opened(added=3, unreadable=(("shopping.txt", NOTHING),)))
    assert said == ("3 messages were opened.", "")
    assert problem is not None
    assert problem.title == "“shopping.txt” could not be read."
    assert problem.detail.endswith("All the others are in the list.")
    assert problem.remedy == "Copy it."


QUEUE = parse_destination(Transport.SQS, "https://sqs.us-east-1.amazonaws.com/123456789012/lab")


@pytest.mark.parametrize("place", [QUEUE, OpenedPlace(name="Opened messages")], ids=["queue", "opened"])
@pytest.mark.parametrize("use", ["none", "followed", "ending", "read into"])
def test_a_list_is_cleared_and_its_place_removed_where_nothing_is_written_to_it(
    qtbot: QtBot, place: Place | OpenedPlace, use: str
) -> None:
    page, account = QWidget(), cast("OpenAccount", None)  # it asks nothing of it
    done: list[str] = []
    qtbot.addWidget(page)
    with Inbox() as inbox:
        inbox.keep([message(one, one) for one in ("one", "two")])
        following = Following(account, place, inbox, since_now=False)
        following.stop = threading.Event() if use in {"followed", "ending"} else None
        if following.stop is not None and use == "ending":
            following.stop.set()
        following.openings = 1 if use == "read into" else 0
        for number, wanted in ((0, "clear"), (1, "remove")):
            question = clear_question(
                following, page, clear=lambda: done.append("clear"), remove=lambda: done.append("remove")
            )
            question.open()
            assert question.text() == f"Clear the list of {place.name}?"
            removed = "2 messages are removed from this computer, and cannot be brought back."
            stays = " What is in the queue or topic stays as it is." if place is QUEUE else ""
            assert question.informativeText() == removed + stays
            offered = [
                one for one in question.buttons() if question.buttonRole(one) is question.ButtonRole.DestructiveRole
            ]
            texts = ["&Clear the list", "Clear it, and &remove the place"]
            assert [one.text() for one in offered] == (texts if use == "none" else texts[:1])
            if number < len(offered):
                offered[number].click()
                assert done.pop() == wanted
            else:
                QTest.keyClick(question, Qt.Key.Key_Return)
            assert done == []
