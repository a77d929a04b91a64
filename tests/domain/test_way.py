# SPDX-License-Identifier: MIT
"""The way of a message: never more is said of it than was seen."""

from __future__ import annotations

from dataclasses import replace

import pytest

from notification_tester.domain.checkup_report import CheckupReport
from notification_tester.domain.delivery import NOT_TRIED, NOTHING_TO_LOOK_AT, Lamp, State, TestOutcome
from notification_tester.domain.destination import Transport
from notification_tester.domain.events import EventType
from notification_tester.domain.finding import Finding, Level
from notification_tester.domain.notification import parse_spec
from notification_tester.domain.problem import Cause, Code, Problem
from notification_tester.domain.way import (
    Passage,
    Place,
    headline_of_all,
    own_stations,
    travelled,
    turk_stations,
    untravelled,
    way_of_findings,
    way_of_test,
)

QUEUE = parse_spec(
    transport=Transport.SQS,
    destination="https://sqs.us-east-1.amazonaws.com/123456789012/lab-queue",
    events=["AssignmentSubmitted"],
)
TOPIC = parse_spec(
    transport=Transport.SNS, destination="arn:aws:sns:us-east-1:123456789012:lab-topic", events=["AssignmentSubmitted"]
)
YES = Lamp(state=State.YES, detail="Taken.", seconds=0.2)
SEEN = Lamp(state=State.YES, detail="Seen.", seconds=0.84)
RIGHT = Lamp(state=State.YES, detail="Right.")
LOST = Lamp(state=State.UNKNOWN, detail="No clear answer came.")
UNSEEN = Lamp(state=State.NO, detail="Not seen within 60 s.")

KNOWN, BROKEN, UNKNOWN, NOT_YET, UNDER_WAY = (
    Passage.KNOWN,
    Passage.BROKEN,
    Passage.UNKNOWN,
    Passage.NOT_YET,
    Passage.UNDER_WAY,
)


def problem(code: str, cause: Cause, title: str = "It says no.") -> Problem:
    return Problem(title=title, detail="", remedy="", code=code, cause=cause)


def outcome(
    accepted: Lamp, arrived: Lamp, as_expected: Lamp = NOTHING_TO_LOOK_AT, why: Problem | None = None
) -> TestOutcome:
    return TestOutcome(
        spec=QUEUE,
        event=EventType.ASSIGNMENT_SUBMITTED,
        accepted=accepted,
        arrived=arrived,
        as_expected=as_expected,
        problem=why,
    )


@pytest.mark.parametrize(
    ("found", "headline", "links", "sender"),
    [
        pytest.param(outcome(NOT_TRIED, NOT_TRIED), "Under way", [UNDER_WAY, NOT_YET], NOT_YET, id="asked"),
        pytest.param(outcome(YES, NOT_TRIED), "Under way", [UNDER_WAY, NOT_YET], KNOWN, id="taken"),
        pytest.param(outcome(YES, SEEN, RIGHT), "Everything arrived", [KNOWN, KNOWN], KNOWN, id="seen"),
        pytest.param(
            outcome(LOST, UNSEEN, why=problem(Code.CLOSED, Cause.DESTINATION)),
            "lab-queue does not let Mechanical Turk in",
            [BROKEN, NOT_YET],
            UNKNOWN,
            id="closed, and whether it was taken is not known",
        ),
        pytest.param(
            outcome(Lamp(state=State.NO, detail="Refused."), LOST, why=problem(Code.CLOSED, Cause.DESTINATION)),
            "Stopped at the door of lab-queue",
            [BROKEN, NOT_YET],
            BROKEN,
            id="closed, and refused",
        ),
        pytest.param(
            outcome(Lamp(state=State.NO, detail="Refused."), LOST, why=problem("keys.wrong", Cause.KEYS)),
            "Mechanical Turk did not take it",
            [NOT_YET, NOT_YET],
            BROKEN,
            id="keys",
        ),
        pytest.param(
            outcome(Lamp(state=State.NO, detail="Refused."), LOST, why=problem("queue.gone", Cause.DESTINATION)),
            "Stopped on the way to lab-queue",
            [BROKEN, NOT_YET],
            UNKNOWN,
            id="gone",
        ),
        pytest.param(outcome(YES, UNSEEN), "Not seen in lab-queue", [UNKNOWN, BROKEN], KNOWN, id="not-seen"),
        pytest.param(
            outcome(YES, LOST), "Taken; whether it arrived is not known", [UNKNOWN, UNKNOWN], KNOWN, id="not-looked"
        ),
        pytest.param(
            outcome(LOST, LOST), "Whether it was taken is not known", [UNKNOWN, UNKNOWN], UNKNOWN, id="answer-lost"
        ),
    ],
)
def test_what_is_known_of_each_part(found: TestOutcome, headline: str, links: list[Passage], sender: Passage) -> None:
    way = way_of_test(found)
    assert way.headline == headline
    assert [link.passage for link in way.links] == links
    assert [station.place for station in way.stations] == [Place.MECHANICAL_TURK, Place.QUEUE, Place.YOU]
    assert way.stations[0].passage is sender
    assert "0.84" in way.as_text() or found.arrived is not SEEN


