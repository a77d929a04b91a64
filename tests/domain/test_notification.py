# SPDX-License-Identifier: MIT
"""The specification: events, version, and the order in which what is wrong is told."""

from __future__ import annotations

import pytest

from notification_tester.domain.destination import Transport
from notification_tester.domain.events import SUBSCRIBABLE, EventType, Group, parse_event, parse_events
from notification_tester.domain.notification import VERSIONS, parse_spec
from notification_tester.domain.problem import ProblemError

QUEUE = "https://sqs.us-east-1.amazonaws.com/123456789012/q"


def test_a_specification_on_the_wire() -> None:
    names = ["hitexpired", " AssignmentSubmitted ", "", "AssignmentSubmitted"]
    spec = parse_spec(transport=Transport.SQS, destination=f" {QUEUE} ", events=names)
    assert spec.to_request() == {
        "Destination": QUEUE,
        "Transport": "SQS",
        "Version": "2006-05-05",
        "EventTypes": ["AssignmentSubmitted", "HITExpired"],
    }


@pytest.mark.parametrize(
    ("destination", "events", "version", "code"),
    [
        pytest.param("", [], "1", "destination.empty", id="destination-first"),
        pytest.param(QUEUE, ["Submited"], "1", "event.unknown", id="then-the-names"),
        pytest.param(QUEUE, ["Ping"], "1", "events.ping", id="ping-alone"),
        pytest.param(QUEUE, ["Ping", "HITCreated"], VERSIONS[0], "events.ping", id="ping-among-others"),
        pytest.param(QUEUE, [" "], "1", "events.none", id="no-event"),
        pytest.param(QUEUE, ["HITCreated"], "2012-03-25", "version.unknown", id="version-last"),
    ],
)
def test_the_first_thing_that_is_wrong(destination: str, events: list[str], version: str, code: str) -> None:
    with pytest.raises(ProblemError) as caught:
        parse_spec(transport=Transport.SQS, destination=destination, events=events, version=version)
    assert caught.value.problem.code == code


def test_every_event_has_words() -> None:
    assert len(SUBSCRIBABLE) == 11
    assert {event for event in EventType if event.is_test_only} == {EventType.PING}
    for event in EventType:
        assert event.label
        assert event.meaning[-1] != "."
        assert event.value.startswith("Assignment") == (event.group is Group.ASSIGNMENT)
        assert parse_event(f' "{event.value.upper()}" ') is event


def test_the_closest_event_is_offered() -> None:
    with pytest.raises(ProblemError) as caught:
        parse_event("AssignmentSubmited")
    assert caught.value.problem.remedy == "Did you mean AssignmentSubmitted?"
    with pytest.raises(ProblemError) as caught:
        parse_event("x" * 1000)
    assert "HITDisposed" in caught.value.problem.remedy
    assert len(caught.value.problem.detail) < 200


def test_events_keep_the_services_order() -> None:
    assert parse_events(event.value for event in reversed(EventType)) == tuple(EventType)
