# SPDX-License-Identifier: MIT
"""Who carries a message that is sent from this computer: a queue's or a topic's own service, a mail server, or HTTP."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Self

from notification_tester.aws.queues import Queue
from notification_tester.aws.topics import Topic
from notification_tester.domain.delivery import NOTHING_TO_LOOK_AT, Lamp, State
from notification_tester.domain.destination import EmailAddress, QueueAddress, TopicAddress
from notification_tester.domain.messages.draft import Expectation
from notification_tester.domain.outgoing import SignatureKind
from notification_tester.domain.problem import Cause, Problem, ProblemError, Remedy, input_problem
from notification_tester.domain.smtp import no_mail_server
from notification_tester.services.sending.mail_carrier import MailStoppedError, send_mail

if TYPE_CHECKING:
    import threading
    from collections.abc import Sequence

    from notification_tester.domain.messages.draft import Draft
    from notification_tester.domain.receipt import Receipt
    from notification_tester.domain.smtp import SmtpSettings
    from notification_tester.domain.web_address import WebAddress
    from notification_tester.services.accounts import OpenAccount
    from notification_tester.services.sending.sns_signing import SnsSigner

CONFIRM_SECONDS = 10.0
"""How long a web receiver is waited for that has to subscribe before anything else is sent."""

ASKED_SECONDS = 2.0
"""The same where the question is one scenario among others."""

UNSUBSCRIBED_SECONDS = 0.5
"""How long it is looked whether a receiver subscribes again by mistake."""

COMPARE = Lamp(state=State.UNKNOWN, detail="Compare the e-mail's Event Type with what was sent.")


@dataclass(frozen=True, kw_only=True)
class Carried:
    """What became of one message as far as its carrier knows.

    ``arrived`` and ``as_expected`` are None where it has to be looked for. ``is_lost``: it may have been taken though
    no answer says so.
    """

    accepted: Lamp
    arrived: Lamp | None = None
    as_expected: Lamp | None = None
    receipt: Receipt | None = None
    problem: Problem | None = None
    is_lost: bool = False


class Carrier(ABC):
    """Carries the messages of one run to one place."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @abstractmethod
    def carry(self, draft: Draft, stop: threading.Event) -> Carried:
        """Carry one message; whatever goes wrong is in the answer."""

    def close(self) -> None:
        """Let go of what was kept open between messages."""
        return


def carrier_for(
    opened: OpenAccount | None,
    target: QueueAddress | TopicAddress | EmailAddress,
    smtp: SmtpSettings | None,
    password: str,
) -> Carrier:
    """The one for this place; :class:`WebCarrier` is that of the web. Raises ProblemError where one is missing."""
    match target:
        case QueueAddress() | TopicAddress():
            if opened is None:
                raise input_problem(
                    "delivery.no-account",
                    title="No account is chosen.",
                    detail="A queue or a topic is filled with an account's own keys.",
                    remedy="Choose the account that it belongs to, or practice.",
                    remedies=(Remedy.CHOOSE_ACCOUNT,),
                )
            return QueueCarrier(opened, target) if isinstance(target, QueueAddress) else TopicCarrier(opened, target)
        case EmailAddress():
            if smtp is None:
                raise no_mail_server()
            return MailCarrier(target, smtp, password)


class _OfAws(Carrier):
    """Hands a message to SQS or SNS."""

    who = ""

    def carry(self, draft: Draft, stop: threading.Event) -> Carried:
        """Once: where the answer is lost, it may be there."""
        del stop
        began = time.perf_counter()
        try:
            self._send(draft.body.decode("utf-8", "replace"))
        except ProblemError as error:
            title = error.problem.title
            if error.perhaps_done:
                why = f"Whether it was taken is not known: no clear answer came. {title}"
                return Carried(accepted=Lamp(state=State.UNKNOWN, detail=why), problem=error.problem, is_lost=True)
            return Carried(
                accepted=Lamp(state=State.NO, detail=title),
                arrived=Lamp(state=State.UNKNOWN, detail="Not waited for: the message was not accepted."),
                as_expected=NOTHING_TO_LOOK_AT,
                problem=error.problem,
            )
        taken = Lamp(
            state=State.YES, detail=f"{self.who} took it from this computer.", seconds=time.perf_counter() - began
        )
        return Carried(accepted=taken)

    @abstractmethod
    def _send(self, text: str) -> None:
        """Raises ProblemError."""


