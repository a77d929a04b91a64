# SPDX-License-Identifier: MIT
"""Where a request goes: through the check of its signature to Mechanical Turk, SQS, SNS, KMS or STS; to the older API
of Mechanical Turk, which is signed in another way; or to the practice cloud's own pages, which need a secret.
"""

from __future__ import annotations

import hmac
import json
import sys
import time
import traceback
import uuid
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from notification_tester.practice import populating
from notification_tester.practice.aws_services import SERVICES, Services
from notification_tester.practice.faults import FaultPlan, Faults, actions_of
from notification_tester.practice.listener import NO_ANSWER, Request, Response
from notification_tester.practice.mailbox import PAGE_HEADERS, Mailbox, page
from notification_tester.practice.requester import SIGNING_NAME, TARGET_PREFIX, Requester, error_response
from notification_tester.practice.signatures import SignatureRefusedError, SigningKey, scope_service, verify
from notification_tester.practice.workers import Pace, Workers

if TYPE_CHECKING:
    from notification_tester.practice.legacy_api import LegacyApi
    from notification_tester.practice.marketplace import Marketplace

USER_NAME = "practice"


@dataclass(frozen=True, kw_only=True)
class Front:
    """Everything behind the door, and the keys to it."""

    key: SigningKey
    mailbox_path: str
    requester: Requester
    legacy_api: LegacyApi
    workers: Workers
    services: Services
    marketplace: Marketplace
    mailbox: Mailbox
    plan: FaultPlan

    def answer(self, request: Request) -> Response:
        """Answer any request; a bug of ours becomes an InternalFailure, and its trace goes to standard error."""
        try:
            return self._answer(request)
        except Exception:  # noqa: BLE001 - a server must answer whatever happens; nothing is hidden
            if sys.stderr:  # a packaged windowed program may have none
                traceback.print_exc(file=sys.stderr)
            return _failure(request, "InternalFailure", "The practice cloud has a bug.", status=500)

    def _answer(self, request: Request) -> Response:
        if request.path == self.mailbox_path:
            return self._show_mailbox(request)
        if request.path.startswith("/practice/"):
            return self._control(request)
        faults = self.plan.current
        if faults.no_network:
            return Response(status=NO_ANSWER)
        if not faults.clock_ahead_seconds:
            return self._serve(request, now=datetime.now(UTC))
        now = datetime.now(UTC) - timedelta(seconds=faults.clock_ahead_seconds)
        return replace(self._serve(request, now=now), moment=now.timestamp())

    def _serve(self, request: Request, *, now: datetime) -> Response:
        """Let a service answer; ``now`` is its clock."""
        if self.legacy_api.is_meant(request):
            return self.legacy_api.answer(request, now=now)
        service = _service(request)
        try:
            verify(request, key=self.key, service=service, now=now)
        except SignatureRefusedError as error:
            refusal = error.refusal
            code = refusal.json_code if _is_json(request) else refusal.query_code
            return _failure(request, code, refusal.message, status=400 if _is_json(request) else 403)
        if service == SIGNING_NAME:
            return self.requester.answer(request)
        if (slow := self.plan.current.slow_elsewhere_seconds) > 0:
            time.sleep(slow)
        action = _action(request)
        if self.plan.current.denied_actions and self.plan.denies(service, action, _members(request)):
            needed = " and ".join(actions_of(service, action, _members(request)))
            message = f"User: {self._user_arn} is not authorized to perform: {needed}"
            return _failure(
                request, "AccessDeniedException" if _is_json(request) else "AccessDenied", message, status=403
            )
        if service in SERVICES:
            return self.services.answer(service, request)
        if service == "sts" and action == "GetCallerIdentity":
            return self._who_am_i()
        return _failure(request, "InvalidAction", f"The practice cloud does not play {service} {action}.", status=400)

    @property
    def _user_arn(self) -> str:
        return f"arn:aws:iam::{self.services.account_id}:user/{USER_NAME}"

    def _who_am_i(self) -> Response:
        user_id = "AIDA" + self.key.access_key_id[4:]
        body = (
            '<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>'
            f"<Arn>{self._user_arn}</Arn><UserId>{user_id}</UserId><Account>{self.services.account_id}</Account>"
            f"</GetCallerIdentityResult><ResponseMetadata><RequestId>{uuid.uuid4()}</RequestId></ResponseMetadata>"
            "</GetCallerIdentityResponse>"
        )
        return Response(content_type="text/xml", body=body.encode())

    def _show_mailbox(self, request: Request) -> Response:
        messages = self.mailbox.messages()
        if "application/json" in request.headers.get("accept", ""):
            return _json([mail.as_json() for mail in messages])
        return Response(content_type="text/html; charset=utf-8", headers=PAGE_HEADERS, body=page(messages).encode())

    def _control(self, request: Request) -> Response:
        expected = f"Bearer {self.key.secret_access_key}"
        if not hmac.compare_digest(request.headers.get("authorization", "").encode(), expected.encode()):
            return Response(status=401, headers=(("WWW-Authenticate", "Bearer"),), body=b"The secret is missing.\n")
        try:
            match request.method, request.path:
                case "GET", "/practice/settings":
                    settings = self.marketplace.settings()
                    return _json({hit_type_id: asdict(setting) for hit_type_id, setting in settings.items()})
                case "GET", "/practice/faults":
                    return _json(self.plan.current.as_json())
                case "POST", "/practice/faults":
                    self.plan.set(Faults.from_json(json.loads(request.body)))
                    return _json(self.plan.current.as_json())
                case "POST", "/practice/hits":
                    wanted = json.loads(request.body)
                    populating.populate(self.marketplace, hits=int(wanted["hits"]), hit_types=int(wanted["hit_types"]))
                    return _json(wanted)
                case "GET", "/practice/workers":
                    return _json(self.workers.state())
                case "POST", "/practice/workers/at":
                    return _json(self.workers.at(str(json.loads(request.body)["destination"])))
                case "POST", "/practice/workers/again":
                    place = str(json.loads(request.body)["destination"])
                    self.workers.work_again(place)
                    return _json(self.workers.at(place))
                case "POST", "/practice/workers":
                    self.workers.set(Pace.from_json(json.loads(request.body)))
                    return _json(self.workers.state())
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            return Response(status=400, body=f"{error}\n".encode())
        return Response(status=404, body=b"There is no such page.\n")


