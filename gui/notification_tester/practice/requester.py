# SPDX-License-Identifier: MIT
"""Mechanical Turk's JSON protocol: reads a call, checks it against botocore's own service model, answers it.

Followed: ``mturk-requester/2017-01-17`` (shapes, required members, limits), protocol ``json`` 1.1. Texts and codes of
refusals that nobody has published are assumptions, and marked here: constraint violations (``ValidationException``);
HITTypeDoesNotExist and InvalidNextToken by analogy with the legacy API; NoNotificationSpecification, for Active alone
where no specification exists (the legacy API refused that, its code is not known); InvalidParameterValue for Ping in
UpdateNotificationSettings; an impossible destination as InternalFailure, which is what people met when a queue's policy
was missing.
"""

from __future__ import annotations

import json
import time
import uuid
from typing import TYPE_CHECKING, Any

from botocore.loaders import create_loader
from botocore.model import ServiceModel

from notification_tester.domain.events import EventType
from notification_tester.practice.faults import Fault, FaultPlan
from notification_tester.practice.listener import Request, Response
from notification_tester.practice.marketplace import Marketplace, UnknownTokenError
from notification_tester.practice.validation import InvalidInputError, check

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from notification_tester.practice.delivery import Courier
    from notification_tester.practice.hits import HitType
    from notification_tester.practice.workers import Workers

TARGET_PREFIX = "MTurkRequesterServiceV20170117."
SIGNING_NAME = "mturk-requester"
CONTENT_TYPE = "application/x-amz-json-1.1"
_DEFAULT_PAGE = 10

_CLOSED_PAGE = (
    b"<!DOCTYPE html>\n<html><head><title>403 Forbidden</title></head><body><h1>403 Forbidden</h1>"
    b"<p>Amazon Mechanical Turk is no longer available.</p></body></html>\n"
)

Members = dict[str, Any]
JsonText = str
"""An answer's members, already written: the HITs of a page are never built as dictionaries."""


class CallError(Exception):
    """Why a call is refused. ``kind`` is the error type on the wire; ``turk_error_code`` that of a RequestError."""

    def __init__(self, kind: str, message: str = "", *, status: int = 400, turk_error_code: str = "") -> None:
        super().__init__(message)
        self.kind = kind
        self.message = message
        self.status = status
        self.turk_error_code = turk_error_code


def request_error(code: str, message: str) -> CallError:
    """Make the error that Mechanical Turk itself gives, by its own code."""
    return CallError("RequestError", message, turk_error_code=code)


class ClosedError(Exception):
    """The service has ended."""


