# SPDX-License-Identifier: MIT
"""Mechanical Turk's older API: a call is a query, its answer XML. For programs and courses that still speak it.

Followed: "API Reference" 2006-05-05 to 2014-08-15 (SetHITTypeNotification, SendTestEventNotification, Help, "Making
REST Requests", "Notification"), and boto 2.49, the client that most of them have, where it does otherwise: it names no
``Service``, signs all fields (``SignatureVersion`` 1), puts ``Active`` inside the notification, and tells a failure by
the text ``<Errors>`` alone, whatever the status is. So every failure has the status 200 here: boto repeats others.

**Assumptions**, as nobody has published them: how the status report of a receiver was written (``StatusReport``); the
code ``AWS.RequestExpired``, and that a call may be as old as for the newer API; ``AWS.UnknownOperation``.

The real service also took SOAP calls; here they are no calls of this API. What is set is kept beside what is set
through the newer API, one setting for each HIT type, so workers tell both in the same way.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl
from xml.sax.saxutils import escape

from notification_tester.domain.events import EventType
from notification_tester.domain.messages.sender import REQUESTER_SERVICE, legacy_signature
from notification_tester.domain.outgoing import DeliveryForm, service_test
from notification_tester.practice.listener import Request, Response
from notification_tester.practice.receivers import UnreachableError, receiver_at
from notification_tester.practice.requester import CallError, ClosedError, Requester, request_error
from notification_tester.practice.signatures import TOLERANCE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from notification_tester.practice.delivery import Courier
    from notification_tester.practice.signatures import SigningKey

PATHS = frozenset({"/", "/onca/xml"})
TRANSPORTS = ("Email", "REST", "SOAP", "SQS")
NOT_AUTHORIZED = "AWS.NotAuthorized"
EXPIRED = "AWS.RequestExpired"
MISSING = "AWS.MissingParameters"
INVALID = "AWS.MechanicalTurk.InvalidParameterValue"
UNREACHABLE = "AWS.MechanicalTurk.InvalidTransportEndpoint"
UNKNOWN = "AWS.UnknownOperation"

_MOST_FIELDS = 1000
_VERSION = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_NOTIFICATION = re.compile(r"Notification(?:\.1)?\.(Destination|Transport|Version|EventType|Active)(?:\.([0-9]{1,3}))?")
_TODAY = {"SetHITTypeNotification": "UpdateNotificationSettings"}
"""What an operation is called in the newer API, where faults are asked for by name."""

_ABOUT: Mapping[str, tuple[str, str]] = {
    "SetHITTypeNotification": (
        "Creates, replaces, switches on or switches off the notification of a HIT type.",
        "HITTypeId",
    ),
    "SendTestEventNotification": ("Sends a test to a destination, and waits for a web receiver.", "Notification"),
    "Help": ("Tells of operations.", "About, HelpType"),
}

Fields = list[tuple[str, str]]


class LegacyApi:
    """Answers calls of the older API, which are signed with ``key``. Safe between threads."""

    def __init__(self, *, key: SigningKey, requester: Requester, courier: Courier) -> None:
        self._key = key
        self._requester = requester
        self._courier = courier
        self._operations: dict[str, Callable[[dict[str, str], Fields], str]] = {
            "SetHITTypeNotification": self._set_hit_type_notification,
            "SendTestEventNotification": self._send_test_event_notification,
            "Help": self._help,
        }

    def is_meant(self, request: Request) -> bool:
        """Whether this is a call of the older API, by what it is made of."""
        if request.path not in PATHS or request.method not in {"GET", "POST"} or "x-amz-target" in request.headers:
            return False
        fields = dict(_fields(request))
        return fields.get("Service") == REQUESTER_SERVICE or ("Operation" in fields and "Action" not in fields)

    def answer(self, request: Request, *, now: datetime) -> Response:
        """Answer one call; ``now`` is the service's clock."""
        pairs = _fields(request)
        fields = dict(pairs)
        operation = fields.get("Operation", "")
        try:
            self._verify(fields, pairs, now=now)
            carry_out = self._operations.get(operation)
            if carry_out is None:
                raise request_error(UNKNOWN, _not_played(operation))
        except CallError as error:
            return _xml(f"<Response>{_errors(error)}</Response>")
        try:
            self._requester.meet_trouble(_TODAY.get(operation, operation))
            more = carry_out(fields, pairs)
        except ClosedError:
            message = "This Requester API is no longer supported. Please use the latest API using the official AWS SDK."
            return _xml(f"<Response>{_errors(request_error('Forbidden', message))}</Response>")
        except CallError as error:
            asked = f"<Request><IsValid>False</IsValid>{_errors(error)}</Request>"
            return _xml(f"<{operation}Result>{asked}</{operation}Result>")
        return _xml(f"<{operation}Result><Request><IsValid>True</IsValid></Request>{more}</{operation}Result>")

    def _verify(self, fields: Mapping[str, str], pairs: Fields, *, now: datetime) -> None:
        """Let pass what was signed with the key, lately. Raises CallError."""
        missing = [name for name in ("AWSAccessKeyId", "Operation", "Signature", "Timestamp") if not fields.get(name)]
        if missing:
            raise request_error(MISSING, f"The request needs {', '.join(missing)}.")
        if fields["AWSAccessKeyId"] != self._key.access_key_id:
            raise request_error(NOT_AUTHORIZED, "The AWSAccessKeyId is not known here.")
        moment = _moment(fields["Timestamp"])
        if moment is None:
            raise request_error(INVALID, "The Timestamp is not of the form 2006-05-23T23:22:30Z.")
        expected = _signature(fields, pairs, secret=self._key.secret_access_key)
        given = fields["Signature"].replace(" ", "+")  # which a client may have forgotten to escape
        if expected is None or not hmac.compare_digest(expected.encode(), given.encode()):
            message = "The request signature does not match. Check the secret key, and what is signed: Service, "
            raise request_error(NOT_AUTHORIZED, f"{message}Operation and Timestamp, or with SignatureVersion 1 all.")
        if abs(moment - now) > TOLERANCE:
            raise request_error(EXPIRED, f"The Timestamp is too far from the time here, {now:%Y-%m-%dT%H:%M:%SZ}.")

    def _set_hit_type_notification(self, fields: dict[str, str], pairs: Fields) -> str:
        if not fields.get("HITTypeId"):
            raise request_error(MISSING, "SetHITTypeNotification needs a HITTypeId.")
        notification = _notification(pairs)
        active = fields.get("Active", (notification or {}).pop("Active", ""))
        members: dict[str, Any] = {"HITTypeId": fields["HITTypeId"]}
        if notification is not None:
            members["Notification"] = self._checked(notification)
        if active:
            members["Active"] = _boolean(active)
        self._requester.update_notification_settings(members)
        return ""

    def _send_test_event_notification(self, fields: dict[str, str], pairs: Fields) -> str:
        notification = _notification(pairs)
        if notification is None:
            raise request_error(MISSING, "SendTestEventNotification needs a Notification.")
        notification.pop("Active", None)
        specification = self._checked(notification)
        event = _event(fields["TestEventType"]) if fields.get("TestEventType") else None
        events = service_test(event, specification["Version"], datetime.now(UTC), form=DeliveryForm.REST).events
        if specification["Transport"] in {"REST", "SOAP"}:
            try:
                report = self._courier.ask_receiver(specification, events)
            except UnreachableError as error:
                raise request_error(UNREACHABLE, f"The receiver could not be contacted. {error}") from error
            return (
                f"<StatusReport><Status>{report.status}</Status><Reason>{escape(report.reason)}</Reason>"
                f"<Seconds>{report.seconds}</Seconds><IsWhole>{report.is_whole}</IsWhole></StatusReport>"
            )
        if not self._courier.notify(specification, events):
            message = "The queue does not exist, or does not let Mechanical Turk in."
            raise request_error(UNREACHABLE, message)
        return ""

    def _help(self, fields: dict[str, str], _: Fields) -> str:
        about = fields.get("About", "Help")
        if about not in _ABOUT:
            raise request_error(UNKNOWN, _not_played(about))
        what, needed = _ABOUT[about]
        return (
            f"<Information><OperationInformation><Name>{about}</Name><Description>{what}</Description>"
            f"<RequiredParameters>{needed}</RequiredParameters></OperationInformation></Information>"
        )

    def _checked(self, notification: dict[str, Any]) -> dict[str, Any]:
        """The notification as the newer API has it, checked as far as what follows does not. Raises CallError."""
        transport = str(notification.get("Transport", ""))
        if not transport or not notification.get("Destination"):
            raise request_error(MISSING, "The Notification needs a Transport and a Destination.")
        if transport not in TRANSPORTS:
            raise request_error(INVALID, f"The Transport is one of {', '.join(TRANSPORTS)}.")
        is_web = transport in {"REST", "SOAP"}
        version = str(notification.get("Version", ""))
        if not version and is_web:
            raise request_error(MISSING, f"The Notification needs a Version for {transport}.")
        if version and not _VERSION.fullmatch(version):
            raise request_error(INVALID, "The Version is one such as 2006-05-05.")
        events = [_event(one).value for one in notification["EventTypes"]]
        if is_web and receiver_at(str(notification["Destination"])) is None:
            message = (
                "The Destination is no web address of this computer, and the practice cloud sends to those alone "
                "(http:// or https://, and 127.0.0.1, ::1 or localhost)."
            )
            raise request_error(UNREACHABLE, message)
        return {
            "Destination": notification["Destination"],
            "Transport": transport,
            "Version": version or "2006-05-05",
            "EventTypes": events,
        }