def test_a_topic_is_seen_through_the_queue_that_looks() -> None:
    way = way_of_test(replace(outcome(YES, SEEN, RIGHT), spec=TOPIC))
    assert [station.place for station in way.stations] == [
        Place.MECHANICAL_TURK,
        Place.TOPIC,
        Place.QUEUE,
        Place.YOU,
    ]
    assert [link.seconds for link in way.links] == [None, 0.84, None]
    assert way.lines() == (
        "Mechanical Turk: took it, 0.20 s.",
        "Mechanical Turk to Topic lab-topic: came through.",
        "Topic lab-topic to Queue made to look: came through, 0.84 s.",
        "Queue made to look to You: came through.",
    )


def test_what_came_and_is_wrong_is_broken_at_the_end() -> None:
    wrong = Lamp(state=State.NO, detail="Another event.")
    way = way_of_test(outcome(YES, SEEN, wrong, problem("arrival.unexpected", Cause.DESTINATION, "It is another.")))
    assert way.headline == "It is another"
    assert way.broken is way.stations[-1]
    assert way.as_text().endswith("You: stopped here. Another event.")


def test_a_message_of_perhaps_somebody_else_is_not_claimed() -> None:
    way = way_of_test(replace(outcome(YES, SEEN, RIGHT), perhaps_not_yours=True))
    assert way.headline == "A test message came, perhaps not yours"


@pytest.mark.parametrize("place", [Place.RECEIVER, Place.MAIL_SERVER, Place.QUEUE, Place.TOPIC])
def test_a_receiver_that_is_right_to_refuse(place: Place) -> None:
    refused = outcome(Lamp(state=State.NO, detail="403", seconds=0.1), LOST, RIGHT)
    way = travelled(own_stations(place, "lab.example"), refused)
    assert way.headline == "Refused, as it should be"
    assert way.broken is None
    assert [one.place for one in way.stations] == [one.place for one in own_stations(place, "lab.example")]
    assert [link.passage for link in way.links] == [KNOWN] + [NOT_YET] * (len(way.stations) - 2)
    assert (way.links[0].seconds, way.stations[1].reason) == (0.1, "Right.")


@pytest.mark.parametrize("place", [Place.RECEIVER, Place.MAIL_SERVER, Place.QUEUE, Place.TOPIC])
def test_a_message_of_this_computers_that_was_seen_or_not(place: Place) -> None:
    stations = own_stations(place, "lab")
    count = len(stations) - 1
    seen, unseen = (travelled(stations, outcome(YES, lamp)) for lamp in (SEEN, UNSEEN))
    assert (seen.headline, unseen.headline) == ("It arrived", "Not seen in lab" if count > 1 else "Not answered")
    at = count - 2 if stations[-1].place is Place.YOU else count - 1
    assert [link.seconds for link in seen.links] == [0.84 if number == at else None for number in range(count)]
    assert [link.passage for link in unseen.links] == [UNKNOWN] * (count - 1) + [BROKEN]
    assert unseen.links[-1].reason == "Not seen within 60 s."
    under = travelled(stations, outcome(YES, NOT_TRIED))
    assert [link.passage for link in under.links] == [UNDER_WAY] + [NOT_YET] * (count - 1)