class QueueCarrier(_OfAws):
    """Puts messages into a queue, with the account's own keys."""

    def __init__(self, opened: OpenAccount, address: QueueAddress) -> None:
        self.who = "The practice queue" if opened.practice else "Amazon SQS"
        self._queue = Queue(opened.clients, address)

    def _send(self, text: str) -> None:
        self._queue.send(text)


class TopicCarrier(_OfAws):
    """Publishes messages to a topic, with the account's own keys."""

    def __init__(self, opened: OpenAccount, address: TopicAddress) -> None:
        self.who = "The practice topic" if opened.practice else "Amazon SNS"
        self._topic = Topic(opened.clients, address)

    def _send(self, text: str) -> None:
        self._topic.publish(text)


class MailCarrier(Carrier):
    """Hands e-mails to a server that hands them on."""

    def __init__(self, address: EmailAddress, settings: SmtpSettings, password: str) -> None:
        self._address = address
        self._settings = settings
        self._password = password

    def carry(self, draft: Draft, stop: threading.Event) -> Carried:
        """Whether it arrives, only the person can say."""
        began = time.perf_counter()
        not_looked = Lamp(
            state=State.UNKNOWN,
            detail=f"This program cannot look into the mailbox of {self._address.address}. Look there, in the spam "
            f"folder too, for an e-mail from {self._settings.mailbox or self._address.address}.",
        )
        try:
            said = send_mail(self._settings, draft.body, self._address.address, password=self._password, stop=stop)
        except MailStoppedError as stopped:
            why = "whether the server took it is not known" if stopped.perhaps_done else "it was not handed over"
            unknown = Lamp(state=State.UNKNOWN, detail=f"You stopped; {why}.")
            return Carried(accepted=unknown, arrived=NOTHING_TO_LOOK_AT, as_expected=NOTHING_TO_LOOK_AT)
        except ProblemError as error:
            lamp = Lamp(state=State.UNKNOWN if error.perhaps_done else State.NO, detail=error.problem.title)
            arrived = (
                not_looked
                if error.perhaps_done
                else Lamp(state=State.UNKNOWN, detail="Not waited for: the message was not accepted.")
            )
            return Carried(
                accepted=lamp,
                arrived=arrived,
                as_expected=NOTHING_TO_LOOK_AT,
                problem=error.problem,
                is_lost=error.perhaps_done,
            )
        taken = f"The mail server {self._settings.text} took it: {said}" if said else "The mail server took it."
        return Carried(
            accepted=Lamp(state=State.YES, detail=taken, seconds=time.perf_counter() - began),
            arrived=not_looked,
            as_expected=COMPARE,
        )


class WebCarrier(Carrier):
    """Delivers to a web receiver, and judges what it answers.

    ``signer`` has signed the envelopes of SNS, and is told who visits what they name; None where there are none. It is
    waited ``confirm_seconds`` for a receiver that was asked whether it subscribes. ``secrets`` are taken out of what it
    answers.
    """

    def __init__(
        self,
        address: WebAddress,
        *,
        signer: SnsSigner | None,
        confirm_seconds: float,
        trust_untrusted: bool,
        secrets: Sequence[str],
    ) -> None:
        from notification_tester.services.sending.web_delivery import WebDelivery

        self._address = address
        self._signer = signer
        self._confirm_seconds = confirm_seconds
        self._trust_untrusted = trust_untrusted
        self._secrets = secrets
        self._delivery = WebDelivery()

    def carry(self, draft: Draft, stop: threading.Event) -> Carried:
        """Wait for the answer, as the older service and SNS do."""
        receipt = self._delivery.deliver(
            self._address, draft, trust_untrusted=self._trust_untrusted, secrets=self._secrets, stop=stop
        )
        carried = judged(receipt, draft)
        if self._signer is None or draft.envelope is None:
            return carried
        if draft.signature is SignatureKind.RIGHT and carried.problem is not None and 400 <= receipt.status < 500:
            return replace(carried, problem=replace(carried.problem, remedy=self._signer.how_to_let_through()))
        message_id = draft.envelope.get("MessageId", "")
        match draft.envelope.get("Type"):
            case "SubscriptionConfirmation" if receipt.is_success:
                is_visited = self._signer.wait_until_confirmed(message_id, seconds=self._confirm_seconds, stop=stop)
                return replace(carried, as_expected=self._confirmed(is_visited=is_visited))
            case "UnsubscribeConfirmation" if receipt.is_success:
                if self._signer.wait_until_confirmed(message_id, seconds=UNSUBSCRIBED_SECONDS, stop=stop):
                    return replace(carried, as_expected=_SUBSCRIBED_AGAIN, problem=_SUBSCRIBES_AGAIN)
        return carried

    def close(self) -> None:
        """End the connections."""
        self._delivery.close()

    def _confirmed(self, *, is_visited: bool) -> Lamp:
        if is_visited:
            return Lamp(state=State.YES, detail="It visited the SubscribeURL, which confirms the subscription.")
        return Lamp(
            state=State.UNKNOWN,
            detail=f"It took the question, and did not visit the SubscribeURL within {self._confirm_seconds:g} s. "
            "Either somebody confirms there by hand, or it visits Amazon's addresses alone, which is right, or it does "
            "not know the question and would never be subscribed.",
        )


