# SPDX-License-Identifier: MIT
"""The third lamp: what arrived against what was asked for."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from notification_tester.domain.delivery import (
    NOT_TRIED,
    Lamp,
    State,
    TestOutcome,
    abandoned,
    compare,
    not_tried,
    over_all,
)
from notification_tester.domain.destination import Transport
from notification_tester.domain.events import EventType
from notification_tester.domain.messages.message import decode
from notification_tester.domain.notification import parse_spec
from notification_tester.domain.problem import Cause, Problem, ProblemError, ServiceAnswer

SPEC = parse_spec(
    transport=Transport.SQS,
    destination="https://sqs.us-east-1.amazonaws.com/123456789012/q",
    events=["AssignmentSubmitted", "HITCreated"],
)
SUBMITTED, PING, EXPIRED = EventType.ASSIGNMENT_SUBMITTED, EventType.PING, EventType.HIT_EXPIRED


def body(*events: str, version: str | None = "2006-05-05") -> str:
    value = {"EventDocId": "d", "EventDocVersion": version, "Events": [{"EventType": event} for event in events]}
    return json.dumps({name: part for name, part in value.items() if part is not None})


MAIL = "From: mturk-noreply@amazon.com\nSubject: Your Event Notification\n\n    Event Type: AssignmentSubmitted\n"


@pytest.mark.parametrize(
    ("event", "message", "state", "says"),
    [
        pytest.param(SUBMITTED, body("AssignmentSubmitted"), State.YES, "asked for", id="right"),
        pytest.param(SUBMITTED, body(*["AssignmentSubmitted"] * 2), State.YES, "asked for", id="two-of-it"),
        pytest.param(SUBMITTED, body("Ping", "AssignmentSubmitted"), State.YES, "asked for", id="a-ping-beside-it"),
        pytest.param(SUBMITTED, body("Ping"), State.NO, "says Ping", id="only-a-ping"),
        pytest.param(SUBMITTED, body("HITCreated"), State.NO, "HITCreated", id="another-event"),
        pytest.param(SUBMITTED, body("AssignmentSubmitted", "HITCreated"), State.NO, "HITCreated", id="one-too-many"),
        pytest.param(SUBMITTED, body("AssignmentSubmitted", version="2014-08-15"), State.NO, "2014", id="version"),
        pytest.param(SUBMITTED, body("AssignmentSubmitted", version=None), State.UNKNOWN, "version", id="no-version"),
        pytest.param(SUBMITTED, body(), State.NO, "no event", id="no-event"),
        pytest.param(EXPIRED, body("HITExpired"), State.NO, "not among the events asked for", id="not-subscribed"),
        pytest.param(PING, body("Ping"), State.YES, "for tests", id="ping"),
        pytest.param(PING, body("AssignmentSubmitted"), State.NO, "Asked for Ping", id="not-ping"),
        pytest.param(SUBMITTED, MAIL, State.YES, "e-mail", id="e-mail"),
    ],
)
def test_as_expected(event: EventType, message: str, state: State, says: str) -> None:
    lamp = compare(SPEC, event, decode(message))
    assert lamp.state is state
    assert says in lamp.detail


@pytest.mark.parametrize("dark", [0, 1, 2])
@pytest.mark.parametrize("state", list(State))
def test_good_is_all_three(dark: int, state: State) -> None:
    lamps = [Lamp(state=State.YES, detail="Yes.")] * 3
    lamps[dark] = Lamp(state=state, detail="So.")
    outcome = TestOutcome(spec=SPEC, event=SUBMITTED, accepted=lamps[0], arrived=lamps[1], as_expected=lamps[2])
    assert outcome.is_good == (state is State.YES)


def test_one_verdict_over_several() -> None:
    fast, slow = (Lamp(state=State.YES, detail="Taken.", seconds=seconds) for seconds in (0.5, 2.0))
    other = Lamp(state=State.YES, detail="Seen.")
    unknown, no = Lamp(state=State.UNKNOWN, detail="Who knows."), Lamp(state=State.NO, detail="Refused.", seconds=1.0)
    assert over_all([fast]) is fast
    assert over_all([fast, slow, fast]) == Lamp(state=State.YES, detail="Each of 3 messages. Taken.", seconds=2.0)
    assert over_all([fast, other]) == Lamp(state=State.YES, detail="Each of 2 messages. Taken. Seen.")
    assert over_all([fast, unknown]) == Lamp(state=State.UNKNOWN, detail="Message 2 of 2: Who knows.")
    assert over_all([unknown, no, no]) == Lamp(state=State.NO, detail="Message 2 of 3: Refused.", seconds=1.0)


def test_what_is_known_when_a_person_stops_waiting() -> None:
    asked = not_tried(SPEC, SUBMITTED)
    assert {one.detail for one in (asked.accepted, asked.arrived, asked.as_expected)} == {"Not tried."}
    stopped = abandoned(asked)
    assert stopped.accepted.detail == "You stopped waiting; whether the test was taken is not known."
    assert stopped.arrived.detail == stopped.as_expected.detail == "You stopped waiting."
    taken = Lamp(state=State.YES, detail="Taken.")
    assert abandoned(replace(asked, accepted=taken)) == replace(stopped, accepted=taken)
    seen = replace(asked, accepted=taken, arrived=Lamp(state=State.YES, detail="Seen."))
    assert abandoned(seen) is seen


def test_a_lamp_as_json() -> None:
    lamp = Lamp(state=State.YES, detail="Seen.", seconds=1.23456)
    assert lamp.as_json() == {"state": "yes", "detail": "Seen.", "seconds": 1.235}
    assert NOT_TRIED.as_json() == {"state": "unknown", "detail": "Not tried.", "seconds": None}


def test_a_problem_keeps_the_exact_answer() -> None:
    answer = ServiceAnswer(code="C", turk_error_code="T", message="M", request_id="R", http_status=400)
    problem = Problem(title="Title.", detail="D.", remedy="Do.", code="C", cause=Cause.REFUSED, answer=answer)
    exact = "Code: C\nTurkErrorCode: T\nMessage: M\nRequest id: R\nHTTP status: 400"
    assert answer.as_text() == exact
    assert problem.as_json() == {
        "title": "Title.", "detail": "D.", "remedy": "Do.", "code": "C", "cause": "refused", "exact_answer": exact,
    }  # fmt: skip
    assert problem.as_text() == f"Title.\nD.\nDo.\n{exact}"
    assert str(ProblemError(problem)) == "Title. D."
    silent = Problem(title="Title.", detail="", remedy="Do.", code="C", cause=Cause.INPUT)
    assert "exact_answer" not in silent.as_json()
    assert silent.as_text() == "Title.\nDo."