def _service(request: Request) -> str:
    """Tell which service is meant: by its target header, else by what the caller says it signed for."""
    target = request.headers.get("x-amz-target", "")
    if target.startswith(TARGET_PREFIX):
        return SIGNING_NAME
    return "sqs" if target.startswith("AmazonSQS.") else scope_service(request)


def _is_json(request: Request) -> bool:
    return "x-amz-target" in request.headers


def _action(request: Request) -> str:
    if _is_json(request):
        return request.headers["x-amz-target"].rpartition(".")[2]
    return _query(request).get("Action", "")


def _members(request: Request) -> frozenset[str]:
    """The names of what a call hands over; what is empty is not handed over."""
    if not _is_json(request):
        return frozenset(_query(request))
    try:
        value = json.loads(request.body or b"{}")
    except ValueError:
        return frozenset()
    return frozenset(name for name, handed in value.items() if handed) if isinstance(value, dict) else frozenset()


def _query(request: Request) -> dict[str, str]:
    from urllib.parse import parse_qsl

    return dict(parse_qsl(request.body.decode("utf-8", "replace"))) | dict(parse_qsl(request.query))


def _failure(request: Request, code: str, message: str, *, status: int) -> Response:
    """Write an error as the protocol of the request has it."""
    if _is_json(request):
        return error_response(code, message, status=status)
    kind = "Sender" if status < 500 else "Receiver"
    body = (
        f"<ErrorResponse><Error><Type>{kind}</Type><Code>{escape(code)}</Code><Message>{escape(message)}</Message>"
        f"</Error><RequestId>{uuid.uuid4()}</RequestId></ErrorResponse>"
    )
    return Response(status=status, content_type="text/xml", body=body.encode())


def _json(value: object) -> Response:
    return Response(
        content_type="application/json", headers=(("Cache-Control", "no-store"),), body=json.dumps(value).encode()
    )
