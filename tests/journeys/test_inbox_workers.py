# SPDX-License-Identifier: MIT
"""Practice's workers, as somebody meets them in the Inbox: what they change, when they work, and when they are done."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from journeys.test_accounts import add_for_session
from journeys.test_history_changes import set_hit_types
from journeys.test_inbox_lists import body
from notification_tester.qt.history.model import Column
from notification_tester.services.inbox import reading as inbox_reading
from notification_tester.storage.queries import CHANGES, HistoryQuery

if TYPE_CHECKING:
    from journeys.person import Person
    from notification_tester.practice.cloud import PracticeCloud
    from notification_tester.qt.inbox.page import InboxPage


@pytest.fixture
def inbox(person: Person, monkeypatch: pytest.MonkeyPatch) -> InboxPage:
    monkeypatch.setattr(inbox_reading, "POLL_SECONDS", 1)
    person.click(person.window.workspace.navigation.buttons["inbox"])
    return person.seen(person.window.workspace.inbox)


def changes(person: Person) -> int:
    session = person.desktop.program.session
    assert session is not None
    assert session.history is not None
    return len(session.history.page(HistoryQuery(kind=CHANGES)))


def test_what_starting_them_sets_is_said_before_and_is_theirs_in_the_history(person: Person, inbox: InboxPage) -> None:
    person.click(inbox.form.follow)
    button = inbox.waiting.button
    person.until(lambda: button.isVisible() and button.isEnabled())
    said = inbox.waiting.text.text()
    assert "Starting the practice workers sets the practice HIT type “" in said
    assert "to tell it" in said
    assert button.text() == "&Start the practice workers"
    person.click(button)
    person.until(lambda: inbox.model.rowCount() > 0)
    history = person.history()
    person.until(lambda: history.model.rowCount() > 0)
    texts = [history.model.index(row, Column.EVENT).data() for row in range(history.model.rowCount())]
    assert "Practice's workers set 1 HIT type" in texts
    assert not any(str(text).startswith("Set ") for text in texts)
    history.table.setCurrentIndex(history.model.index(texts.index("Practice's workers set 1 HIT type"), 0))
    person.until(history.details.isVisible)
    assert "when the practice workers were started" in history.details.change.text()


def test_what_they_sent_is_not_called_a_real_notification(person: Person, inbox: InboxPage) -> None:
    person.click(inbox.form.follow)
    person.until(lambda: inbox.waiting.button.isVisible() and inbox.waiting.button.isEnabled())
    person.click(inbox.waiting.button)
    person.until(inbox.bar.work.isVisible)
    person.cloud.set_workers(speed=2_000.0)
    person.until(lambda: inbox.bar.work.text().startswith("The practice workers have done"))
    told = person.cloud.workers_at(person.cloud.details.queue_url).told
    person.until(lambda: inbox.model.rowCount() == told)
    inbox.table.selectRow(0)
    person.until(inbox.details.isVisible)
    first, second, *_ = inbox.details.about.text().splitlines()
    assert first == "Not a test: from practice's made-up workers."
    assert second.startswith("HIT type: ")


def test_when_they_are_done_is_said_and_they_work_again_without_setting_anything(
    person: Person, inbox: InboxPage
) -> None:
    """Three HIT types are set by a person, and the workers begin by themselves."""
    set_hit_types(person, 3)
    count = changes(person)
    person.cloud.set_workers(speed=20.0)
    person.click(person.window.workspace.navigation.buttons["inbox"])
    person.click(inbox.form.follow)
    person.until(lambda: inbox.model.rowCount() > 0 and inbox.bar.work.isVisible())
    assert inbox.bar.work.text().startswith("The practice workers are at work: 3 HIT types, ")
    assert not inbox.bar.work_again.isVisible(), "they are at it"
    person.cloud.set_workers(speed=2_000.0)
    person.until(lambda: inbox.bar.work.text().startswith("The practice workers have done their work: 3 HIT types, "))
    told = person.cloud.workers_at(person.cloud.details.queue_url).told
    assert inbox.bar.work.text().endswith(f", {told} events.")
    assert inbox.bar.work_again.text() == "Let them &work again"
    person.click(inbox.bar.work_again)
    person.until(lambda: inbox.bar.work.text().endswith(f"done their work: 3 HIT types, {2 * told} events."))
    assert changes(person) == count, "nothing was set for it"


def test_what_a_queue_does_not_let_in_is_said(person: Person, inbox: InboxPage) -> None:
    """Somebody closes it while it is followed: what the workers do then is dropped, as by the real service."""
    person.click(inbox.form.follow)
    person.until(lambda: inbox.waiting.button.isVisible() and inbox.waiting.button.isEnabled())
    person.click(inbox.waiting.button)
    person.cloud.set_workers(speed=2_000.0)
    person.until(lambda: inbox.bar.work.text().startswith("The practice workers have done"))
    before = inbox.bar.work.text()
    told = person.cloud.workers_at(person.cloud.details.queue_url).told
    current = person.desktop.program.current
    assert current is not None
    queue = current.clients.sqs()
    queue.set_queue_attributes(QueueUrl=person.cloud.details.queue_url, Attributes={"Policy": ""})
    person.click(inbox.bar.work_again)
    person.until(
        lambda: inbox.bar.work.text() == f"{before} {told} events since then did not come: they were not let in."
    )


def test_they_may_be_asked_again_where_the_account_was_left_over_the_answer(
    person: Person, cloud: PracticeCloud, inbox: InboxPage
) -> None:
    add_for_session(person, "Elsewhere", cloud)
    person.switch_to("Practice")
    person.click(person.window.workspace.navigation.buttons["inbox"])
    person.click(inbox.form.follow)
    person.until(lambda: inbox.waiting.button.isVisible() and inbox.waiting.button.isEnabled())
    person.click(inbox.waiting.button)
    person.until(inbox.bar.work.isVisible)
    person.cloud.set_workers(speed=2_000.0)
    person.until(inbox.bar.work_again.isVisible)
    person.click(inbox.bar.work_again)
    assert not inbox.bar.work_again.isEnabled(), "they are asked"
    person.switch_to("Elsewhere")
    person.switch_to("Practice")
    person.click(person.window.workspace.navigation.buttons["inbox"])
    person.until(inbox.bar.resume.isVisible)
    person.click(inbox.bar.resume)
    person.until(inbox.bar.work_again.isVisible)
    assert inbox.bar.work_again.isEnabled()


def test_while_it_pauses_none_begins_and_of_opened_messages_none_is_said(person: Person, inbox: InboxPage) -> None:
    person.click(inbox.form.follow)
    person.until(lambda: inbox.waiting.button.isVisible() and inbox.waiting.button.isEnabled())
    person.click(inbox.waiting.button)
    person.until(inbox.bar.work.isVisible)
    person.click(inbox.bar.pause)
    person.until(lambda: not inbox.controller.is_following)
    person.cloud.set_workers(speed=2_000.0)
    person.until(lambda: inbox.bar.work.text().startswith("The practice workers have done"))
    assert not inbox.bar.work_again.isVisible()
    inbox.controller.open_text(body("d1", "AssignmentSubmitted"))
    person.until(lambda: inbox.bar.title.text() == "Opened messages")
    person.until(lambda: not inbox.bar.work.isVisible())
