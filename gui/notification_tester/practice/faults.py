# SPDX-License-Identifier: MIT
"""Trouble on request: what the practice cloud does wrong when it is told to.

What is forbidden goes by IAM action, as it does in AWS: an operation that works on a batch has no action of its own,
and what is made with tags needs a second one (:data:`ACTIONS`, :data:`TAGGING`; Service Authorization Reference,
"Actions, resources, and condition keys" for Amazon SQS, SNS and KMS).

A share of calls is drawn from the seed and from how often was drawn since the faults were set, so that the same calls
fail again when they are repeated one after the other. What is counted (``…_next``) goes to whoever comes first.
"""

from __future__ import annotations

import hashlib
import threading
from dataclasses import asdict, dataclass, fields, replace
from enum import StrEnum
from fnmatch import fnmatchcase
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

ACTIONS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "sqs:SendMessageBatch": ("sqs:SendMessage",),
        "sqs:DeleteMessageBatch": ("sqs:DeleteMessage",),
        "sqs:ChangeMessageVisibilityBatch": ("sqs:ChangeMessageVisibility",),
        "sns:PublishBatch": ("sns:Publish",),
        "kms:ReEncrypt": ("kms:ReEncryptFrom", "kms:ReEncryptTo"),
    }
)
"""The IAM actions of the operations that have none of their own name."""

TAGGING: Mapping[str, str] = MappingProxyType(
    {"sqs:CreateQueue": "sqs:TagQueue", "sns:CreateTopic": "sns:TagResource", "kms:CreateKey": "kms:TagResource"}
)
"""What else has to be allowed for what is made with tags."""


@dataclass(frozen=True, kw_only=True)
class Faults:
    """What shall go wrong from now on; the default is nothing.

    ``…_rate`` is a share of calls from 0 to 1, ``…_next`` a number of calls or messages, ``…_seconds`` a time.
    They concern Mechanical Turk alone, its calls or the messages that it sends, unless they say otherwise.
    """

    throttle_rate: float = 0.0
    throttle_next: int = 0
    internal_failure_rate: float = 0.0
    internal_failure_next: int = 0
    service_fault_next: int = 0
    slow_seconds: float = 0.0
    slow_elsewhere_seconds: float = 0.0  # every call to another service
    lose_next: int = 0  # accepted, and never sent
    late_seconds: float = 0.0  # between accepting and sending
    double_next: int = 0  # sent twice
    reorder_next: int = 0  # held back until the message after it has been sent
    unlinked: bool = False  # the AWS account is not joined to a requester
    access_denied: bool = False  # every call to Mechanical Turk
    denied_actions: tuple[str, ...] = ()  # IAM actions of any service, such as sqs:ReceiveMessage or sqs:Delete*
    clock_ahead_seconds: float = 0.0  # the caller's clock against that of every service; below nought it is behind
    no_network: bool = False  # no call to any service is answered
    closed: bool = False  # 403 with a page of HTML, as a service that has ended may answer
    entries_fail_next: int = 0  # entries of batches of SQS, each inside an answer that is itself good
    no_long_polling: bool = False  # SQS answers at once, whatever a call says that it would wait
    balance: str = ""  # AvailableBalance from now on; empty leaves it
    seed: int = 0

    def as_json(self) -> dict[str, Any]:
        """As the control interface takes it."""
        return asdict(self)

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Faults:
        """Read what :meth:`as_json` wrote; what is left out is as by default. Raises ValueError."""
        known = {field.name: type(field.default) for field in fields(cls)}
        given: dict[str, Any] = {}
        for name, setting in value.items():
            kind = known.get(name)
            if kind is None:
                message = f"There is no fault {name!r}."
                raise ValueError(message)
            fits = isinstance(setting, (int, float)) if kind is float else isinstance(setting, kind)
            if kind is tuple:
                fits = isinstance(setting, (list, tuple)) and all(isinstance(item, str) for item in setting)
                given[name] = tuple(setting) if fits else ()
                _must_be_actions(given[name])
            else:
                given[name] = setting
            if kind in {int, float} and name != "seed":
                least, most = -1e6 if name.startswith("clock_") else 0, 1 if name.endswith("_rate") else 1e6
                fits = fits and not isinstance(setting, bool) and least <= setting <= most
            if not fits:
                message = f"The fault {name!r} cannot be {setting!r}."
                raise ValueError(message)
        return cls(**given)


