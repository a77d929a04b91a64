# SPDX-License-Identifier: MIT
"""Who sent a message: what SQS says of its sender, and what there is to check in the envelope of a topic.

Sources: the MTurk developer guide on queues (``SenderId`` proves that Mechanical Turk sent a message), and the SNS
developer guide, "Verifying the signatures of Amazon SNS messages" (which fields are signed, in which order).

An SNS signature proves that *SNS* passed a message on for this topic; who published it there is told to nobody.

The older API's requests and notifications were signed with the requester's secret key: HMAC-SHA1 over the service's
name, the operation and the time ("Calculating Request Signatures", "Notification API Reference"). From September 2012
on its notifications had the word ``DEPRECATED`` in the signature's place.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from notification_tester.domain.partitions import PARTITIONS, REGION, partition_of

if TYPE_CHECKING:
    from collections.abc import Mapping

MTURK_SENDER_ID = "AIDAIXO4EZE6RHVSXIN4E"
NOTIFICATION_SERVICE = "AWSMechanicalTurkRequesterNotification"
"""What the older API's notifications are signed with; its requests are with :data:`REQUESTER_SERVICE`."""
REQUESTER_SERVICE = "AWSMechanicalTurkRequester"
DEPRECATED = "DEPRECATED"

_HOST = rf"sns\.(?P<region>{REGION})\.(?P<suffix>[a-z0-9.-]{{1,40}})"
# Whole and anchored, and without port, user, query or fragment: a certificate from any other place would let whoever
# keeps it sign for SNS.
_CERTIFICATE = re.compile(rf"https://{_HOST}/SimpleNotificationService-[0-9A-Za-z]{{1,80}}\.pem")
_SUFFIXES = {one.id: one.suffix for one in PARTITIONS}
_SIGNED = ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type")
_SIGNED_OF_CONFIRMATIONS = ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type")
_CONFIRMATIONS = {"SubscriptionConfirmation", "UnsubscribeConfirmation"}
_HASHES = {"1": "sha1", "2": "sha256"}


class Sender(StrEnum):
    """Whose message it is, as far as SQS says."""

    MTURK = "mturk"
    OTHER = "other"
    UNKNOWN = "unknown"


class SignatureState(StrEnum):
    """What came of checking a signature."""

    NONE = "none"  # no form that is signed, so there is nothing to check
    GENUINE = "genuine"
    OTHER_TOPIC = "other-topic"  # it fits, and the topic is another than the one that is followed
    EXPIRED = "expired"  # it fits a certificate whose time is over
    FALSE = "false"
    NOT_CHECKED = "not-checked"


@dataclass(frozen=True, kw_only=True, slots=True)
class SignatureVerdict:
    """The state, and why in a sentence; empty where there is nothing to check."""

    state: SignatureState
    because: str = ""


NO_SIGNATURE = SignatureVerdict(state=SignatureState.NONE)


def judge_sender(sender_id: str, *, through_topic: bool) -> Sender:
    """Judge SQS's ``SenderId``. Of a message that came through a topic it names SNS, so it tells nothing."""
    if through_topic or not sender_id:
        return Sender.UNKNOWN
    return Sender.MTURK if sender_id == MTURK_SENDER_ID else Sender.OTHER


@dataclass(frozen=True, kw_only=True)
class SignedEnvelope:
    """What a signature is checked with, and of which topic. ``hash_name`` is ``sha1`` or ``sha256``."""

    topic_arn: str
    timestamp: str
    certificate_url: str
    signature: bytes
    signed_text: bytes
    hash_name: str


