# SPDX-License-Identifier: MIT
"""Messages that break receivers: each is what its title says, in every form that it has."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from notification_tester.domain.events import EventType
from notification_tester.domain.messages.draft import Draft, Expectation
from notification_tester.domain.messages.message import decode
from notification_tester.domain.messages.scenarios import SCENARIOS, Scenario, drafts, parse_scenario
from notification_tester.domain.outgoing import (
    DeliveryForm,
    LegacySignature,
    SignatureKind,
    Target,
    parse_target,
    service_test,
)
from notification_tester.domain.problem import ProblemError

if TYPE_CHECKING:
    from notification_tester.domain.messages.decoded import DecodedMessage

NOW = datetime(2026, 1, 31, 23, 59, 59, tzinfo=UTC)
PLACES = {
    "queue": ("https://sqs.us-east-1.amazonaws.com/123456789012/q", DeliveryForm.SQS),
    "topic": ("arn:aws:sns:us-east-1:123456789012:lab", DeliveryForm.SNS),
    "web": ("http://127.0.0.1:8080/n", DeliveryForm.SNS),
    "REST": ("http://127.0.0.1:8080/n", DeliveryForm.REST),
    "SOAP": ("http://127.0.0.1:8080/n", DeliveryForm.SOAP),
    "mail": ("ada@example.org", DeliveryForm.EMAIL),
}
SIGNATURE = LegacySignature(kind=SignatureKind.RIGHT, secret="s3cr3t")


def target(place: str) -> tuple[Target, DeliveryForm]:
    text, form = PLACES[place]
    return parse_target(text, form), form


def made(
    place: str, scenario: Scenario | None, event: EventType = EventType.ASSIGNMENT_SUBMITTED, *, largest: int = 0
) -> tuple[Draft, ...]:
    to, form = target(place)
    notification = service_test(event, "2006-05-05", NOW, form=form)
    return drafts(scenario, notification, to, form, now=NOW, largest=largest, signature=SIGNATURE)


def text_of(draft: Draft) -> str:
    """What the receiver gets, as text."""
    if draft.envelope is not None:
        return json.dumps(dict(draft.envelope))
    return draft.query or draft.body.decode()


def read(draft: Draft) -> DecodedMessage:
    return decode(text_of(draft))


FITTING = [
    pytest.param(place, scenario, id=f"{scenario.name} {place}")
    for place in PLACES
    for scenario in SCENARIOS
    if scenario.fits(target(place)[1], target(place)[0])
]


@pytest.mark.parametrize(
    ("status", "fitting"),
    [
        (199, set()),
        (200, {Expectation.TAKES, Expectation.ANSWERS}),
        (299, {Expectation.TAKES, Expectation.ANSWERS}),
        (300, set()),
        (399, set()),
        (400, {Expectation.REFUSES, Expectation.ANSWERS}),
        (499, {Expectation.REFUSES, Expectation.ANSWERS}),
        (500, set()),
    ],
)
def test_which_status_is_as_expected(status: int, fitting: set[Expectation]) -> None:
    assert {one for one in Expectation if one.fits(status)} == fitting


@pytest.mark.parametrize(("place", "scenario"), FITTING)
def test_every_scenario_says_what_it_is_and_carries_no_secret(place: str, scenario: Scenario) -> None:
    found = made(place, scenario)
    assert found
    assert scenario.why.endswith(".")
    for draft in found:
        assert draft.what.endswith(".")
        assert draft.form is PLACES[place][1]
        assert "s3cr3t" not in repr(draft) + text_of(draft)
        assert decode(text_of(draft)).as_json()


@pytest.mark.parametrize("place", PLACES)
def test_the_message_alone_is_the_test(place: str) -> None:
    (draft,) = made(place, None)
    message = read(draft)
    assert message.problem is None
    assert message.is_known_test
    assert message.tested_event == "AssignmentSubmitted"
    assert draft.expects is Expectation.TAKES


def one(place: str, name: str) -> DecodedMessage:
    (draft,) = made(place, parse_scenario(name))
    return read(draft)


@pytest.mark.parametrize("place", PLACES)
def test_several_events_late_unknown_and_without_assignment(place: str) -> None:
    assert [event.event_type for event in one(place, "several").events] == [
        "AssignmentAccepted",
        "AssignmentSubmitted",
        "HITReviewable",
    ]
    late = one(place, "late").events[0].event_timestamp
    assert late == f"{NOW - timedelta(hours=6):%Y-%m-%dT%H:%M:%SZ}"
    assert one(place, "unknown-event").events[0].event_type not in set(EventType)
    assert [event.assignment_id for event in one(place, "no-assignment").events] == [None]
    assert "NewField" in one(place, "unknown-fields").events[0].extra


@pytest.mark.parametrize("place", PLACES)
def test_twice_is_the_same_and_out_of_order_is_the_later_first(place: str) -> None:
    first, second = made(place, parse_scenario("twice"))
    assert text_of(first) == text_of(second)
    later, earlier = (read(draft) for draft in made(place, parse_scenario("out-of-order")))
    assert (later.tested_event, earlier.tested_event) == ("AssignmentSubmitted", "AssignmentAccepted")
    assert later.events[0].event_timestamp > earlier.events[0].event_timestamp  # type: ignore[operator]
    assert later.events[0].assignment_id == earlier.events[0].assignment_id
    assert later.event_doc_id is None or later.event_doc_id != earlier.event_doc_id


@pytest.mark.parametrize("event", [EventType.HIT_EXPIRED, EventType.ASSIGNMENT_RETURNED, EventType.PING])
@pytest.mark.parametrize(
    ("place", "largest"),
    [(place, size) for place in ("queue", "topic", "web", "REST", "SOAP") for size in (1_501, 8_000, 20_003)]
    + [("queue", 1_048_576), ("topic", 262_144)],
)
def test_the_largest_fills_the_destination_to_the_byte(place: str, largest: int, event: EventType) -> None:
    (draft,) = made(place, parse_scenario("largest"), event, largest=largest)
    assert len(draft.query or draft.body) == largest
    message = read(draft)
    assert message.problem is None
    assert len(message.events) > 1
    assert {one.event_type for one in message.events} == {event.value}


def test_a_destination_for_which_everything_is_too_large() -> None:
    with pytest.raises(ProblemError, match="takes no message"):
        made("queue", parse_scenario("largest"), largest=20)


def test_event_time() -> None:
    for place in ("queue", "topic", "web"):
        (draft,) = made(place, parse_scenario("event-time"))
        text = (draft.envelope or {}).get("Message") or draft.body.decode()
        assert "EventTimestamp" not in text
        assert read(draft).events[0].event_timestamp == "2026-01-31T23:59:59Z"


@pytest.mark.parametrize("place", ["queue", "topic", "web", "REST", "SOAP"])
def test_what_cannot_be_read_and_what_is_empty(place: str) -> None:
    for draft in (*made(place, parse_scenario("not-json")), *made(place, parse_scenario("empty"))):
        assert not read(draft).events
        assert draft.expects is Expectation.ANSWERS
        assert draft.body or place not in {"queue", "topic"}  # neither takes a text of no characters


def test_envelopes_of_a_web_receiver() -> None:
    for name, kind in (
        ("subscription-confirmation", "SubscriptionConfirmation"),
        ("unsubscribe-confirmation", "UnsubscribeConfirmation"),
        ("wrong-signature", "Notification"),
    ):
        (draft,) = made("web", parse_scenario(name))
        assert draft.envelope is not None
        assert draft.envelope["Type"] == draft.headers["x-amz-sns-message-type"] == kind
        assert draft.envelope["MessageId"] == draft.headers["x-amz-sns-message-id"]
        wanted = SignatureKind.WRONG if name == "wrong-signature" else SignatureKind.RIGHT
        assert draft.signature is wanted
    (raw,) = made("web", parse_scenario("raw"))
    assert raw.envelope is None
    assert raw.headers["x-amz-sns-rawdelivery"] == "true"
    assert json.loads(raw.body)["Events"]


@pytest.mark.parametrize("place", ["REST", "SOAP"])
def test_a_wrong_legacy_signature(place: str) -> None:
    (right,) = made(place, None)
    (wrong,) = made(place, parse_scenario("wrong-signature"))
    assert read(right).extra["Signature"] != read(wrong).extra["Signature"]
    assert wrong.expects is Expectation.REFUSES


@pytest.mark.parametrize("place", ["REST", "SOAP"])
def test_what_is_signed_wrongly_on_purpose_is_to_be_refused(place: str) -> None:
    to, form = target(place)
    notification = service_test(EventType.PING, "2006-05-05", NOW, form=form)
    wrong = LegacySignature(kind=SignatureKind.WRONG)
    for name, expected in (
        ("", Expectation.REFUSES),
        ("twice", Expectation.REFUSES),
        ("not-json", Expectation.ANSWERS),
    ):
        scenario = parse_scenario(name) if name else None
        found = drafts(scenario, notification, to, form, now=NOW, signature=wrong)
        assert {draft.expects for draft in found} == {expected}


def test_scenarios_that_a_place_does_not_have() -> None:
    with pytest.raises(ProblemError, match="cannot be sent"):
        made("topic", parse_scenario("raw"))
    with pytest.raises(ProblemError, match="no such scenario"):
        parse_scenario("all of them")
    assert not parse_scenario("event-time").fits(DeliveryForm.REST, target("REST")[0])
    topic, receiver = target("topic")[0], target("REST")[0]
    of_receivers = {one.name for one in SCENARIOS if one.fits(DeliveryForm.SNS, receiver)}
    of_topics = {one.name for one in SCENARIOS if one.fits(DeliveryForm.SNS, topic)}
    alone = {"subscription-confirmation", "unsubscribe-confirmation", "wrong-signature", "raw"}
    assert (of_receivers - of_topics, of_topics - of_receivers) == (alone, set())
    assert len({scenario.name for scenario in SCENARIOS}) == len(SCENARIOS) == 15


def test_what_a_status_means() -> None:
    taken = {expected: [status for status in range(100, 600) if expected.fits(status)] for expected in Expectation}
    assert taken[Expectation.TAKES] == list(range(200, 300))
    assert taken[Expectation.REFUSES] == list(range(400, 500))
    assert taken[Expectation.ANSWERS] == [*range(200, 300), *range(400, 500)]