class Fault(StrEnum):
    """What one call to Mechanical Turk meets instead of an answer."""

    CLOSED = "closed"
    UNLINKED = "unlinked"
    ACCESS_DENIED = "access-denied"
    THROTTLED = "throttled"
    INTERNAL_FAILURE = "internal-failure"
    SERVICE_FAULT = "service-fault"


class Handling(StrEnum):
    """What happens to one message of Mechanical Turk's."""

    SEND = "send"
    LOSE = "lose"
    DOUBLE = "double"
    HOLD = "hold"


class FaultPlan:
    """Counts down what was asked for. Safe between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._faults = Faults()
        self._drawn = 0

    def set(self, faults: Faults) -> None:
        """Replace everything that was asked for before."""
        with self._lock:
            self._faults = faults
            self._drawn = 0

    @property
    def current(self) -> Faults:
        """What is still to come."""
        return self._faults

    def for_call(self, operation: str) -> Fault | None:
        """Decide about one call of Mechanical Turk's ``operation``."""
        with self._lock:
            faults = self._faults
            if faults.closed:
                return Fault.CLOSED
            if faults.access_denied or self._denies("mechanicalturk", operation, ()):
                return Fault.ACCESS_DENIED
            if faults.unlinked:
                return Fault.UNLINKED
            if self._take("throttle_next") or self._draw(faults.throttle_rate):
                return Fault.THROTTLED
            if self._take("internal_failure_next") or self._draw(faults.internal_failure_rate):
                return Fault.INTERNAL_FAILURE
            return Fault.SERVICE_FAULT if self._take("service_fault_next") else None

    def denies(self, service: str, operation: str, members: Collection[str] = ()) -> bool:
        """Whether a call to another service is forbidden; ``members`` are the names of what was handed to it."""
        with self._lock:
            return self._denies(service, operation, members)

    def fails_entry(self) -> bool:
        """Decide about one entry of a batch."""
        with self._lock:
            return self._take("entries_fail_next")

    def for_message(self) -> Handling:
        """Decide about one message."""
        with self._lock:
            if self._take("lose_next"):
                return Handling.LOSE
            if self._take("double_next"):
                return Handling.DOUBLE
            return Handling.HOLD if self._take("reorder_next") else Handling.SEND

    def _denies(self, service: str, operation: str, members: Collection[str]) -> bool:
        denied = [_pattern(one) for one in self._faults.denied_actions]
        return any(
            fnmatchcase(action.lower(), pattern)
            for action in actions_of(service, operation, members)
            for pattern in denied
        )

    def _take(self, name: str) -> bool:
        left: int = getattr(self._faults, name)
        if left <= 0:
            return False
        one_less: dict[str, Any] = {name: left - 1}
        self._faults = replace(self._faults, **one_less)
        return True

    def _draw(self, rate: float) -> bool:
        if rate <= 0:
            return False
        self._drawn += 1
        digest = hashlib.sha256(f"{self._faults.seed}/{self._drawn}".encode()).digest()
        return int.from_bytes(digest[:8]) / 2**64 < rate


def actions_of(service: str, operation: str, members: Collection[str] = ()) -> tuple[str, ...]:
    """The IAM actions that a call needs, all of them."""
    name = f"{service}:{operation}"
    needed = ACTIONS.get(name, (name,))
    is_tagged = any(member.lower().partition(".")[0] in {"tags", "tag"} for member in members)
    return (*needed, TAGGING[name]) if is_tagged and name in TAGGING else needed


def _pattern(action: str) -> str:
    # IAM knows * and ? alone; a bracket is a letter like any other
    return action.lower().replace("[", "[[]")


def _must_be_actions(names: tuple[str, ...]) -> None:
    """Refuse what would never bite: the name of an operation that is no action of IAM."""
    for operation, actions in ACTIONS.items():
        if operation.lower() in {name.lower() for name in names}:
            message = f"The fault 'denied_actions' goes by IAM action: {operation} is {' and '.join(actions)} there."
            raise ValueError(message)