def read_envelope(body: str) -> SignedEnvelope | SignatureVerdict:
    """Find what is to be checked in a message, or why nothing is.

    The certificate's address is judged here, before anything is fetched: it must be SNS's own, in the topic's region.
    """
    fields = _object(body)
    if fields is None or fields.get("Type") != "Notification" or not isinstance(fields.get("TopicArn"), str):
        return NO_SIGNATURE
    if not fields.get("Signature"):
        return _not_checked("The envelope has no signature.")
    hash_name = _HASHES.get(str(fields.get("SignatureVersion")))
    if hash_name is None:
        return _not_checked("The envelope is signed in a way that this program does not know.")
    arn = fields["TopicArn"].split(":")
    if len(arn) == 6 and arn[0] == "arn" and arn[2] == "sns" and arn[1] not in _SUFFIXES:
        return _not_checked("The topic is in a part of AWS that this program does not know.")
    url = str(fields.get("SigningCertURL", ""))
    if not is_sns_certificate(url, topic_arn=fields["TopicArn"]):
        return SignatureVerdict(
            state=SignatureState.FALSE,
            because="The envelope names a certificate that is not kept by Amazon SNS in the topic's region. It was not "
            "fetched: whoever made this envelope can have signed it too.",
        )
    try:
        signature = base64.b64decode(str(fields["Signature"]), validate=True)
        text = signed_text(fields)
    except (binascii.Error, ValueError, KeyError):
        return SignatureVerdict(
            state=SignatureState.FALSE,
            because="The envelope is not complete, or damaged, so that its signature cannot fit.",
        )
    return SignedEnvelope(
        topic_arn=fields["TopicArn"],
        timestamp=fields["Timestamp"],
        certificate_url=url,
        signature=signature,
        signed_text=text,
        hash_name=hash_name,
    )


def is_sns_certificate(url: str, *, topic_arn: str) -> bool:
    """Whether the address is one where SNS itself keeps certificates, for the region of this topic."""
    found = _CERTIFICATE.fullmatch(url)
    parts = topic_arn.split(":")
    if found is None or len(parts) != 6 or parts[2] != "sns":
        return False
    return found["region"] == parts[3] and found["suffix"] == _SUFFIXES.get(parts[1])


def is_sns_host(host: str) -> bool:
    """Whether a host is one of SNS's own."""
    found = re.fullmatch(_HOST, host)
    return found is not None and found["suffix"] == partition_of(found["region"]).suffix


def legacy_signature(secret: str, *, service: str, operation: str, timestamp: str) -> str:
    """Sign as the older API did, in base64; the service is one of the two above."""
    text = f"{service}{operation}{timestamp}".encode("utf-8", "surrogatepass")
    return base64.b64encode(hmac.digest(secret.encode("utf-8", "surrogatepass"), text, hashlib.sha1)).decode("ascii")


def judge_legacy_signature(fields: Mapping[str, Any], secret: str) -> SignatureVerdict:
    """Judge the Signature and Timestamp of a REST or SOAP notification by the requester's secret key.

    It was the key in force when the notification was set. Nothing but the time is signed: the events prove nothing.
    """
    signature, timestamp = fields.get("Signature"), fields.get("Timestamp")
    if signature == DEPRECATED:
        because = (
            "Not signed: from September 2012 on Mechanical Turk wrote DEPRECATED in the signature's place. It says "
            "nothing of who sent the message."
        )
        return SignatureVerdict(state=SignatureState.NOT_CHECKED, because=because)
    if not isinstance(signature, str) or not isinstance(timestamp, str) or not signature or not timestamp:
        because = "Not checked: it has no Signature or no Timestamp."
        return SignatureVerdict(state=SignatureState.NOT_CHECKED, because=because)
    right = legacy_signature(secret, service=NOTIFICATION_SERVICE, operation="Notify", timestamp=timestamp)
    if hmac.compare_digest(right.encode(), signature.encode("utf-8", "surrogatepass")):
        because = "The signature fits this secret and its time; the events themselves were never signed."
        return SignatureVerdict(state=SignatureState.GENUINE, because=because)
    because = "The signature does not fit this secret: it is another key's, or the time in it was changed."
    return SignatureVerdict(state=SignatureState.FALSE, because=because)


def signed_text(fields: Mapping[str, Any]) -> bytes:
    """What of an envelope of any type is signed. Raises KeyError and ValueError for one that is not complete."""
    lines: list[str] = []
    for name in _SIGNED_OF_CONFIRMATIONS if fields.get("Type") in _CONFIRMATIONS else _SIGNED:
        if name == "Subject" and fields.get(name) is None:
            continue
        value = fields[name]
        if not isinstance(value, str):
            raise ValueError(name)  # noqa: TRY004 - foreign data
        lines += [name, value]
    return ("\n".join(lines) + "\n").encode()


def _object(body: str) -> dict[str, Any] | None:
    if body.lstrip()[:1] != "{":
        return None
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _not_checked(because: str) -> SignatureVerdict:
    return SignatureVerdict(state=SignatureState.NOT_CHECKED, because=because)
