# SPDX-License-Identifier: MIT
"""Queues and topics as moto plays them, put right: put in the place of moto's classes by :func:`install`.

moto counts every message several times for each message that is received, and goes through all of them twice for each
that is deleted, which makes looking through some hundred messages take minutes; it forgets a queue's policy whenever
another attribute is set; it hides messages again whose hold has run out; it fails over a policy that is none; and it
takes policies of any size. SQS's words for one that is too large are those that people met; **assumption**: SNS's,
which nobody has published.
"""

from __future__ import annotations

import json
import secrets
import time
from typing import TYPE_CHECKING, Any

from moto.sns import models as topic_models
from moto.sns.exceptions import InvalidParameterValue
from moto.sqs import models
from moto.sqs.exceptions import InvalidAttributeValue, ReceiptHandleIsInvalid, SQSException
from moto.sqs.exceptions import InvalidParameterValue as InvalidQueueParameter

from notification_tester.domain.policy.limits import excesses

if TYPE_CHECKING:
    from collections.abc import Callable

_LONGEST_HOLD = 43_200 * 1000
"""Milliseconds since a message was first received (SQS Developer Guide, "Amazon SQS visibility timeout")."""


def install() -> None:
    """Have moto make our kinds from now on; its backends look the classes up by name in their modules."""
    vars(models)["Queue"] = Queue
    slow = models.SQSBackend.change_message_visibility
    setattr(models.SQSBackend, slow.__name__, _change_message_visibility)
    vars(models)["generate_receipt_handle"] = _receipt_handle
    vars(topic_models)["Topic"] = Topic
    setattr(models.SQSBackend, models.SQSBackend.add_permission.__name__, _adding_permission())


class OverLimitError(SQSException):
    """A policy of a queue has too much of something."""

    code = "OverLimit"


class Queue(models.Queue):
    """A queue that knows the time once for all its messages, and counts them once in a call."""

    kms_master_key_id: str | None  # set by moto

    _known: dict[str, Any] | None = None
    _by_handle: dict[str, models.Message] | None = None
    _handles_of = 0

    @property
    def attributes(self) -> dict[str, Any]:
        """What moto asks for several times for every message; worked out once, until :meth:`forget_attributes`."""
        if self._known is None:
            self._known = super().attributes
        return dict(self._known)

    def forget_attributes(self) -> None:
        """Count anew the next time."""
        self._known = None

    @property
    def messages(self) -> list[models.Message]:
        """What can be received now."""
        now = _now()
        return [message for message in self._messages if message.visible_at < now and message.delayed_until <= now]

    @property
    def approximate_number_of_messages_delayed(self) -> int:
        """How many have not yet been visible."""
        now = _now()
        return sum(message.delayed_until > now for message in self._messages)

    @property
    def approximate_number_of_messages_not_visible(self) -> int:
        """How many somebody has received and not yet deleted."""
        now = _now()
        return sum(message.visible_at >= now for message in self._messages)

    def seconds_until_visible(self, *, otherwise: float) -> float:
        """Tell when the next message that is held or delayed can be received."""
        now = _now()
        moments = [max(message.visible_at, message.delayed_until) for message in self._messages]
        return min((moment - now for moment in moments if moment >= now), default=otherwise * 1000) / 1000

    def given_out_as(self, receipt_handle: str) -> models.Message | None:
        """Find a message by any handle under which it was given out; looked through once for many handles."""
        known = self._by_handle
        if known is None or receipt_handle not in known or self._handles_of != len(self._messages):
            known = {handle: one for one in self._messages for handle in one.all_receipt_handles if handle}
            self._by_handle, self._handles_of = known, len(self._messages)
        return known.get(receipt_handle)

    def delete_message(self, receipt_handle: str) -> None:
        """Delete the message that the handle was given out for; a second time changes nothing."""
        if receipt_handle in self.deleted_messages:
            return
        for position, message in enumerate(self._messages):
            if message.had_receipt_handle(receipt_handle):
                self.pending_messages.discard(message)
                self.deleted_messages.update(handle for handle in message.all_receipt_handles if handle)
                del self._messages[position]
                return
        raise ReceiptHandleIsInvalid

    def _set_attributes(self, attributes: dict[str, Any], now: float | None = None) -> None:
        if policy := attributes.get("Policy"):
            if not _is_object(policy):
                raise InvalidAttributeValue("Policy")  # moto would fail over it
            _refuse_excess(policy)
        before = self.policy if hasattr(self, "_policy_json") else None
        super()._set_attributes(attributes, now)
        if before and "Policy" not in attributes:
            self.policy = before
        self.forget_attributes()


class MessageNotInflightError(ReceiptHandleIsInvalid):
    """What SQS says of a message whose hold has run out; moto would hide it again, and this kind fits into a batch."""

    def __init__(self) -> None:
        super().__init__()
        self.code = "AWS.SimpleQueueService.MessageNotInflight"
        self.message = "The specified message isn't in flight."


class Topic(topic_models.Topic):
    """A topic that refuses a policy that is none."""

    @property
    def policy(self) -> str:
        """The policy as SNS tells it."""
        text: str = super().policy
        return text

    @policy.setter
    def policy(self, policy: str) -> None:
        if not _is_object(policy):
            message = "Invalid parameter: Policy Error: null"
            raise InvalidParameterValue(message)
        for over in excesses(policy, is_topic=True):
            message = f"Invalid parameter: Policy Error: {over.found} {over.what}, max allowed is {over.at_most}"
            raise InvalidParameterValue(message)
        self._policy_json = json.loads(policy)


def _adding_permission() -> Callable[..., None]:
    """Add a statement as moto does, unless it is one too many."""
    add = models.SQSBackend.add_permission

    def add_permission(backend: models.SQSBackend, *, queue_name: str, **named: Any) -> None:
        queue = backend.get_queue(queue_name)
        before = queue.policy
        add(backend, queue_name=queue_name, **named)
        try:
            _refuse_excess(queue.policy or "")
        except OverLimitError:
            queue.policy = before
            raise

    return add_permission


def _refuse_excess(policy: str) -> None:
    for over in excesses(policy, is_topic=False):
        where = "in a statement from the submitted policy" if over.of_statement else "in the submitted policy"
        words = f"{over.found} {over.what} were found {where}, max allowed is {over.at_most}"
        raise OverLimitError("Submitted policy is over max allowed size." if over.what == "bytes" else words)


def _change_message_visibility(
    backend: models.SQSBackend, queue_name: str, receipt_handle: str, visibility_timeout: int
) -> None:
    """Hold a message longer or give it back, found by its handle at once; moto asks every message of the queue."""
    queue = backend.get_queue(queue_name)
    message = queue.given_out_as(receipt_handle) if isinstance(queue, Queue) else None
    if message is None:
        raise ReceiptHandleIsInvalid
    if message.visible_at < _now():
        raise MessageNotInflightError
    until = _now() + int(visibility_timeout) * 1000
    if until - (message.approximate_first_receive_timestamp or until) > _LONGEST_HOLD:
        raise InvalidQueueParameter(f"Value {visibility_timeout} for parameter VisibilityTimeout is invalid.")
    message.change_visibility(int(visibility_timeout))
    if message.visible:
        queue.pending_messages.discard(message)


def _receipt_handle() -> str:
    """Make up a handle as long as moto's, which draws its letters one by one: half the cost of receiving a message."""
    return secrets.token_urlsafe(138)


def _is_object(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except ValueError:
        return False


def _now() -> float:
    return time.time() * 1000  # moto's moments are in milliseconds since 1970