def _fields(request: Request) -> Fields:
    """What the call hands over, in its order; nothing where it is not a query."""
    try:
        return [
            *parse_qsl(request.query, keep_blank_values=True, max_num_fields=_MOST_FIELDS),
            *parse_qsl(request.body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=_MOST_FIELDS),
        ]
    except ValueError:
        return []


def _signature(fields: Mapping[str, str], pairs: Fields, *, secret: str) -> str | None:
    """What the call ought to be signed with; None for a way of signing that is not known."""
    match fields.get("SignatureVersion", "0"):
        case "0":
            service = fields.get("Service", REQUESTER_SERVICE)
            operation, timestamp = fields["Operation"], fields["Timestamp"]
            return legacy_signature(secret, service=service, operation=operation, timestamp=timestamp)
        case "1":  # every field with its value, one behind the other
            signed = sorted((one for one in pairs if one[0] != "Signature"), key=lambda one: one[0].lower())
            text = "".join(name + value for name, value in signed).encode("utf-8", "surrogatepass")
            return base64.b64encode(hmac.digest(secret.encode(), text, hashlib.sha1)).decode("ascii")
    return None


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _notification(pairs: Fields) -> dict[str, Any] | None:
    """The members of ``Notification.1``, its event types in ``EventTypes``; None where there is none."""
    found: dict[str, Any] = {}
    events: list[str] = []
    for name, value in pairs:
        if field := _NOTIFICATION.fullmatch(name):
            if field[1] == "EventType":
                events.append(value)
            else:
                found[field[1]] = value
    return {**found, "EventTypes": events} if found or events else None


def _event(name: str) -> EventType:
    try:
        return EventType(name)
    except ValueError:
        message = f"{name[:100]!r} is no event type; they are {', '.join(EventType)}."
        raise request_error(INVALID, message) from None


def _boolean(text: str) -> bool:
    if text.casefold() not in {"true", "false", "1", "0"}:
        raise request_error(INVALID, "Active is true or false.")
    return text.casefold() in {"true", "1"}


def _not_played(operation: str) -> str:
    return (
        f"The practice cloud does not play {operation[:100]!r} of the older API. It plays {', '.join(_ABOUT)}; "
        "everything else of it was shut on 1 June 2019."
    )


def _errors(error: CallError) -> str:
    code = error.turk_error_code or f"AWS.{error.kind}"
    return f"<Errors><Error><Code>{escape(code)}</Code><Message>{_readable(error.message)}</Message></Error></Errors>"


def _readable(text: str) -> str:
    """The text as XML can hold it: what a call handed over may be quoted in it."""
    return escape("".join(one if one.isprintable() else "\ufffd" for one in text))


def _xml(body: str) -> Response:
    return Response(content_type="text/xml; charset=utf-8", body=f'<?xml version="1.0"?>\n{body}'.encode())
