# SPDX-License-Identifier: MIT
"""Messages that break receivers, and why each of them matters.

Sources: "several events in one message, duplicates and any order are normal" is how SQS, SNS and Mechanical Turk tell
of themselves ("At-least-once delivery", SQS developer guide; "HTTP/HTTPS headers" and "Raw message delivery", SNS
developer guide). What a well-made receiver answers: 2xx to whatever it understood, 4xx to what it refuses, and never
5xx, by which SNS is asked to deliver the same once more ("Amazon SNS message delivery retries").
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from notification_tester.domain.counts import counted
from notification_tester.domain.events import EventType
from notification_tester.domain.messages import writing
from notification_tester.domain.messages.draft import (
    LARGEST,
    SOAP_HEADERS,
    Draft,
    Expectation,
    Writer,
    sns_headers,
)
from notification_tester.domain.outgoing import DEPRECATED, DeliveryForm, SignatureKind
from notification_tester.domain.problem import input_problem
from notification_tester.domain.web_address import WebAddress

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from notification_tester.domain.outgoing import LegacySignature, MadeNotification, Target

_MADE_UP_TOKEN = "0" * 64
_HOURS_LATE = 6


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """One way in which receivers break. ``name`` is for the command line and the history."""

    name: str
    title: str
    why: str
    """A plain sentence or two: why it matters."""
    forms: frozenset[DeliveryForm]
    is_for_web_only: bool = False
    """Whether it makes sense toward a web receiver alone, where the form goes to other places, too."""
    _make: Callable[[Writer], tuple[Draft, ...]] = field(repr=False, compare=False)

    def fits(self, form: DeliveryForm, target: Target) -> bool:
        """Whether there is such a message of this form for this place."""
        return form in self.forms and (isinstance(target, WebAddress) or not self.is_for_web_only)

    def made(self, writer: Writer) -> tuple[Draft, ...]:
        """Its messages, in the order in which they are sent."""
        return self._make(writer)


def drafts(
    scenario: Scenario | None,
    notification: MadeNotification,
    target: Target,
    form: DeliveryForm,
    *,
    now: datetime,
    largest: int = 0,
    signature: LegacySignature = DEPRECATED,
    is_sandbox: bool = False,
    mail_from: str = "",
) -> tuple[Draft, ...]:
    """Write the messages of a scenario, or the notification alone, in the order in which they are sent.

    ``largest`` is what the destination takes at most, in bytes of ``Draft.body`` (of ``Draft.query`` for REST); 0 where
    it does not tell. ``signature`` is for the legacy forms, ``mail_from`` the mail's sender. Raises ProblemError where
    the scenario has no such form, or nothing is small enough for ``largest``.
    """
    writer = Writer(
        notification=notification,
        target=target,
        form=form,
        now=now,
        largest=largest or LARGEST[form],
        signature=signature,
        is_sandbox=is_sandbox,
        mail_from=mail_from,
    )
    if scenario is None:
        return (writer.draft(notification, "The message alone."),)
    if not scenario.fits(form, target):
        raise input_problem(
            "scenario.form",
            title=f"“{scenario.title}” cannot be sent in this form.",
            detail="There is no such message there.",
            remedy=f"It can be sent as {' or '.join(one.value for one in DeliveryForm if one in scenario.forms)}"
            f"{', to a web receiver' if scenario.is_for_web_only else ''}.",
        )
    return scenario.made(writer)


def parse_scenario(name: str) -> Scenario:
    """Find a scenario by its name. Raises ProblemError."""
    for scenario in SCENARIOS:
        if scenario.name == name.strip().casefold():
            return scenario
    raise input_problem(
        "scenario.unknown",
        title="There is no such scenario.",
        detail=f"None is called “{name.strip()[:40]}”.",
        remedy=f"Their names are {', '.join(one.name for one in SCENARIOS)}.",
    )


def _several(writer: Writer) -> tuple[Draft, ...]:
    accepted, submitted = writer.two_of_one_assignment()
    events = (accepted, submitted, writer.about_hit(EventType.HIT_REVIEWABLE))
    return (writer.draft(writer.with_events(*events), "One message with three events."),)


def _twice(writer: Writer) -> tuple[Draft, ...]:
    return (
        writer.draft(writer.notification, "A message."),
        writer.draft(writer.notification, "The very same message once more."),
    )


def _out_of_order(writer: Writer) -> tuple[Draft, ...]:
    accepted, submitted = writer.two_of_one_assignment()
    return (
        writer.draft(writer.with_events(submitted, number=1), "A worker handed in work."),
        writer.draft(writer.with_events(accepted, number=2), "Only now: the worker took the HIT, a second before."),
    )


def _late(writer: Writer) -> tuple[Draft, ...]:
    events = tuple(replace(one, at=one.at - timedelta(hours=_HOURS_LATE)) for one in writer.notification.events)
    what = f"A message about what happened {_HOURS_LATE} hours ago."
    return (writer.draft(writer.with_events(*events), what),)


def _unknown_event(writer: Writer) -> tuple[Draft, ...]:
    event = replace(writer.notification.events[0], event_type="AssignmentReconsidered")
    return (writer.draft(writer.with_events(event), "An event called AssignmentReconsidered, which nobody knows."),)


def _no_assignment(writer: Writer) -> tuple[Draft, ...]:
    event = writer.about_hit(EventType.HIT_REVIEWABLE)
    return (writer.draft(writer.with_events(event), "HITReviewable, which names no assignment."),)


def _unknown_fields(writer: Writer) -> tuple[Draft, ...]:
    first, *others = writer.notification.events
    new = {"HITGroupId": "3MADEUP00000000000000000GROUP1", "NewField": {"a": [1, None, "é & <b>"]}}
    message = replace(writer.with_events(replace(first, extra=new), *others), extra={"NewField": "new"})
    return (writer.draft(message, "A message with fields that no page tells of."),)


def _event_time(writer: Writer) -> tuple[Draft, ...]:
    return (
        writer.draft(writer.notification, "The time is called EventTime, not EventTimestamp.", time_name="EventTime"),
    )


def _largest(writer: Writer) -> tuple[Draft, ...]:
    """As many events as there is room for, and what is left over filled with what its form does not mind."""
    first = writer.notification.events[0]

    def size(count: int) -> int:
        return _size(writer.draft(writer.with_events(*[first] * count), ""))

    one = size(1)
    if one > writer.largest:
        raise input_problem(
            "scenario.largest",
            title="The destination takes no message of this form.",
            detail=f"It takes {counted(writer.largest, 'byte')} at most, and the smallest has {counted(one, 'byte')}.",
            remedy="Raise the destination's largest size, or leave this scenario out.",
        )
    count = 1 + (writer.largest - one) // (size(2) - one)
    while count > 1 and size(count) > writer.largest:
        count -= max(1, (size(count) - writer.largest) // (size(2) - one))
    what = f"The largest message that there may be: {counted(writer.largest, 'byte')}."
    full = writer.draft(writer.with_events(*[first] * count), what)
    return (_filled(writer, full, writer.largest - _size(full)),)


def _size(draft: Draft) -> int:
    return len(draft.query) if draft.form is DeliveryForm.REST else len(draft.body)


def _filled(writer: Writer, draft: Draft, room: int) -> Draft:
    match draft.form:
        case DeliveryForm.REST:  # empty fields
            return replace(draft, query=draft.query + "&" * room)
        case DeliveryForm.SOAP:
            return replace(draft, body=draft.body + b" " * room)
    text = draft.body.decode() + " " * room
    about = replace(draft, envelope=None, headers={}, body=b"")
    return writer.text(text, writer.notification, about)


def _not_readable(writer: Writer) -> tuple[Draft, ...]:
    expects = Expectation.ANSWERS
    if writer.form is DeliveryForm.REST:
        about = Draft(form=writer.form, what="A call without a single field of a notification.", expects=expects)
        return (replace(about, query="method=Notify&%FF%00&Event.x.=&=&Event.1"),)
    whole = writer.draft(writer.notification, "A message that breaks off in the middle.", expects=expects)
    if writer.form is DeliveryForm.SOAP:
        return (replace(whole, body=whole.body[: len(whole.body) // 2]),)
    prose = Draft(form=writer.form, what="A text that is not JSON.", expects=expects)
    half = whole.body.decode()[: len(whole.body) // 2]
    return (
        writer.text("This is not JSON: {EventDocId=1", writer.with_events(number=1), prose),
        writer.text(half, writer.notification, replace(prose, what=whole.what)),
    )


def _empty(writer: Writer) -> tuple[Draft, ...]:
    nothing = Draft(form=writer.form, what="A message in which nothing stands.", expects=Expectation.ANSWERS)
    no_events = writer.draft(writer.with_events(), "A message with no event in it.", expects=Expectation.ANSWERS)
    match writer.form:
        case DeliveryForm.REST:
            return nothing, no_events
        case DeliveryForm.SOAP:
            return replace(nothing, headers=SOAP_HEADERS), no_events
        case DeliveryForm.SNS if writer.is_web:
            return replace(nothing, headers=no_events.headers), no_events
    # neither a queue nor a topic takes a text of no characters
    return replace(nothing, body=b"{}", what="A message with an empty object in it."), no_events


def _subscription_confirmation(writer: Writer) -> tuple[Draft, ...]:
    return (_confirmation(writer, writing.subscription_confirmation, "SNS's question whether to subscribe.", number=1),)


def _unsubscribe_confirmation(writer: Writer) -> tuple[Draft, ...]:
    what = "SNS's word that the subscription has ended."
    return (_confirmation(writer, writing.unsubscribe_confirmation, what, number=2),)


def _confirmation(writer: Writer, write: Callable[..., dict[str, str]], what: str, *, number: int) -> Draft:
    """Each is a message of its own, with a number of its own: who visits is known by the message's id."""
    envelope = write(
        topic_arn=writer.topic_arn,
        now=writer.now,
        message_id=writing.message_id(writer.with_events(number=number)),
        token=_MADE_UP_TOKEN,
        subscribe_url=f"https://sns.us-east-1.amazonaws.com/?Action=ConfirmSubscription&Token={_MADE_UP_TOKEN}",
    )
    return writer.enveloped(envelope, Draft(form=writer.form, what=what))


