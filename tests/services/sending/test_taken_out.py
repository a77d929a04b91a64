# SPDX-License-Identifier: MIT
"""Taking a test out of the queue again: it is said once it has happened, and only then."""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING, Any

import pytest

from notification_tester import cli
from notification_tester.domain.delivery import State
from notification_tester.domain.events import SUBSCRIBABLE
from notification_tester.practice.faults import Faults
from notification_tester.services.sending import test_send, watchers
from notification_tester.services.sending.test_send import Progress, Stage
from services.parts import LONG, SUBMITTED, body_of_test, until
from services.relay import LOST, Passed, Relay, Said, opened_through, refusal, relay_before

if TYPE_CHECKING:
    from collections.abc import Iterator

    from services.parts import Desk

NOT_TAKEN_OUT = "it could not be taken out again: "
NOT_KNOWN = "whether it was taken out again is not known: "


@pytest.fixture
def relay(desk: Desk) -> Iterator[Relay]:
    """All calls of the desk go through it."""
    with relay_before(desk.cloud.details) as made, opened_through(made, desk.opened) as opened:
        desk.opened = opened
        yield made
        made.pass_all()
        desk.tests.close()


def test_what_may_not_be_deleted_is_not_called_taken_out(desk: Desk) -> None:
    url = desk.cloud.details.queue_url
    desk.outside.sqs.send_message(QueueUrl=url, MessageBody="somebody's work")
    desk.cloud.set_faults(Faults(denied_actions=("sqs:DeleteMessage",)))
    outcome = desk.send()
    desk.tests.close()
    assert outcome.is_good  # it was accepted, it arrived, and it is the right one
    assert NOT_TAKEN_OUT in outcome.arrived.detail
    assert "These keys may not do this." in outcome.arrived.detail
    assert "taken out again." not in outcome.arrived.detail.replace(NOT_TAKEN_OUT, "")
    assert desk.row(outcome).arrived.detail == outcome.arrived.detail
    assert desk.outside.counts(url) == (2, 0)  # both are back, and at once
    desk.cloud.set_faults(Faults())
    assert sorted(desk.outside.bodies(url)) == sorted([outcome.raw, "somebody's work"])


def test_an_entry_that_fails_once_is_tried_again(desk: Desk) -> None:
    desk.cloud.set_faults(Faults(entries_fail_next=1))
    outcome = desk.send()
    assert outcome.arrived.detail.endswith(", and taken out again.")
    assert desk.outside.counts(desk.cloud.details.queue_url) == (0, 0)


def test_an_entry_that_fails_inside_a_good_answer_is_seen(desk: Desk) -> None:
    desk.cloud.set_faults(Faults(entries_fail_next=2))
    outcome = desk.send()
    desk.tests.close()
    assert f"{NOT_TAKEN_OUT}SQS at 127.0.0.1:" in outcome.arrived.detail
    assert " has trouble of its own." in outcome.arrived.detail
    assert desk.outside.counts(desk.cloud.details.queue_url) == (1, 0)


@pytest.mark.parametrize(
    ("said", "became"),
    [
        pytest.param(Said(200, {"Successful": [], "Failed": []}), NOT_KNOWN, id="says-nothing-of-it"),
        pytest.param(Said(200, {"Successful": [{"Id": "7"}], "Failed": []}), NOT_KNOWN, id="another-entry"),
        pytest.param(
            Said(
                200, {"Successful": [], "Failed": [{"Id": "0", "SenderFault": True, "Code": "ReceiptHandleIsInvalid"}]}
            ),
            NOT_TAKEN_OUT,
            id="receipt-is-not-known",
        ),
        pytest.param(refusal("KmsAccessDenied"), NOT_TAKEN_OUT, id="key"),
        pytest.param(refusal("AWS.SimpleQueueService.NonExistentQueue"), NOT_TAKEN_OUT, id="queue-is-gone"),
        pytest.param(Said(503, "<html>busy</html>"), NOT_KNOWN, id="gateway"),
        pytest.param(Said(), NOT_KNOWN, id="no-answer"),
    ],
)
def test_deletion_that_is_not_confirmed(desk: Desk, relay: Relay, said: Said, became: str) -> None:
    relay.fail("DeleteMessageBatch", said=said)
    outcome = desk.send()
    assert outcome.arrived.state is State.YES
    assert became in outcome.arrived.detail
    desk.tests.close()
    assert desk.row(outcome).arrived.detail == outcome.arrived.detail


