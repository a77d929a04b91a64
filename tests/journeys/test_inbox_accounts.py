# SPDX-License-Identifier: MIT
"""The Inbox follows what it names, and what it shows belongs to the account that follows."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import psutil
import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog

from journeys.test_accounts import add_for_session
from journeys.test_another_account import OTHER, elsewhere, forget, two
from journeys.test_inbox import counts, inbox, is_following
from notification_tester.domain.destination import Transport
from notification_tester.qt.app.navigation import INBOX

if TYPE_CHECKING:
    from journeys.person import Person
    from notification_tester.practice.cloud import PracticeCloud
    from notification_tester.qt.inbox.page import InboxPage

__all__ = ["elsewhere", "inbox", "two"]


def put(person: Person, url: str, text: str) -> None:
    current = person.desktop.program.current
    assert current is not None
    current.clients.sqs().send_message(QueueUrl=url, MessageBody=text)


def queue(person: Person, name: str, **attributes: str) -> str:
    current = person.desktop.program.current
    assert current is not None
    asked: Any = attributes
    made = current.clients.sqs().create_queue(QueueName=name, Attributes=asked)
    return str(made["QueueUrl"])


def follow(person: Person, inbox: InboxPage, url: str) -> None:
    inbox.form.destination.set_text(url)
    person.click(inbox.form.follow)
    person.until(lambda: is_following(person))


def pause(person: Person, inbox: InboxPage) -> None:
    person.click(inbox.bar.pause)
    person.until(lambda: not is_following(person))


def followed(person: Person) -> str:
    page = person.window.workspace.inbox.page
    assert page is not None
    assert page.controller.destination is not None
    return page.controller.destination.text


def test_follow_again_follows_what_the_bar_names(person: Person, inbox: InboxPage) -> None:
    one, another = queue(person, "one"), queue(person, "another")
    put(person, one, "first")
    follow(person, inbox, one)
    person.until(lambda: inbox.model.rowCount() == 1)
    pause(person, inbox)
    person.click(inbox.places.other)
    inbox.form.destination.set_text(another)
    person.click(inbox.form.choice.button(Transport.SNS.value))
    person.click(inbox.form.back)
    assert "one" in inbox.bar.title.text()
    person.click(inbox.bar.resume)
    person.until(lambda: counts(person, one) == (0, 1))
    assert followed(person) == one
    assert "Following one" in inbox.bar.title.text()
    assert inbox.model.rowCount() == 1, "the list is the same, and is not begun anew"
    assert inbox.status.text() == "1 message"
    assert counts(person, another) == (0, 0)


def test_follow_again_passes_over_what_it_passed_over_before(person: Person, inbox: InboxPage) -> None:
    url = queue(person, "one")
    inbox.form.since_now.setChecked(True)
    follow(person, inbox, url)
    put(person, url, "new")
    person.until(lambda: inbox.model.rowCount() == 1)
    pause(person, inbox)
    person.click(inbox.places.other)
    inbox.form.since_now.setChecked(False)
    person.click(inbox.form.back)
    person.click(inbox.bar.resume)
    person.until(lambda: is_following(person))
    assert inbox.controller.following is not None
    assert inbox.controller.following.since_now


def test_all_the_same_is_about_the_place_that_was_warned_of(person: Person, inbox: InboxPage) -> None:
    arn = f"arn:aws:sqs:us-east-1:{person.cloud.details.account_id}:dead"
    queue(person, "dead")
    redrive = json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": 2})
    costly, other = (queue(person, name, RedrivePolicy=redrive) for name in ("costly", "other"))
    put(person, costly, "first")
    put(person, other, "first")
    inbox.form.destination.set_text(costly)
    person.click(inbox.form.follow)
    person.until(lambda: "anyway" in inbox.problem.buttons)
    inbox.form.destination.set_text(other)
    assert not inbox.problem.isVisible(), "the leave was asked for another queue"
    inbox.form.destination.set_text(costly)
    person.click(inbox.form.follow)
    person.until(lambda: "anyway" in inbox.problem.buttons)
    person.click(inbox.problem.buttons["anyway"])
    person.until(lambda: is_following(person))
    assert followed(person) == costly
    pause(person, inbox)
    person.click(inbox.bar.resume)
    person.until(lambda: counts(person, costly) == (0, 1))
    assert not inbox.problem.isVisible(), "the leave that was given for this queue still holds"


@pytest.fixture
def page(two: Person, monkeypatch: pytest.MonkeyPatch) -> InboxPage:
    """The page Inbox of somebody with two accounts."""
    from notification_tester.services.inbox import reading as inbox_reading

    monkeypatch.setattr(inbox_reading, "POLL_SECONDS", 1)
    two.window.workspace.go_to(INBOX)
    return two.seen(two.window.workspace.inbox)


def test_the_list_leaves_with_its_account_and_comes_back_with_it(two: Person, page: InboxPage) -> None:
    url = queue(two, "one")
    put(two, url, "first")
    follow(two, page, url)
    two.until(lambda: page.model.rowCount() == 1)
    page.table.selectRow(0)
    two.until(page.details.isVisible)
    page.filter.search.setText("fir")
    bar = two.window.workspace.problems

    two.choose_account(OTHER)
    assert page.model.rowCount() == 0
    assert page.filter.search.text() == ""
    assert page.status.text() == ""
    assert not page.details.isVisible()
    assert page.form.isVisible()
    assert not page.form.back.isVisible()
    assert bar.title.text() == "The Inbox follows one no more."
    assert "“Practice”" in bar.detail.text()
    two.until_open(OTHER)
    assert page.form.destination.text() == ""

    two.switch_to("Practice")
    assert not bar.isVisible()
    two.until(lambda: page.model.rowCount() == 1)
    two.until(lambda: not is_following(two))
    two.until(lambda: page.bar.title.text() == "Paused: one")
    assert "Following ended when another account was opened." in page.bar.state.text()
    assert counts(two, url) == (1, 0), "it was given back"
    assert page.status.text() == "1 message"
    two.click(page.bar.resume)
    two.until(lambda: counts(two, url) == (0, 1))
    assert page.model.rowCount() == 1


def test_what_is_asked_for_a_file_closes_with_the_account(two: Person, page: InboxPage) -> None:
    def asked() -> list[QFileDialog]:
        return [one for one in two.window.findChildren(QFileDialog) if one.isVisible()]

    two.click(page.places.open)
    assert len(asked()) == 1
    two.choose_account(OTHER)
    assert asked() == []
    two.until_open(OTHER)
    two.switch_to("Practice")
    url = queue(two, "one")
    put(two, url, "first")
    follow(two, page, url)
    two.until(lambda: page.model.rowCount() == 1)
    two.click(page.export)
    assert len(asked()) == 1
    two.choose_account(OTHER)
    assert asked() == []
    two.until_open(OTHER)
    assert not page.note.isVisible()


def test_another_account_can_follow_at_once(two: Person, page: InboxPage) -> None:
    """Even where what the one before held is still being given back."""
    first = queue(two, "one")
    put(two, first, "of practice")
    follow(two, page, first)
    two.until(lambda: page.model.rowCount() == 1)
    two.switch_to(OTHER)
    second = queue(two, "journey-inbox")
    put(two, second, "of elsewhere")
    try:
        follow(two, page, second)
        two.until(lambda: page.model.rowCount() == 1)
        two.until(lambda: page.status.text() == "1 message")
        assert followed(two) == second
        two.switch_to("Practice")
        two.until(lambda: page.model.rowCount() == 1)
        two.until(lambda: page.bar.title.text() == "Paused: one")
    finally:
        two.switch_to(OTHER)
        current = two.desktop.program.current
        assert current is not None
        current.clients.sqs().delete_queue(QueueUrl=second)


def test_an_account_that_is_added_again_has_no_list(two: Person, page: InboxPage, elsewhere: PracticeCloud) -> None:
    two.switch_to(OTHER)
    follow(two, page, elsewhere.details.queue_url)
    pause(two, page)
    forget(two, OTHER)
    add_for_session(two, OTHER, elsewhere)
    assert page.form.isVisible()
    assert page.form.destination.text() == ""
    assert page.controller.destination is None


def test_trouble_of_a_place_waits_for_its_account(two: Person, page: InboxPage) -> None:
    url = f"{two.cloud.details.queue_url}-gone"
    page.form.destination.set_text(url)
    two.click(page.form.follow)
    two.choose_account(OTHER)
    two.until_open(OTHER)
    two.until(lambda: not two.desktop.tasks.is_busy)
    assert not page.problem.isVisible()
    bar = two.window.workspace.problems
    two.click(bar.dismiss)
    assert not bar.isVisible()
    two.switch_to("Practice")
    two.until(bar.isVisible)
    assert "queue" in bar.title.text()


def test_what_is_typed_while_an_account_is_opened_stays(two: Person, page: InboxPage) -> None:
    edit = page.form.destination.edit
    two.choose_account(OTHER)
    QTest.keyClicks(edit, "http://127.0.0.1:1/123456789012/mine")
    assert two.desktop.program.current is None, "it is still being opened"
    two.until_open(OTHER)
    assert page.form.destination.text() == "http://127.0.0.1:1/123456789012/mine"
    two.switch_to("Practice")
    assert page.form.destination.text() == two.cloud.details.queue_url


def test_a_list_of_practice_outlives_its_process(two: Person, page: InboxPage) -> None:
    url = queue(two, "one")
    put(two, url, "first")
    follow(two, page, url)
    two.until(lambda: page.model.rowCount() == 1)
    pause(two, page)
    before = two.cloud
    psutil.Process(before.process_id).kill()
    two.choose_account("Practice")  # which finds out
    two.until(lambda: two.desktop.program.current is not None and two.cloud is not before)
    two.switch_to(OTHER)
    two.switch_to("Practice")
    two.until(lambda: page.model.rowCount() == 1)
    assert page.bar.title.text() == "Paused: one"
    assert not page.form.isVisible()


def test_nothing_is_called_held_once_the_queue_is_gone(two: Person, page: InboxPage) -> None:
    url = queue(two, "goes")
    put(two, url, "first")
    follow(two, page, url)
    two.until(lambda: "Nothing is removed. Other programs" in page.bar.state.text())
    current = two.desktop.program.current
    assert current is not None
    current.clients.sqs().delete_queue(QueueUrl=url)
    two.until(lambda: page.bar.title.text() == "Paused: goes")
    assert page.problem.isVisible()
    assert page.bar.state.text() == ""


def test_what_is_passed_over_is_asked_anew_of_another_account(two: Person, page: InboxPage) -> None:
    page.form.since_now.setChecked(True)
    two.choose_account(OTHER)
    assert not page.form.since_now.isChecked()
