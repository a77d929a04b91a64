# SPDX-License-Identifier: MIT
"""What is to be sent from this computer: the wish, what the history keeps of it, and what is said of it beforehand.

What may be secret is in nothing that is kept or said: of a web address the form without its query, of a signature not
the secret, of a mail server not the password.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from notification_tester.domain.account import Environment
from notification_tester.domain.destination import EmailAddress, QueueAddress, TopicAddress
from notification_tester.domain.events import TEST_HIT_ID, EventType, Group
from notification_tester.domain.messages.scenarios import drafts, parse_scenario
from notification_tester.domain.outgoing import DEPRECATED, DeliveryForm, LegacySignature, MadeNotification, Target
from notification_tester.domain.problem import Cause, Problem, ProblemError
from notification_tester.domain.web_address import WebAddress, is_this_computer

if TYPE_CHECKING:
    from notification_tester.domain.messages.scenarios import Scenario
    from notification_tester.domain.smtp import SmtpSettings
    from notification_tester.services.accounts import OpenAccount

CONFIRMATION = "subscription-confirmation"
"""The scenario that asks a web receiver whether it subscribes."""

_SMALL = 20_000
"""Bytes of the largest message where messages are only counted."""

WEB_TRANSPORTS = {DeliveryForm.SNS: "SNS HTTPS", DeliveryForm.REST: "REST", DeliveryForm.SOAP: "SOAP"}
"""What the history calls the way to a web receiver."""


@dataclass(frozen=True, kw_only=True)
class DeliveryRequest:
    """What is to be sent, and where to. Without ``scenarios`` the notification alone.

    ``signature`` is for the two legacy forms. ``confirm_subscription`` asks a web receiver first whether it subscribes,
    as SNS does; ``sns_signature_version`` is 1 or 2. ``wait_seconds`` is for queues and topics; zero does not look
    there at all. ``trust_untrusted`` sends also where a web receiver's certificate is not trusted.
    """

    target: Target
    form: DeliveryForm
    notification: MadeNotification
    scenarios: tuple[Scenario, ...] = ()
    signature: LegacySignature = DEPRECATED
    sns_signature_version: str = "1"
    confirm_subscription: bool = False
    smtp: SmtpSettings | None = None
    wait_seconds: float = 60.0
    remove_afterwards: bool = True
    read_anyway: bool = False
    trust_untrusted: bool = False

    @property
    def shown_target(self) -> str:
        """Where it goes, without what may be secret."""
        return self.target.shown if isinstance(self.target, WebAddress) else self.target.text

    @property
    def all_scenarios(self) -> tuple[Scenario | None, ...]:
        """What is sent one after the other, first whether a web receiver subscribes; None is the notification alone."""
        if self.confirm_subscription and self.form is DeliveryForm.SNS and isinstance(self.target, WebAddress):
            asked = parse_scenario(CONFIRMATION)
            return (asked, *(one for one in self.scenarios or (None,) if one != asked))
        return self.scenarios or (None,)

    def count_messages(self) -> int:
        """How many messages leave this computer: a scenario may have several. Raises ProblemError as drafts() does."""
        now = datetime.now(tz=UTC)
        return sum(
            len(drafts(one, self.notification, self.target, self.form, now=now, largest=_SMALL))
            for one in self.all_scenarios
        )

    @property
    def needs_account(self) -> bool:
        """Whether an account's own keys send it."""
        return isinstance(self.target, QueueAddress | TopicAddress)

    @property
    def transport(self) -> str:
        """What the history calls the way."""
        if isinstance(self.target, WebAddress):
            return WEB_TRANSPORTS[self.form]
        return self.target.transport.value

    def as_kept(self) -> dict[str, Any]:
        """What was wished, as the history keeps it, without a secret."""
        made = self.notification
        types = [event.event_type for event in made.events]
        value: dict[str, Any] = {
            "target": self.shown_target,
            "form": self.form.value,
            "event": next((one for one in types if one != EventType.PING.value), None),
            "version": made.version,
            "looks_real": any(event.hit_id != TEST_HIT_ID for event in made.events),
            "has_real_ids": made.has_real_ids,
            "number": len(made.events),
        }
        if self.form.is_legacy:
            value["signature"] = self.signature.kind.value
        if isinstance(self.target, EmailAddress) and self.smtp is not None:
            server = self.smtp
            value["smtp"] = {"server": server.text, "security": server.security.value, "user": server.user}
        return value

    def secrets(self, password: str) -> list[str]:
        """What must not be in anything that is kept of this."""
        found = [password, self.signature.secret]
        if isinstance(self.target, WebAddress):
            found += self.target.secrets
        return found