def test_one_that_may_not_be_deleted_stays_whatever_becomes_of_those_with_it(desk: Desk, relay: Relay) -> None:
    """Of those that are tried once more the queue confirms all; of the one that is not, it has said no."""

    def refuse_one_for_good(call: Passed) -> Said | None:
        ids = [one["Id"] for one in call.members["Entries"]]
        if refused or len(ids) == 1:
            return None
        refused.append(ids[0])
        codes = ["AccessDenied", *["InternalError"] * (len(ids) - 1)]
        failed = [{"Id": one, "SenderFault": False, "Code": code} for one, code in zip(ids, codes, strict=True)]
        return Said(200, {"Successful": [], "Failed": failed})

    refused: list[str] = []
    relay.rules["DeleteMessageBatch"] = refuse_one_for_good
    outcomes = desk.sweep(desk.spec(events=SUBSCRIBABLE), SUBSCRIBABLE)
    desk.tests.close()
    assert refused
    stayed = [one.raw for one in outcomes if NOT_TAKEN_OUT in one.arrived.detail]
    assert sorted(desk.outside.bodies(desk.cloud.details.queue_url)) == stayed != []


def test_a_deletion_whose_answer_was_lost_is_not_known_whatever_is_said_of_it_later(desk: Desk, relay: Relay) -> None:
    answers = iter([LOST, refusal("AccessDeniedException", status=403)])
    relay.rules["DeleteMessageBatch"] = lambda _: next(answers)
    outcome = desk.send()
    desk.tests.close()
    assert NOT_KNOWN in outcome.arrived.detail
    assert desk.outside.counts(desk.cloud.details.queue_url) == (0, 0)  # it was, the first time


@pytest.mark.parametrize(
    ("said", "became"),
    [
        pytest.param(Said(), ", and at least 0 of 2 taken out again. ", id="not-known"),
        pytest.param(
            refusal("AccessDeniedException", status=403),
            ", and 0 of 2 taken out again. These keys may not do this.",
            id="refused",
        ),
    ],
)
def test_where_two_came_it_is_said_how_many_are_gone_and_why_not_more(
    desk: Desk, relay: Relay, said: Said, became: str
) -> None:
    url = desk.cloud.details.queue_url
    for document in ("a" * 40, "b" * 40):
        desk.outside.sqs.send_message(QueueUrl=url, MessageBody=body_of_test(document=document))
    desk.cloud.set_faults(Faults(lose_next=1))
    relay.fail("DeleteMessageBatch", said=said)
    outcome = desk.send()
    desk.tests.close()
    assert became in outcome.arrived.detail
    assert desk.outside.counts(url) == (2, 0)


def test_of_many_those_are_said_to_stay_that_do(desk: Desk, relay: Relay) -> None:
    def refuse_the_first(_: Passed) -> Said | None:
        is_first = relay.count("DeleteMessageBatch") == 1
        return refusal("AccessDeniedException", status=403) if is_first else None

    relay.rules["DeleteMessageBatch"] = refuse_the_first
    outcomes = desk.sweep(desk.spec(events=SUBSCRIBABLE), SUBSCRIBABLE)
    desk.tests.close()
    stayed = [one for one in outcomes if NOT_TAKEN_OUT in one.arrived.detail]
    gone = [one for one in outcomes if ", and taken out again." in one.arrived.detail]
    assert stayed
    assert len(stayed) + len(gone) == len(SUBSCRIBABLE)
    assert sorted(desk.outside.bodies(desk.cloud.details.queue_url)) == sorted(one.raw for one in stayed)


def test_what_is_met_while_some_are_taken_out_goes_together(desk: Desk, relay: Relay) -> None:
    def delete_when_all_are_met(_: Passed) -> None:
        assert until(lambda: sum(one.stage is Stage.REMOVING for one in desk.news) == len(SUBSCRIBABLE))

    relay.rules["DeleteMessageBatch"] = delete_when_all_are_met
    outcomes = desk.sweep(desk.spec(events=SUBSCRIBABLE), SUBSCRIBABLE)
    desk.tests.close()
    assert all(one.arrived.detail.endswith(", and taken out again.") for one in outcomes)
    assert desk.outside.counts(desk.cloud.details.queue_url) == (0, 0)
    assert relay.count("DeleteMessageBatch") <= 3  # of ten at the most


