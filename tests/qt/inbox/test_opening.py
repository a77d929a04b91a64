# SPDX-License-Identifier: MIT
"""What is said of messages that were opened: how many, and of what could not be read the first, and how many more."""

from __future__ import annotations

import pytest

from notification_tester.domain.problem import Cause, Problem
from notification_tester.qt.inbox.opening import MOST_NAMED, opened_texts
from notification_tester.qt.looks.formatting import number_text
from notification_tester.services.inbox.opened import Opened

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