def asks_first(opened: OpenAccount | None, request: DeliveryRequest) -> Problem | None:
    """Why a person is asked before this is sent; None where it can do no harm.

    Events with ids that exist can make a receiver pay or reject, and scenarios are made to break receivers. On this
    computer both are somebody's own experiment.
    """
    if not (request.scenarios or request.notification.has_real_ids) or _stays_here(opened, request):
        return None
    what = []
    if request.notification.has_real_ids:
        what.append("The events name ids that may exist, so a receiver may pay, reject or take back because of them.")
    if request.scenarios:
        what.append("The scenarios are made to break receivers.")
    live = " The account is LIVE." if opened is not None and opened.account.is_live and request.needs_account else ""
    return Problem(
        title="This goes to a place outside this computer.",
        detail=f"It goes to {request.shown_target}. {' '.join(what)}{live} Nothing was sent yet.",
        remedy="Go on only if nobody's real work depends on what receives it.",
        code="delivery.not-confirmed",
        cause=Cause.INPUT,
    )


def account_name(opened: OpenAccount | None, request: DeliveryRequest) -> str:
    """Whose keys send it, as the history has it; empty where nobody's are needed."""
    return opened.account.kept_as if opened is not None and request.needs_account else ""


def environment_of(opened: OpenAccount | None, request: DeliveryRequest) -> Environment:
    """Where those keys lead; another service where nobody's are needed."""
    return opened.account.environment if opened is not None and request.needs_account else Environment.OTHER


def what_it_proves(opened: OpenAccount | None, request: DeliveryRequest) -> tuple[str, ...]:
    """What is to be said beside every result."""
    notes = ["This message is from this computer, and not from Mechanical Turk."]
    target = request.target
    if isinstance(target, QueueAddress | TopicAddress):
        whose = "practice's" if opened is not None and opened.practice else "the account's own"
        notes.append(
            f"It went in with {whose} keys, so whether the {target.kind}'s policy lets Mechanical Turk in was not "
            "tried; the checkup judges that."
        )
    is_signed = any(one is None or one.name != "raw" for one in request.all_scenarios)
    if request.form is DeliveryForm.SNS and isinstance(target, WebAddress) and is_signed:
        notes.append(
            "It is signed with a key of this program's own, not with Amazon's: a receiver that checks signatures is "
            "right to refuse it."
        )
    if isinstance(target, EmailAddress):
        notes.append("Its sender is yours: only Amazon may send in Mechanical Turk's name.")
    if assumed := _assumed(request):
        notes.append(f"What nobody has published is assumed: {assumed}.")
    return tuple(notes)


def _stays_here(opened: OpenAccount | None, request: DeliveryRequest) -> bool:
    """Whether it leaves this computer in no case."""
    match request.target:
        case WebAddress():
            return request.target.is_loopback
        case EmailAddress():
            return False  # a mail server on this computer hands it on, too
        case _:
            return opened is not None and is_this_computer(urlsplit(_called(opened, request.target)).hostname or "")


def _called(opened: OpenAccount, target: QueueAddress | TopicAddress) -> str:
    """The address that is called for a queue or a topic; of boto3's own settings only its client knows what it is."""
    connection = opened.clients.connection
    if not connection.from_environment:
        return connection.aws_endpoint
    try:
        if isinstance(target, QueueAddress):
            return opened.clients.sqs(target.region).meta.endpoint_url
        return opened.clients.sns(target.region).meta.endpoint_url
    except ProblemError:  # then nothing can be sent, and that is told when it is tried
        return ""


def _assumed(request: DeliveryRequest) -> str:
    types = [event.event_type for event in request.notification.events]
    known = {event.value: event for event in EventType}
    parts = []
    if any(one in known and known[one].group is not Group.ASSIGNMENT for one in types):
        parts.append("how a test of an event about a HIT, or of Ping, looks")
    if request.form.is_legacy and len(types) > 1:
        parts.append("that a Ping stands behind the other events")
    if any(event.worker_id for event in request.notification.events):
        parts.append("that a WorkerId is in the message")
    return ", and ".join(parts)