def judged(receipt: Receipt, draft: Draft) -> Carried:
    """What a receiver's answer shows."""
    said = f"{receipt.status} {receipt.reason}".strip()
    problem = receipt.problem
    if not receipt.status:
        why = "No answer came." if problem is None else problem.title
        was_sent = receipt.was_sent
        accepted = f"Whether it was taken is not known. {why}" if was_sent else why
        return Carried(
            accepted=Lamp(state=State.UNKNOWN if was_sent else State.NO, detail=accepted),
            arrived=Lamp(state=State.UNKNOWN if was_sent else State.NO, detail=f"There is no answer. {why}"),
            as_expected=Lamp(state=State.NO if was_sent else State.UNKNOWN, detail=f"No status came. {why}"),
            receipt=receipt,
            problem=problem,
            is_lost=was_sent,
        )
    took = receipt.is_taken
    answered = f"The receiver answered {said}."
    arrived = Lamp(state=State.YES, detail=answered, seconds=receipt.seconds_to_first_byte)
    accepted_lamp = Lamp(
        state=State.YES if took else State.NO,
        detail=f"The receiver took it: {said}." if took else f"The receiver did not take it: {said}.",
        seconds=receipt.seconds_to_first_byte,
    )
    if problem is not None:
        as_expected = Lamp(state=State.NO, detail=f"The answer did not come whole. {problem.title}")
    elif draft.expects.fits(receipt.status):
        as_expected = Lamp(state=State.YES, detail=f"{said}, and {draft.expects.status_words} was to come.")
    else:
        where = f" It would rather have it at {receipt.redirect}, which was not followed." if receipt.redirect else ""
        wanted = f"{draft.expects.status_words[0].upper()}{draft.expects.status_words[1:]} was to come"
        as_expected = Lamp(state=State.NO, detail=f"{wanted}, and {said} came.{where}")
        problem = _unexpected(receipt, draft, as_expected.detail)
    return Carried(accepted=accepted_lamp, arrived=arrived, as_expected=as_expected, receipt=receipt, problem=problem)


def _unexpected(receipt: Receipt, draft: Draft, detail: str) -> Problem:
    took = receipt.is_taken
    if took and draft.expects is Expectation.REFUSES and draft.signature is SignatureKind.WRONG:
        title = "The receiver took a message with a wrong signature."
        remedy = "Have it compare the signature before it does anything; anybody who knows its address can call it."
    elif took:
        title = "The receiver took what it should refuse."
        remedy = "Look at what it did with the message."
    elif 300 <= receipt.status < 400:
        title = "The receiver points to another address."
        remedy = "Give the address to which it points, if it is yours; neither SNS nor the older service follows."
    elif receipt.status in {401, 403, 407} and draft.signature is SignatureKind.RIGHT:
        title = f"The receiver refused the message ({receipt.status})."
        remedy = "If it checks signatures, it is right to: see how to let this program's own through."
    elif receipt.status >= 500:
        title = f"The receiver failed ({receipt.status})."
        remedy = "Look into its log. SNS would deliver the same again and again after such an answer."
    else:
        title = f"The receiver refused the message ({receipt.status})."
        remedy = "Look at what it answered, and into its log."
    return Problem(title=title, detail=detail, remedy=remedy, code="delivery.unexpected", cause=Cause.DESTINATION)


_SUBSCRIBED_AGAIN = Lamp(state=State.NO, detail="It visited the SubscribeURL, and is subscribed again by that.")

_SUBSCRIBES_AGAIN = Problem(
    title="The receiver subscribes again when it is told that its subscription has ended.",
    detail="It visited the SubscribeURL of an unsubscribe confirmation, as it should with a subscription confirmation.",
    remedy="Have it look at the Type of what comes, and visit nothing where that is UnsubscribeConfirmation.",
    code="delivery.subscribes-again",
    cause=Cause.DESTINATION,
)