def test_several_are_told_together() -> None:
    good, lost = outcome(YES, SEEN, RIGHT), outcome(YES, UNSEEN)
    assert headline_of_all([good, good]) == "Everything arrived: 2 of 2"
    assert headline_of_all([good, lost]) == "1 of 2 arrived"
    assert headline_of_all([lost, lost]) == "Not seen in lab-queue"
    refused = outcome(Lamp(state=State.NO, detail="Refused."), LOST, why=problem("keys.wrong", Cause.KEYS))
    assert headline_of_all([lost, refused]) == "Not seen in lab-queue"
    assert headline_of_all([refused, lost]) == "Mechanical Turk did not take it"
    assert [headline_of_all([one]) for one in (good, lost)] == ["Everything arrived", "Not seen in lab-queue"]
    wrong = outcome(YES, SEEN, Lamp(state=State.NO, detail="Another event."))
    assert headline_of_all([good, wrong]) == "All 2 arrived, and not all are as they should be"
    assert headline_of_all([good, wrong, lost]) == "2 of 3 arrived"


def test_several_that_come_out_of_a_topic_to_nobody_say_so() -> None:
    why = problem(Code.NOBODY_SUBSCRIBED, Cause.DESTINATION, "It comes out of the topic; nobody is subscribed to it.")
    one = outcome(YES, SEEN, Lamp(state=State.NO, detail="Nobody is subscribed to this topic."), why=why)
    assert headline_of_all([one, one]) == "It comes out of the topic; nobody is subscribed to it"
    way = way_of_test(replace(one, spec=TOPIC))
    assert [link.passage for link in way.links] == [KNOWN, KNOWN, BROKEN]
    assert way.links[-1].reason == "Nobody is subscribed to this topic."
    assert way.stations[-1].passage is NOT_YET
    unseen = Lamp(state=State.UNKNOWN, detail="They cannot be seen.")
    way = way_of_test(
        replace(one, spec=TOPIC, as_expected=unseen, problem=problem(Code.SUBSCRIBERS_UNSEEN, Cause.KEYS))
    )
    assert [link.passage for link in way.links] == [KNOWN, KNOWN, UNKNOWN]
    assert way.headline == "It says no"


def test_before_anything_was_sent_nothing_is_known() -> None:
    way = untravelled(turk_stations(Transport.SQS, "lab-queue"))
    assert {part.passage for part in way.parts} == {NOT_YET}
    assert way.as_text() == (
        "Nothing was sent yet.\n"
        "Mechanical Turk to Queue lab-queue: not tried yet.\n"
        "Queue lab-queue to You: not tried yet."
    )
    assert untravelled(way.stations, was_tested=True).headline == "Nothing new was sent yet"


OPEN = Passage.OPEN
SQS, SNS, EMAIL = Transport.SQS, Transport.SNS, Transport.EMAIL


def found(**levels: Level) -> list[Finding]:
    """Findings by their ids, with ``_`` for the dot."""
    return [Finding(id=name.replace("_", ".", 1), level=level, title=f"{name}.") for name, level in levels.items()]