class Requester:
    """Answers calls whose signature was checked."""

    def __init__(self, *, marketplace: Marketplace, courier: Courier, workers: Workers, plan: FaultPlan) -> None:
        self._marketplace = marketplace
        self._courier = courier
        self._workers = workers
        self._plan = plan
        self._model = ServiceModel(create_loader().load_service_model("mturk", "service-2"), "mturk")
        self._operations: dict[str, Callable[[Members], JsonText]] = {
            "GetAccountBalance": self._get_account_balance,
            "CreateHITType": self._create_hit_type,
            "CreateHIT": self._create_hit,
            "CreateHITWithHITType": self._create_hit_with_hit_type,
            "GetHIT": self._get_hit,
            "ListHITs": self._list_hits,
            "UpdateNotificationSettings": self.update_notification_settings,
            "SendTestEventNotification": self._send_test_event_notification,
        }

    def answer(self, request: Request) -> Response:
        """Answer one call."""
        operation = request.headers.get("x-amz-target", "").removeprefix(TARGET_PREFIX)
        try:
            self.meet_trouble(operation)
            return _json_response(200, self._call(operation, request.body))
        except ClosedError:
            return Response(status=403, content_type="text/html", body=_CLOSED_PAGE)
        except CallError as error:
            return error_response(error.kind, error.message, status=error.status, turk_error_code=error.turk_error_code)

    def meet_trouble(self, operation: str) -> None:
        """Let a call of this operation fare as was asked for. Raises CallError, or ClosedError."""
        if (slow := self._plan.current.slow_seconds) > 0:
            time.sleep(slow)
        fault = self._plan.for_call(operation)
        if fault is Fault.CLOSED:
            raise ClosedError
        if fault:
            raise _fault_error(fault, operation)

    def _call(self, operation: str, body: bytes) -> JsonText:
        carry_out = self._operations.get(operation)
        if carry_out is None:
            known = operation in self._model.operation_names
            why = "The practice cloud does not play this operation." if known else ""
            raise CallError("UnknownOperationException", why)
        try:
            members = json.loads(body or b"{}")
        except ValueError as error:
            raise CallError("SerializationException", "The body is not JSON.") from error
        shape = self._model.operation_model(operation).input_shape
        try:
            if shape is not None:
                check(members, shape)
        except InvalidInputError as error:
            raise CallError(error.code, str(error)) from error
        return carry_out(members)

    def _get_account_balance(self, _: Members) -> JsonText:
        return json.dumps({"AvailableBalance": self._plan.current.balance or self._marketplace.balance})

    def _create_hit_type(self, members: Members) -> JsonText:
        return json.dumps({"HITTypeId": self._marketplace.register_type(members).hit_type_id})

    def _create_hit(self, members: Members) -> JsonText:
        self._check_hit(members)
        return self._made(self._marketplace.register_type(members), members)

    def _create_hit_with_hit_type(self, members: Members) -> JsonText:
        hit_type = self._known_type(members["HITTypeId"])
        self._check_hit(members)
        return self._made(hit_type, members)

    def _made(self, hit_type: HitType, members: Members) -> JsonText:
        hit = self._marketplace.create_hit(hit_type, members)
        self._workers.hit_created(hit)
        return f'{{"HIT": {hit.as_json()}}}'

    def _get_hit(self, members: Members) -> JsonText:
        hit = self._marketplace.hit(members["HITId"])
        if hit is None:
            raise request_error("AWS.MechanicalTurk.HITDoesNotExist", f"Hit {members['HITId']} does not exist.")
        return f'{{"HIT": {hit.as_json()}}}'

    def _list_hits(self, members: Members) -> JsonText:
        try:
            hits, token = self._marketplace.page(
                size=members.get("MaxResults") or _DEFAULT_PAGE, token=members.get("NextToken")
            )
        except UnknownTokenError as error:
            raise request_error("AWS.MechanicalTurk.InvalidNextToken", "The NextToken is not valid.") from error
        following = f', "NextToken": "{token}"' if token else ""
        return f'{{"NumResults": {len(hits)}, "HITs": [{", ".join(hits)}]{following}}}'

    def update_notification_settings(self, members: Members) -> JsonText:
        """Set or switch a HIT type's notification; the members were checked by themselves. Raises CallError."""
        notification, active = members.get("Notification"), members.get("Active")
        if notification is None and active is None:
            raise request_error("AWS.MissingParameters", "One of Notification and Active must be given.")
        hit_type = self._known_type(members["HITTypeId"])
        if notification is not None:
            self._check_specification(notification)
            if EventType.PING.value in notification["EventTypes"]:
                message = "The event type Ping can be used with SendTestEventNotification only."
                raise request_error("AWS.MechanicalTurk.InvalidParameterValue", message)
        if not self._marketplace.change_setting(members["HITTypeId"], notification=notification, active=active):
            message = f"HITType {members['HITTypeId']} has no notification specification to switch."
            raise request_error("AWS.MechanicalTurk.NoNotificationSpecification", message)
        self._workers.setting_changed(hit_type)
        return "{}"

    def _send_test_event_notification(self, members: Members) -> JsonText:
        notification = members["Notification"]
        self._check_specification(notification)
        if not self._courier.accepts(notification):
            raise CallError("InternalFailure", status=500)
        self._courier.send_test(notification, EventType(members["TestEventType"]))
        return "{}"

    def _known_type(self, hit_type_id: str) -> HitType:
        hit_type = self._marketplace.hit_type(hit_type_id)
        if hit_type is None:
            message = f"HITType {hit_type_id} does not exist."
            raise request_error("AWS.MechanicalTurk.HITTypeDoesNotExist", message)
        return hit_type

    def _check_hit(self, members: Members) -> None:
        if not members.get("Question") and not members.get("HITLayoutId"):
            raise request_error("AWS.MissingParameters", "A Question or a HITLayoutId is required.")
        token = members.get("UniqueRequestToken")
        if token and (known := self._marketplace.hit_of_token(token)):
            message = f"The HIT with ID {known.hit_id} already exists."
            raise request_error("AWS.MechanicalTurk.HITAlreadyExists", message)

    def _check_specification(self, notification: Mapping[str, Any]) -> None:
        if not notification["Destination"].strip():
            raise request_error("AWS.MissingParameters", "The notification's Destination is empty.")
        if not notification["EventTypes"]:
            raise request_error("AWS.MissingParameters", "The notification's EventTypes are empty.")


def error_response(kind: str, message: str = "", *, status: int = 400, turk_error_code: str = "") -> Response:
    """Write an error in the protocol's shape.

    RequestError and ServiceFault have the model's ``Message`` and ``TurkErrorCode``, and their texts end in a number in
    brackets; errors of the framework have ``message``.
    """
    members: Members = {"__type": kind}
    if turk_error_code:
        members["Message"] = f"{message} ({int(time.time() * 1000)})"
        members["TurkErrorCode"] = turk_error_code
    elif message:
        members["message"] = message
    return _json_response(status, json.dumps(members))


def _json_response(status: int, text: JsonText) -> Response:
    headers = (("x-amzn-RequestId", str(uuid.uuid4())),)
    return Response(status=status, content_type=CONTENT_TYPE, headers=headers, body=text.encode())


def _fault_error(fault: Fault, operation: str) -> CallError:
    match fault:
        case Fault.UNLINKED:
            message = "To use the MTurk API, your AWS account must be linked to your MTurk Requester account."
            return request_error("AWS.AccountNotLinked", message)
        case Fault.ACCESS_DENIED:
            message = f"User is not authorized to perform: mechanicalturk:{operation}"
            return CallError("AccessDeniedException", message)
        case Fault.THROTTLED:
            return CallError("ThrottlingException", "Rate exceeded")
        case Fault.SERVICE_FAULT:
            message = "The service had trouble."
            return CallError("ServiceFault", message, status=500, turk_error_code="AWS.ServiceUnavailable")
    return CallError("InternalFailure", status=500)
