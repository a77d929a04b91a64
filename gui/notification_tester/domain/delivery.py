# SPDX-License-Identifier: MIT
"""What is known about one test: accepted, arrived, as expected. Never more than was seen."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Protocol

from notification_tester.domain.counts import counted
from notification_tester.domain.events import EventType

if TYPE_CHECKING:
    from collections.abc import Sequence

    from notification_tester.domain.messages.decoded import DecodedMessage
    from notification_tester.domain.notification import NotificationSpec
    from notification_tester.domain.problem import Problem


class State(StrEnum):
    """A lamp. UNKNOWN is an answer: it could not be known, and the detail says why."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


@dataclass(frozen=True, kw_only=True)
class Lamp:
    """One verdict with its reason; ``seconds`` since the send began, where it was measured."""

    state: State
    detail: str
    seconds: float | None = None

    def as_json(self) -> dict[str, Any]:
        """As the command line prints it; ``seconds`` is rounded to milliseconds or null."""
        return {
            "state": self.state.value,
            "detail": self.detail,
            "seconds": None if self.seconds is None else round(self.seconds, 3),
        }


class Verdicts(Protocol):
    """A test, or a message of this computer's, as far as it got."""

    @property
    def accepted(self) -> Lamp:
        """Whether it was taken."""

    @property
    def arrived(self) -> Lamp:
        """Whether it was seen."""

    @property
    def as_expected(self) -> Lamp:
        """Whether it, or what was answered, is as it should be."""

    @property
    def problem(self) -> Problem | None:
        """What went wrong."""

    @property
    def is_good(self) -> bool:
        """Whether it went as it should."""


def over_all(lamps: Sequence[Lamp]) -> Lamp:
    """One verdict over one or several messages: yes where each of them is, no where one of them is."""
    if len(lamps) == 1:
        return lamps[0]
    worst = min((lamp.state for lamp in lamps), key=(State.NO, State.UNKNOWN, State.YES).index)
    if worst is State.YES:
        took = [lamp.seconds for lamp in lamps if lamp.seconds is not None]
        told = " ".join(dict.fromkeys(lamp.detail for lamp in lamps))
        return Lamp(
            state=worst,
            detail=f"Each of {counted(len(lamps), 'message')}. {told}",
            seconds=max(took) if len(took) == len(lamps) else None,
        )
    number = next(number for number, lamp in enumerate(lamps) if lamp.state is worst)
    return replace(lamps[number], detail=f"Message {number + 1} of {len(lamps)}: {lamps[number].detail}")


@dataclass(frozen=True, kw_only=True)
class TestOutcome:
    """Everything that one test showed.

    ``matching`` is how many test messages of the event were seen. ``perhaps_not_yours``: nothing in a message says who
    asked for it, and the answer to the call was lost or there are more messages than tests.
    """

    spec: NotificationSpec
    event: EventType
    accepted: Lamp
    arrived: Lamp
    as_expected: Lamp
    message: DecodedMessage | None = None
    raw: str = ""
    problem: Problem | None = None
    notes: tuple[str, ...] = ()
    history_id: int | None = None
    matching: int = 0
    perhaps_not_yours: bool = False

    __test__ = False  # not a test class of pytest's

    @property
    def is_good(self) -> bool:
        """Whether all three lamps are green."""
        return all(lamp.state is State.YES for lamp in (self.accepted, self.arrived, self.as_expected))


NOT_TRIED = Lamp(state=State.UNKNOWN, detail="Not tried.")
NOTHING_TO_LOOK_AT = Lamp(state=State.UNKNOWN, detail="There is nothing to look at.")


def not_tried(spec: NotificationSpec, event: EventType) -> TestOutcome:
    """A test before anything is known of it."""
    return TestOutcome(spec=spec, event=event, accepted=NOT_TRIED, arrived=NOT_TRIED, as_expected=NOT_TRIED)


def abandoned(outcome: TestOutcome) -> TestOutcome:
    """What is known when a person stops waiting for a call that has not come back."""
    stopped = Lamp(state=State.UNKNOWN, detail="You stopped waiting.")
    if outcome.accepted is NOT_TRIED:
        accepted = Lamp(state=State.UNKNOWN, detail="You stopped waiting; whether the test was taken is not known.")
        return replace(outcome, accepted=accepted, arrived=stopped, as_expected=stopped)
    return replace(outcome, arrived=stopped, as_expected=stopped) if outcome.arrived is NOT_TRIED else outcome


def compare(spec: NotificationSpec, event: EventType, message: DecodedMessage) -> Lamp:
    """Judge a test message that arrived: the events asked for, in the version asked for, and subscribed.

    The service sends a test even for an event that the specification does not list, so arriving alone proves
    nothing about the subscription; that is why the third part is judged here.
    """
    seen = [found.event_type for found in message.events]
    if not seen:
        return Lamp(state=State.NO, detail="The message carries no event.")
    # a Ping may stand beside what a test was asked for, as the older API always put one
    allowed = {event.value, EventType.PING.value} if event.value in seen else {event.value}
    if wrong := sorted(set(seen) - allowed):
        return Lamp(state=State.NO, detail=f"Asked for {event.value}, and the message says {', '.join(wrong)}.")
    if message.version and message.version != spec.version:
        return Lamp(state=State.NO, detail=f"Asked for version {spec.version}, and the message has {message.version}.")
    if event.is_test_only:
        return Lamp(state=State.YES, detail=f"{event.value} arrived; it is for tests and cannot be subscribed.")
    if event not in spec.events:
        return Lamp(
            state=State.NO,
            detail=f"{event.value} arrived, but is not among the events asked for: a test is sent even for "
            "an event that is not subscribed, so the real ones would not come.",
        )
    from notification_tester.domain.messages.decoded import Format  # a start does without

    if message.format is Format.EMAIL:
        return Lamp(
            state=State.YES,
            detail="It tells of the event that was tested, which is one that you asked for. An e-mail has no version.",
        )
    if not message.version:
        return Lamp(
            state=State.UNKNOWN, detail="It tells of the event that was tested; which version it has, it does not say."
        )
    return Lamp(
        state=State.YES,
        detail="It tells of the event that was tested, which is one that you asked for, and has the form that you "
        "asked for.",
    )