@pytest.mark.parametrize(
    ("transport", "levels", "stations", "links", "headline"),
    [
        (
            SQS,
            {"account_link": Level.GOOD, "queue_exists": Level.GOOD, "queue_policy": Level.GOOD},
            (OPEN, OPEN, NOT_YET),
            (OPEN, NOT_YET),
            "Nothing was seen to stand in the way",
        ),
        (
            SQS,
            {"queue_exists": Level.GOOD, "queue_policy": Level.BROKEN, "queue_readers": Level.BEWARE},
            (NOT_YET, OPEN, NOT_YET),
            (BROKEN, NOT_YET),
            "A message would stop at the door of lab",
        ),
        (
            SQS,
            {"queue_policy": Level.GOOD, "queue_encryption": Level.UNKNOWN},
            (NOT_YET, NOT_YET, NOT_YET),
            (UNKNOWN, NOT_YET),
            "Whether a message gets through cannot be told",
        ),
        (
            SQS,
            {"queue_exists": Level.BROKEN},
            (NOT_YET, BROKEN, NOT_YET),
            (NOT_YET, NOT_YET),
            "lab cannot be sent to",
        ),
        (
            SQS,
            {"account_network": Level.BROKEN},
            (UNKNOWN, NOT_YET, NOT_YET),
            (NOT_YET, NOT_YET),
            "Whether a message gets through cannot be told",
        ),
        (
            SQS,
            {"account_link": Level.BROKEN},
            (BROKEN, NOT_YET, NOT_YET),
            (NOT_YET, NOT_YET),
            "Mechanical Turk would not take a test",
        ),
        (
            SNS,
            {"topic_policy": Level.GOOD, "topic_subscribers": Level.BROKEN},
            (NOT_YET, NOT_YET, NOT_YET),
            (OPEN, BROKEN),
            "A message would get no further than lab",
        ),
        (
            SNS,
            {"topic_policy": Level.GOOD, "queue_policy": Level.BROKEN},
            (NOT_YET, NOT_YET, NOT_YET),
            (OPEN, BROKEN),
            "A message would get no further than lab",
        ),
        (
            SQS,
            {"account_balance": Level.BROKEN, "queue_readers": Level.BROKEN, "queue_policy": Level.BROKEN},
            (NOT_YET, NOT_YET, NOT_YET),
            (BROKEN, NOT_YET),
            "A message would stop at the door of lab",
        ),
        (
            SQS,
            {"queue_policy": Level.BROKEN, "queue_encryption": Level.UNKNOWN},
            (NOT_YET, NOT_YET, NOT_YET),
            (BROKEN, NOT_YET),
            "A message would stop at the door of lab",
        ),
        (
            EMAIL,
            {"email_domain": Level.BROKEN, "email_listed": Level.BEWARE},
            (NOT_YET, NOT_YET, NOT_YET),
            (BROKEN, NOT_YET),
            "A message would stop at the door of lab",
        ),
    ],
)
def test_the_way_of_a_checkup_stops_where_something_was_found(
    transport: Transport,
    levels: dict[str, Level],
    stations: tuple[Passage, ...],
    links: tuple[Passage, ...],
    headline: str,
) -> None:
    way = way_of_findings(transport, "lab", found(**levels))
    assert tuple(one.passage for one in way.stations) == stations
    assert tuple(one.passage for one in way.links) == links
    assert way.headline == headline
    assert "came through" not in way.as_text(), "nothing was sent"


def test_of_two_that_are_as_bad_the_first_is_the_reason() -> None:
    way = way_of_findings(SQS, "lab", found(queue_policy=Level.BROKEN, queue_encryption=Level.BROKEN))
    assert way.links[0].reason == "queue_policy."
    way = way_of_findings(SQS, "lab", found(queue_exists=Level.BROKEN, queue_kind=Level.BROKEN))
    assert way.stations[1].reason == "queue_exists."


def test_a_report_of_a_checkup_tells_the_way_line_by_line() -> None:
    findings = [Finding(id="queue.policy", level=Level.BROKEN, title="The <queue> is closed.")]
    report = CheckupReport.of(findings, way=way_of_findings(SQS, "lab", findings))
    assert "Mechanical Turk to Queue lab: stopped here. The <queue> is closed." in report.as_text()
    assert "<li>Mechanical Turk to Queue lab: stopped here. The &lt;queue&gt; is closed.</li>" in report.as_html()
