# SPDX-License-Identifier: MIT
"""What is sent from this computer, and where it may go."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial
from random import Random

import pytest

from notification_tester.domain.destination import EmailAddress, QueueAddress, TopicAddress, Transport
from notification_tester.domain.events import TEST_ASSIGNMENT_IDS, TEST_HIT_ID, TEST_HIT_TYPE_ID, EventType
from notification_tester.domain.outgoing import (
    DeliveryForm,
    LegacySignature,
    SignatureKind,
    parse_receiver,
    parse_target,
    real_looking,
    service_test,
)
from notification_tester.domain.problem import ProblemError
from notification_tester.domain.web_address import WebAddress

CHANCE = partial(Random, 1)
NOW = datetime(2026, 1, 31, 23, 59, 59, 123456, tzinfo=UTC)
QUEUE = "https://sqs.us-east-1.amazonaws.com/123456789012/q"
TOPIC = "arn:aws:sns:us-east-1:123456789012:lab"
WEB = "http://127.0.0.1:8080/n"
CONSOLE = "https://eu-west-1.console.aws.amazon.com/console/home"

TARGETS = {
    "queue": (QUEUE, DeliveryForm.SQS, QueueAddress),
    "topic": (TOPIC, DeliveryForm.SNS, TopicAddress),
    "web, as a topic": (WEB, DeliveryForm.SNS, WebAddress),
    "REST": (WEB, DeliveryForm.REST, WebAddress),
    "SOAP": (f" <{WEB}> ", DeliveryForm.SOAP, WebAddress),
    "path like a queue": ("http://127.0.0.1:8080/123456789012/q", DeliveryForm.REST, WebAddress),
    "mail": ("ada@example.org", DeliveryForm.EMAIL, EmailAddress),
}


@pytest.mark.parametrize(("text", "form", "kind"), TARGETS.values(), ids=TARGETS)
def test_where_a_form_goes(text: str, form: DeliveryForm, kind: type) -> None:
    assert isinstance(parse_target(text, form), kind)


WRONG = {
    "queue by REST": (QUEUE, DeliveryForm.REST, "This is a queue"),
    "queue by SNS": (QUEUE, DeliveryForm.SNS, "This is a queue"),
    "topic by SOAP": (TOPIC, DeliveryForm.SOAP, "This is a topic"),
    "mailbox by REST": ("ada@example.org", DeliveryForm.REST, "This is an e-mail address"),
    "web by SQS": ("https://example.org/n", DeliveryForm.SQS, "This is not a queue URL"),
    "web by mail": ("https://example.org/n", DeliveryForm.EMAIL, "This is a web address"),
    "no address": ("my topic", DeliveryForm.SNS, "blank"),
    "a name": ("my-topic", DeliveryForm.SNS, "This is not a topic ARN"),
    "no scheme": ("example.org/n", DeliveryForm.REST, "no beginning"),
    "nothing": ("", DeliveryForm.SOAP, "empty"),
    "console by REST": (CONSOLE, DeliveryForm.REST, "a page of Amazon's console"),
    "console by SNS": (CONSOLE, DeliveryForm.SNS, "a page of Amazon's console"),
}


@pytest.mark.parametrize(("text", "form", "title"), WRONG.values(), ids=WRONG)
def test_where_a_form_does_not_go(text: str, form: DeliveryForm, title: str) -> None:
    with pytest.raises(ProblemError) as caught:
        parse_target(text, form)
    assert title in caught.value.problem.title


def test_the_services_own_test_has_two_made_up_assignments() -> None:
    made = service_test(EventType.ASSIGNMENT_SUBMITTED, "2014-08-15", NOW)
    assert [event.assignment_id for event in made.events] == list(TEST_ASSIGNMENT_IDS)
    assert {(event.hit_id, event.hit_type_id, event.at) for event in made.events} == {
        (TEST_HIT_ID, TEST_HIT_TYPE_ID, NOW.replace(microsecond=0))
    }
    assert made.version == "2014-08-15"
    assert len(made.doc_id) == 40
    assert not made.has_real_ids
    assert made.doc_id != service_test(EventType.ASSIGNMENT_SUBMITTED, "2014-08-15", NOW).doc_id


@pytest.mark.parametrize(
    ("event", "form", "types"),
    [
        (EventType.HIT_REVIEWABLE, DeliveryForm.SQS, ["HITReviewable"]),
        (EventType.PING, DeliveryForm.SNS, ["Ping"]),
        (None, DeliveryForm.REST, ["Ping"]),
        (EventType.PING, DeliveryForm.SOAP, ["Ping"]),
        (EventType.HIT_REVIEWABLE, DeliveryForm.REST, ["HITReviewable", "Ping"]),
        (EventType.ASSIGNMENT_ACCEPTED, DeliveryForm.SOAP, ["AssignmentAccepted", "AssignmentAccepted", "Ping"]),
    ],
)
def test_a_ping_stands_in_every_legacy_test(event: EventType | None, form: DeliveryForm, types: list[str]) -> None:
    made = service_test(event, "2006-05-05", NOW, form=form)
    assert [one.event_type for one in made.events] == types


def test_real_looking_events_are_made_up_by_themselves_and_say_so() -> None:
    types = (EventType.HIT_CREATED, EventType.ASSIGNMENT_ACCEPTED, EventType.ASSIGNMENT_SUBMITTED)
    made = real_looking(types, "2006-05-05", now=NOW, chance=CHANCE())
    again = real_looking(types, "2006-05-05", now=NOW, chance=CHANCE())
    created, accepted, submitted = made.events
    assert made == again
    assert not made.has_real_ids
    for one in (created.hit_id, created.hit_type_id, submitted.assignment_id, submitted.worker_id):
        assert one is not None
        assert "MADEUP" in one
        assert one.isalnum()
        assert one.isupper()
    assert created.assignment_id is created.worker_id is None
    assert (accepted.assignment_id, accepted.hit_id) == (submitted.assignment_id, created.hit_id)
    assert submitted.at - created.at == timedelta(seconds=2)
    assert submitted.at == NOW.replace(microsecond=0)


def test_chosen_ids_are_used_one_after_the_other() -> None:
    made = real_looking(
        [EventType.ASSIGNMENT_SUBMITTED] * 3,
        "2006-05-05",
        hit_types=["3TYPE"],
        hits=["3A", "3B"],
        workers=["AW"],
        now=NOW,
        chance=CHANCE(),
    )
    assert [event.hit_id for event in made.events] == ["3A", "3B", "3A"]
    assert {(event.hit_type_id, event.worker_id) for event in made.events} == {("3TYPE", "AW")}
    assert len({event.assignment_id for event in made.events}) == 3
    assert made.has_real_ids


def test_a_second_event_of_a_type_is_about_the_next_hit_and_made_up_ids_have_the_length_of_real_ones() -> None:
    types = [EventType.HIT_CREATED, EventType.HIT_CREATED, EventType.ASSIGNMENT_ACCEPTED]
    first, second, third = real_looking(types, "2006-05-05", now=NOW, chance=CHANCE()).events
    assert first.hit_id == third.hit_id != second.hit_id
    assert first.hit_type_id == second.hit_type_id == third.hit_type_id
    assert [len(one or "") for one in (first.hit_type_id, first.hit_id, third.assignment_id)] == [30, 30, 30]
    assert (len(third.worker_id or ""), (third.worker_id or "")[:7]) == (14, "AMADEUP")
    assert [(NOW.replace(microsecond=0) - one.at).seconds for one in (first, second, third)] == [2, 1, 0]
    chosen = real_looking(types, "2006-05-05", hit_types=["3A", "3B"], now=NOW, chance=CHANCE())
    assert [one.hit_type_id for one in chosen.events] == ["3A", "3B", "3A"]
    for given in ("hit_types", "hits", "assignments", "workers"):
        assert real_looking(types, "2006-05-05", now=NOW, chance=CHANCE(), **{given: ["3X"]}).has_real_ids


def test_another_message_has_an_id_of_its_own_which_is_the_same_each_time() -> None:
    made = service_test(None, "2006-05-05", NOW)
    one, two = (made.another(made.events[:1], number=number) for number in (1, 2))
    assert one == made.another(made.events[:1], number=1)
    assert len({made.doc_id, one.doc_id, two.doc_id}) == 3
    assert [len(each.doc_id) for each in (one, two)] == [40, 40]


def test_which_forms_are_whose() -> None:
    assert [one.is_legacy for one in DeliveryForm] == [False, False, True, True, False]
    transports = [one.transport for one in DeliveryForm]
    assert transports == [Transport.SQS, Transport.SNS, None, None, Transport.EMAIL]
    assert [DeliveryForm.of(one).transport for one in Transport] == list(Transport)


def test_what_is_no_web_receiver_says_what_would_be_one() -> None:
    for form, more in ((DeliveryForm.SNS, ", or to a topic."), (DeliveryForm.REST, "http://.")):
        with pytest.raises(ProblemError) as caught:
            parse_receiver(QUEUE, form)
        assert caught.value.problem.detail.endswith(more)
    with pytest.raises(ProblemError) as caught:
        parse_receiver(CONSOLE, DeliveryForm.REST)
    assert caught.value.problem.remedy == "Give the address of your web receiver."
    page = "https://us-east-1.console.aws.amazon.com/sns/v3/home?region=us-east-1#/topic/" + TOPIC
    with pytest.raises(ProblemError) as caught:
        parse_receiver(page, DeliveryForm.REST)
    assert caught.value.problem.remedy.endswith(f", or send to what the page shows: {TOPIC}")


def test_the_secret_of_a_signature_is_not_shown() -> None:
    assert "hunter2" not in repr(LegacySignature(kind=SignatureKind.RIGHT, secret="hunter2"))