def test_it_is_shown_at_once_and_said_when_it_is_known(
    desk: Desk, relay: Relay, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(test_send, "GRACE_SECONDS", 0.05)
    told = threading.Event()

    def delete_later(_: Passed) -> None:
        told.wait(LONG)

    def look(news: Progress) -> None:
        desk.news.append(news)
        if news.stage is Stage.REMOVING:
            told.set()

    relay.rules["DeleteMessageBatch"] = delete_later
    outcome = desk.send(progress=look)
    stages = [one.stage for one in desk.news]
    assert stages == [Stage.PREPARING, Stage.SENDING, Stage.WAITING, Stage.REMOVING, Stage.DONE]
    seen = desk.news[3].outcome
    assert seen.is_good
    assert seen.arrived.detail.endswith("; it is being taken out again.")
    assert outcome.arrived.detail.endswith(", and taken out again.")
    assert outcome.arrived.seconds == seen.arrived.seconds  # when it was seen, not when it was taken out
    row = desk.row(outcome)
    assert row.seconds == row.arrived.seconds == seen.arrived.seconds, "the history tells the same figure"


@pytest.mark.parametrize("answered", [True, False], ids=["answered", "the answer was lost"])
@pytest.mark.parametrize("gives_up", ["the program", "the person"])
def test_what_is_not_known_in_the_end_is_called_so(
    desk: Desk, relay: Relay, monkeypatch: pytest.MonkeyPatch, gives_up: str, *, answered: bool
) -> None:
    monkeypatch.setattr(test_send, "GRACE_SECONDS", 0.05)
    monkeypatch.setattr(test_send, "REMOVAL_SECONDS", 0.3 if gives_up == "the program" else LONG)
    monkeypatch.setattr(watchers, "SECOND_MESSAGE_SECONDS", 0.1)
    if not answered:
        relay.fail("SendTestEventNotification", said=LOST)
    answer, stop = threading.Event(), threading.Event()

    def delete_later(_: Passed) -> None:
        answer.wait(LONG)

    def look(news: Progress) -> None:
        if news.stage is Stage.REMOVING and gives_up == "the person":
            stop.set()

    relay.rules["DeleteMessageBatch"] = delete_later
    outcome = desk.send(progress=look, stop=stop)
    answer.set()
    desk.tests.close()
    assert outcome.arrived.state is (State.YES if answered else State.UNKNOWN)
    assert f"; {NOT_KNOWN}the queue had not answered when the test ended." in outcome.arrived.detail
    assert desk.row(outcome).arrived.detail == outcome.arrived.detail


def test_a_copy_that_comes_a_moment_later_is_taken_out_too(desk: Desk, relay: Relay) -> None:
    url = desk.cloud.details.queue_url
    polls: list[int] = []

    def put(news: Progress) -> None:
        if news.stage is Stage.WAITING:
            polls.append(relay.count("ReceiveMessage"))
            desk.outside.sqs.send_message(QueueUrl=url, MessageBody=body_of_test())

    def copy_once(_: Passed) -> None:
        if relay.count("DeleteMessageBatch") == 1:
            until(lambda: relay.count("ReceiveMessage") > polls[0], seconds=0.3)  # nobody looks before it is deleted
            desk.outside.sqs.send_message(QueueUrl=url, MessageBody=body_of_test())

    desk.cloud.set_faults(Faults(lose_next=1))
    relay.rules["DeleteMessageBatch"] = copy_once
    assert desk.send(progress=put).is_good
    desk.tests.close()
    assert desk.outside.counts(url) == (0, 0)


def test_the_command_line_says_it_too(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    details = desk.cloud.details
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", details.access_key_id)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", details.secret_access_key)
    for service in ("MTURK", "SQS", "SNS", "STS"):
        monkeypatch.setenv(f"AWS_ENDPOINT_URL_{service}", details.aws_endpoint)
    desk.cloud.set_faults(Faults(denied_actions=("sqs:DeleteMessage",)))
    words = ["send", "--account", "environment", "--transport", "SQS", "--destination", details.queue_url]
    cli.main([*words, "--event", SUBMITTED.value, "--json"], self_check=lambda _: 1)
    printed: Any = json.loads(capsys.readouterr().out)
    assert printed["arrived"]["state"] == "yes"
    assert NOT_TAKEN_OUT in printed["arrived"]["detail"]
    desk.cloud.set_faults(Faults())
    assert until(lambda: desk.outside.counts(details.queue_url) == (1, 0))


def test_what_is_kept_is_not_deleted_and_visible_at_once(desk: Desk, relay: Relay) -> None:
    outcome = desk.send(remove_afterwards=False)
    assert outcome.arrived.detail == "Seen in practice-results, and left there."
    desk.tests.close()
    assert relay.count("DeleteMessageBatch") == 0
    assert desk.outside.counts(desk.cloud.details.queue_url) == (1, 0)
