# SPDX-License-Identifier: MIT
"""What the window says about other people's messages and its own: true at each moment, and in the history."""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING, Any

from notification_tester.aws.queues import Queue
from notification_tester.domain.delivery import State
from notification_tester.domain.destination import Transport
from notification_tester.practice.faults import Faults
from notification_tester.qt.notification.delivery_lamps import Stage
from notification_tester.services import polls
from notification_tester.services.inbox import reading as inbox_reading
from notification_tester.services.sending import test_send

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pytest

    from journeys.person import Person

NOT_TAKEN_OUT = "it could not be taken out again: These keys may not do this."


def arrived(person: Person) -> str:
    """The sentence beside the second lamp."""
    return person.result.lamps.lamps[Stage.ARRIVED].detail.text()


def test_what_may_not_be_deleted_is_not_called_taken_out(person: Person) -> None:
    person.cloud.set_faults(Faults(denied_actions=("sqs:DeleteMessage",)))
    assert person.send().arrived.state is State.YES
    assert NOT_TAKEN_OUT in arrived(person)
    page = person.history()
    person.until(lambda: page.model.rowCount() == 1 and page.details.isVisible())
    person.until(lambda: NOT_TAKEN_OUT in page.details.lamps.lamps[Stage.ARRIVED].detail.text())


def test_it_is_shown_at_once_and_put_right_when_it_is_known(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(test_send, "GRACE_SECONDS", 0.05)
    delete, goes_on = Queue.delete_messages, threading.Event()

    def delete_late(queue: Queue, receipts: Sequence[str]) -> object:
        goes_on.wait()
        return delete(queue, receipts)

    monkeypatch.setattr(Queue, "delete_messages", delete_late)
    try:
        person.click(person.form.send)
        person.until(lambda: "is being taken out again" in arrived(person))
    finally:
        goes_on.set()
    person.until(lambda: arrived(person).endswith(", and taken out again."))
    person.until(person.form.send.isEnabled)
    assert arrived(person).endswith(", and taken out again.")


def costly_queue(person: Person, *, limit: int) -> str:
    details = person.cloud.details
    current = person.desktop.program.current
    assert current is not None
    sqs = current.clients.sqs()
    sqs.create_queue(QueueName="dead-letters")
    arn = f"arn:aws:sqs:us-east-1:{details.account_id}"
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "mturk-requester.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": f"{arn}:costly",
    }
    attributes: Any = {
        "Policy": json.dumps({"Version": "2012-10-17", "Statement": [statement]}),
        "RedrivePolicy": json.dumps({"deadLetterTargetArn": f"{arn}:dead-letters", "maxReceiveCount": limit}),
    }
    url = sqs.create_queue(QueueName="costly", Attributes=attributes)["QueueUrl"]
    for number in range(3):
        sqs.send_message(QueueUrl=url, MessageBody=f"somebody's work {number}")
    return url


def counts(person: Person, url: str) -> tuple[int, int]:
    current = person.desktop.program.current
    assert current is not None
    names: Any = ["All"]
    found = current.clients.sqs().get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
    return int(found["ApproximateNumberOfMessages"]), int(found["ApproximateNumberOfMessagesNotVisible"])


def test_a_queue_with_a_dead_letter_queue_is_looked_into_after_a_word(person: Person) -> None:
    url = costly_queue(person, limit=20)
    person.type_destination(url)
    outcome = person.send()
    assert (outcome.accepted.state, outcome.arrived.state) == (State.YES, State.UNKNOWN)
    assert "3 messages are in it now" in person.result.problem.detail.text()
    assert "“dead-letters”" in person.result.problem.detail.text()
    person.click(person.result.problem.buttons["read-anyway"])
    person.until(lambda: person.form.send.isEnabled() and person.outcome().arrived.state is State.YES)
    assert "3 other messages were left alone" in arrived(person) or "4 other messages were left alone" in arrived(
        person
    )
    person.until(lambda: counts(person, url) in {(3, 0), (4, 0)})


def test_a_costly_queue_that_the_inbox_follows_tells_the_test_what_came(person: Person) -> None:
    url = costly_queue(person, limit=20)
    person.click(person.window.workspace.navigation.buttons["inbox"])
    page = person.seen(person.window.workspace.inbox)
    page.form.destination.set_text(url)
    person.click(page.form.follow)
    person.until(lambda: "anyway" in page.problem.buttons)
    person.click(page.problem.buttons["anyway"])
    person.until(lambda: page.model.rowCount() == 3)
    person.click(person.window.workspace.navigation.buttons["test"])
    person.type_destination(url)
    outcome = person.send()
    assert outcome.arrived.state is State.YES
    assert "by Inbox" in arrived(person)
    assert not person.result.problem.isVisible()


def test_an_outage_is_told_while_following_and_is_over_when_it_is(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox_reading, "POLL_SECONDS", 1)
    monkeypatch.setattr(polls, "FIRST_PAUSE", 0.1)
    person.click(person.window.workspace.navigation.buttons["inbox"])
    page = person.seen(person.window.workspace.inbox)
    current = person.desktop.program.current
    assert current is not None
    current.clients.sqs().send_message(QueueUrl=person.cloud.details.queue_url, MessageBody="somebody's work")
    person.click(page.form.follow)
    person.until(lambda: page.model.rowCount() == 1)
    person.cloud.set_faults(Faults(no_network=True))
    person.until(page.bar.trouble.isVisible)
    assert "It is tried again by itself." in page.bar.trouble.text()
    person.cloud.set_faults(Faults())
    person.until(lambda: not page.bar.trouble.isVisible())
    person.cloud.set_faults(Faults(no_network=True))
    person.until(page.bar.trouble.isVisible)
    person.click(page.bar.pause)
    person.until(page.bar.resume.isVisible)
    person.until(page.bar.trouble.isVisible)
    assert "could not be read any more when that ended" in page.bar.trouble.text()
    person.cloud.set_faults(Faults())


def test_a_temporary_queue_that_stays_is_not_called_removed(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inbox_reading, "POLL_SECONDS", 1)
    person.click(person.window.workspace.navigation.buttons["inbox"])
    page = person.seen(person.window.workspace.inbox)
    person.click(page.form.choice.button(Transport.SNS.value))
    current = person.desktop.program.current
    assert current is not None
    sns = current.clients.sns()
    person.click(page.form.follow)
    person.until(lambda: len(sns.list_subscriptions()["Subscriptions"]) == 2)
    person.cloud.set_faults(Faults(denied_actions=("sqs:DeleteQueue",)))
    person.click(page.bar.pause)
    person.until(page.bar.resume.isVisible)
    person.until(lambda: "A temporary queue could not be removed." in page.bar.state.text())
    person.cloud.set_faults(Faults())