def _wrong_signature(writer: Writer) -> tuple[Draft, ...]:
    what = "A message whose signature does not fit."
    return (writer.draft(writer.notification, what, expects=Expectation.REFUSES, wrong=True),)


def _raw(writer: Writer) -> tuple[Draft, ...]:
    whole = writer.draft(writer.notification, "The bare message, without SNS's envelope.")
    headers = sns_headers(whole.envelope or {}, is_raw=True)
    return (replace(whole, envelope=None, headers=headers, signature=SignatureKind.NONE),)


_ALL = frozenset(DeliveryForm)
_JSON = frozenset({DeliveryForm.SQS, DeliveryForm.SNS})
_NO_MAIL = _ALL - {DeliveryForm.EMAIL}
_SNS = frozenset({DeliveryForm.SNS})

SCENARIOS: tuple[Scenario, ...] = (
    Scenario(
        name="several",
        title="Several events in one message",
        why="Mechanical Turk puts several events into one message. A receiver that reads the first alone loses work.",
        forms=_ALL,
        _make=_several,
    ),
    Scenario(
        name="twice",
        title="The same message twice",
        why="Queues and topics deliver at least once, so now and then twice. A receiver that pays for each message "
        "pays double.",
        forms=_ALL,
        _make=_twice,
    ),
    Scenario(
        name="out-of-order",
        title="Out of order",
        why="What happened later may arrive earlier. A receiver that waits for AssignmentAccepted first overlooks the "
        "work, or takes it for open again.",
        forms=_ALL,
        _make=_out_of_order,
    ),
    Scenario(
        name="late",
        title="Late",
        why="A message can wait for hours, for instance while a receiver is down. One that takes its own clock for the "
        "time of the event writes down what is not so.",
        forms=_ALL,
        _make=_late,
    ),
    Scenario(
        name="unknown-event",
        title="An unknown event",
        why="Event types were added over the years. A receiver should pass over one that it does not know, and not "
        "fail: what fails is delivered again and again.",
        forms=_ALL,
        _make=_unknown_event,
    ),
    Scenario(
        name="no-assignment",
        title="No AssignmentId",
        why="Events about a HIT name no assignment. A receiver that takes the AssignmentId for granted stops there.",
        forms=_ALL,
        _make=_no_assignment,
    ),
    Scenario(
        name="unknown-fields",
        title="Unknown fields",
        why="SourceAccount, HITGroupId and WorkerId came without a word in any page. A receiver with a strict schema "
        "refuses the whole message.",
        forms=_ALL,
        _make=_unknown_fields,
    ),
    Scenario(
        name="event-time",
        title="EventTime instead of EventTimestamp",
        why="One page of Mechanical Turk calls the time EventTime, and the older API sent it so. A receiver that knows "
        "the other name alone stops there.",
        forms=_JSON,
        _make=_event_time,
    ),
    Scenario(
        name="largest",
        title="The largest message that the destination takes",
        why="A message that fills the destination to the last byte shows whether buffers, databases and timeouts "
        "behind it are made for it.",
        forms=_NO_MAIL,
        _make=_largest,
    ),
    Scenario(
        name="not-json",
        title="Not JSON",
        why="Others can write to the same place, and a text can break off. What cannot be read should be put aside: a "
        "receiver that fails is sent the same again, and everything behind it waits.",
        forms=_NO_MAIL,
        _make=_not_readable,
    ),
    Scenario(
        name="empty",
        title="Empty",
        why="An empty call or a message without events is sent by health checks and by mistakes; a receiver that takes "
        "the first event for granted stops there.",
        forms=_NO_MAIL,
        _make=_empty,
    ),
    Scenario(
        name="subscription-confirmation",
        title="A subscription confirmation",
        why="SNS asks once before it delivers anything. A receiver that takes the question for a notification is never "
        "subscribed; one that opens any address in it can be sent anywhere.",
        forms=_SNS,
        is_for_web_only=True,
        _make=_subscription_confirmation,
    ),
    Scenario(
        name="unsubscribe-confirmation",
        title="An unsubscribe confirmation",
        why="It tells that no more messages come. A receiver that opens its SubscribeURL, as it does with the other "
        "question, subscribes again.",
        forms=_SNS,
        is_for_web_only=True,
        _make=_unsubscribe_confirmation,
    ),
    Scenario(
        name="wrong-signature",
        title="A wrong signature",
        why="Anybody who knows the address can call it. A receiver that takes this message takes everybody's, and may "
        "pay for work that was never done.",
        forms=frozenset({DeliveryForm.SNS, DeliveryForm.REST, DeliveryForm.SOAP}),
        is_for_web_only=True,
        _make=_wrong_signature,
    ),
    Scenario(
        name="raw",
        title="Raw delivery instead of the envelope",
        why="One switch in the subscription takes SNS's envelope away, and its signature with it. A receiver that "
        "looks for Message finds nothing.",
        forms=_SNS,
        is_for_web_only=True,
        _make=_raw,
    ),
)
"""In the order in which they are offered and run."""
