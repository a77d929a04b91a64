# SPDX-License-Identifier: MIT
"""The calls to Amazon SQS: looking at a queue, reading from it carefully, and queues of our own for a test.

Receiving is no harmless peek: it hides messages for the visibility timeout and raises their receive count (SQS
Developer Guide, "Amazon SQS visibility timeout"). So every receive here names a short timeout, and what is not wanted
is given back by setting it to zero.

A batch is answered with status 200 even where nothing of it was done: what became of each entry stands inside the
answer (SQS API Reference, DeleteMessageBatch and ChangeMessageVisibilityBatch), so each is looked at.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, cast

from notification_tester.aws.error_table import Call
from notification_tester.aws.errors import translated
from notification_tester.domain.destination import Transport, parse_destination
from notification_tester.domain.problem import Cause, ProblemError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from types_boto3_sqs import SQSClient

    from notification_tester.aws.clients import Clients
    from notification_tester.domain.destination import QueueAddress
    from notification_tester.domain.problem import Problem

MOST_LISTED = 1000
"""The most queues that one answer of ListQueues has, and how many one asks for at most (SQS API Reference)."""

CLOCK_TOLERANCE = timedelta(seconds=2)
"""The queue tells its time to the second, and its machines need not agree to the second."""

BATCH = 10
"""The most messages that one call hands out or takes back (SQS quotas)."""

_OUT_OF_REACH = frozenset({"ReceiptHandleIsInvalid", "InvalidParameterValue", "MessageNotInflight"})
"""What SQS says of a receipt that leads to no message in our hands (SQS API Reference, ChangeMessageVisibility)."""

_UNANSWERED = {"Code": "InternalError", "Message": "The answer does not tell what became of this message."}

OURS = {"created-by": "mturk-notification-tester"}
"""The tag of what this program makes for a test."""

NAME_PREFIX = "mturk-notification-tester-"

FIFO_GROUP = "mturk-notification-tester"
"""In a FIFO queue or topic a message belongs to a group, within which they keep their order."""


@dataclass(frozen=True, kw_only=True)
class ReceivedMessage:
    """One message in our hands. ``sent_at`` is SQS's own clock; ``receipt`` is needed to give it back or delete it."""

    message_id: str
    receipt: str
    body: str
    sent_at: datetime
    receive_count: int
    sender_id: str


@dataclass(frozen=True, kw_only=True)
class NotDone:
    """A message of a batch with which SQS did not do what was asked, and why.

    ``is_out_of_reach``: the receipt no longer leads to it, because it is gone, visible again, or in other hands.
    ``perhaps_done``: the answer tells nothing of it.
    """

    receipt: str
    problem: Problem
    is_out_of_reach: bool
    perhaps_done: bool


@dataclass(frozen=True, kw_only=True)
class QueueState:
    """What a queue says about itself. ``server_time`` is the service's clock, to the second."""

    arn: str
    waiting: int
    in_flight: int
    policy: str
    max_receive_count: int | None
    dead_letter_arn: str
    server_time: datetime
    retention_seconds: int | None = None
    delay_seconds: int = 0
    maximum_bytes: int | None = None
    key_id: str = ""  # of KMS, as the queue names it
    is_encrypted_by_sqs: bool = False
    created_at: datetime | None = None


class Queue:
    """One queue, as one account sees it. Every method raises ProblemError."""

    def __init__(self, clients: Clients, address: QueueAddress) -> None:
        self.address = address
        self._clients = clients
        self._client = clients.sqs(address.region)

    def state(self) -> QueueState:
        """Ask for the attributes; no message is touched."""
        with self._translated("GetQueueAttributes"):
            answer = self._client.get_queue_attributes(QueueUrl=self.address.url, AttributeNames=["All"])
            attributes = cast("dict[str, str]", answer.get("Attributes", {}))
            must_be_about(self.address.name, attributes.get("QueueArn", ""))
        redrive = _object(attributes.get("RedrivePolicy", ""))
        count = str(redrive.get("maxReceiveCount", ""))
        return QueueState(
            arn=attributes.get("QueueArn", ""),
            waiting=_number(attributes.get("ApproximateNumberOfMessages", "")),
            in_flight=_number(attributes.get("ApproximateNumberOfMessagesNotVisible", "")),
            policy=attributes.get("Policy", ""),
            max_receive_count=int(count) if count.isdecimal() else None,
            dead_letter_arn=str(redrive.get("deadLetterTargetArn", "")),
            server_time=_server_time(answer),
            retention_seconds=_number(attributes.get("MessageRetentionPeriod", "")) or None,
            delay_seconds=_number(attributes.get("DelaySeconds", "")),
            maximum_bytes=_number(attributes.get("MaximumMessageSize", "")) or None,
            key_id=attributes.get("KmsMasterKeyId", ""),
            is_encrypted_by_sqs=attributes.get("SqsManagedSseEnabled", "").lower() == "true",
            created_at=_moment(attributes.get("CreatedTimestamp", "")),
        )

    def set_policy(self, policy: str) -> None:
        """Replace the access policy and nothing else; an empty text takes it away."""
        with self._translated("SetQueueAttributes"):
            self._client.set_queue_attributes(QueueUrl=self.address.url, Attributes={"Policy": policy})

    def receive(self, *, wait_seconds: int, hold_seconds: int, at_most: int = BATCH) -> tuple[ReceivedMessage, ...]:
        """Take up to ten messages, waiting up to ``wait_seconds`` for the first; hide them for ``hold_seconds``."""
        with self._translated("ReceiveMessage"):
            answer = self._client.receive_message(
                QueueUrl=self.address.url,
                MaxNumberOfMessages=at_most,
                WaitTimeSeconds=wait_seconds,
                VisibilityTimeout=hold_seconds,
                # Both spellings are known to services; older compatible ones have the second only.
                AttributeNames=["All"],
            )
        return tuple(_received(cast("dict[str, Any]", message)) for message in answer.get("Messages", []))

    def send(self, body: str) -> str:
        """Put a message into the queue, with these keys; returns the id that SQS gave it.

        In a FIFO queue each is a message of its own, also where the same text is sent twice.
        """
        more: Any = {}
        if self.address.is_fifo:
            more = {"MessageGroupId": FIFO_GROUP, "MessageDeduplicationId": secrets.token_hex(16)}
        with self._translated("SendMessage"):
            answer = self._client.send_message(QueueUrl=self.address.url, MessageBody=body, **more)
            digest = answer.get("MD5OfMessageBody", "")
            if digest and digest != hashlib.md5(body.encode(), usedforsecurity=False).hexdigest():
                raise _another_text(self.address.name)
        return str(answer.get("MessageId", ""))

    def give_back(self, receipts: Sequence[str]) -> tuple[NotDone, ...]:
        """Make up to ten messages visible again at once; those out of reach are so already, or are gone."""
        return self.hold(receipts, seconds=0)

    def hold(self, receipts: Sequence[str], *, seconds: int) -> tuple[NotDone, ...]:
        """Keep up to ten received messages hidden for ``seconds`` from now; this is no further receive.

        Returns those for which that was not done; out of reach are also those that have been hidden for the twelve
        hours that SQS allows in all.
        """
        entries: Any = [
            {"Id": str(number), "ReceiptHandle": receipt, "VisibilityTimeout": seconds}
            for number, receipt in enumerate(receipts)
        ]
        with self._translated("ChangeMessageVisibility"):
            answer = self._client.change_message_visibility_batch(QueueUrl=self.address.url, Entries=entries)
        return self._not_done("ChangeMessageVisibility", receipts, answer)

    def delete_messages(self, receipts: Sequence[str]) -> tuple[NotDone, ...]:
        """Remove up to ten messages for good; returns those of which SQS does not confirm that they are gone."""
        entries: Any = [{"Id": str(number), "ReceiptHandle": receipt} for number, receipt in enumerate(receipts)]
        with self._translated("DeleteMessage"):
            answer = self._client.delete_message_batch(QueueUrl=self.address.url, Entries=entries)
        return self._not_done("DeleteMessage", receipts, answer)

    def _not_done(self, operation: str, receipts: Sequence[str], answer: Any) -> tuple[NotDone, ...]:
        """Look at every entry's own answer; one that is not among those that succeeded has failed."""
        done = {str(one.get("Id")) for one in answer.get("Successful", [])}
        failed = {str(one.get("Id")): one for one in answer.get("Failed", [])}
        found = []
        for number, receipt in enumerate(receipts):
            if str(number) in done:
                continue
            entry = failed.get(str(number), _UNANSWERED)
            code = str(entry.get("Code", ""))
            found.append(
                NotDone(
                    receipt=receipt,
                    problem=self._entry_problem(operation, entry, answer.get("ResponseMetadata", {})),
                    is_out_of_reach=code.removeprefix("AWS.SimpleQueueService.") in _OUT_OF_REACH,
                    perhaps_done=str(number) not in failed,
                )
            )
        return tuple(found)

    def _entry_problem(self, operation: str, entry: Any, about: Any) -> Problem:
        from botocore.exceptions import ClientError

        # Told as if the entry had been a call of its own, which is what it means to a person.
        error = {"Code": str(entry.get("Code", "")), "Message": str(entry.get("Message", ""))}
        response: Any = {"Error": error, "ResponseMetadata": {**about, "HTTPStatusCode": 400}}
        try:
            with self._translated(operation):
                raise ClientError(response, operation)
        except ProblemError as refused:
            return refused.problem

    def delete_queue(self) -> bool:
        """Remove the queue itself; only ever called for one that we made with these keys. False: it is gone already.

        Raises ProblemError also where SQS does not tell one that is gone from one that these keys may not see.
        """
        with self._translated("DeleteQueue"):
            return _delete(self._client, self.address.url, is_own_account=True)

    @contextmanager
    def _translated(self, operation: str) -> Iterator[None]:
        call = Call(service="sqs", operation=operation, endpoint=self._client.meta.endpoint_url)
        try:
            with translated(call, self._clients.settings):
                yield
        except ProblemError as error:
            if not self.address.name.startswith(NAME_PREFIX) or not _names_no_queue(error.problem.answer.code):
                raise
            raise ProblemError(_temporary_one_is_gone(self.address.name, error.problem)) from error


def list_queues(clients: Clients, *, at_most: int = 200) -> tuple[QueueAddress, ...]:
    """The queues of the account in Mechanical Turk's region, in the service's order. Raises ProblemError."""
    client = clients.sqs()
    call = Call(service="sqs", operation="ListQueues", endpoint=client.meta.endpoint_url)
    with translated(call, clients.settings):
        urls = client.list_queues(MaxResults=at_most).get("QueueUrls", [])
    return tuple(_address(url) for url in urls)


def policy_for_topic(queue_arn: str, topic_arn: str) -> str:
    """An access policy that lets this one topic send to the queue."""
    statement = {
        "Sid": "TopicUnderTest",
        "Effect": "Allow",
        "Principal": {"Service": "sns.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": queue_arn,
        "Condition": {"ArnEquals": {"aws:SourceArn": topic_arn}},
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def must_be_about(asked: str, named: str) -> None:
    """Raise where a whole answer names another queue or topic than ``asked``; ``named`` is its ARN or URL.

    What is done with such an answer would be done to somebody else's. One that names none is as good as any.
    Raises NotAnAnswerError, for :func:`notification_tester.aws.errors.translated`.
    """
    name = named.rstrip("/").rpartition("/")[2].rpartition(":")[2]
    if name and name != asked:
        from notification_tester.aws.answers import NotAnAnswerError

        error = NotAnAnswerError(f"“{asked}” was asked for, and the answer is about “{name[:100]}”.")
        vars(error)["request_was_sent"] = True
        raise error


def _another_text(asked: str) -> Exception:
    """What to raise where SQS names the digest of another text than it was given (SQS API Reference, SendMessage)."""
    from notification_tester.aws.answers import NotAnAnswerError

    error = NotAnAnswerError(f"“{asked}” took another text than the one that was sent.")
    vars(error)["request_was_sent"] = True
    return error


def create_queue(
    clients: Clients, *, name: str, region: str, attributes: dict[str, str], tags: dict[str, str] | None = None
) -> Queue:
    """Make a queue; one of that name and with the same attributes comes back as it is. Raises ProblemError."""
    client = clients.sqs(region)
    call = Call(service="sqs", operation="CreateQueue", endpoint=client.meta.endpoint_url)
    with translated(call, clients.settings):
        url = client.create_queue(QueueName=name, Attributes=cast("Any", attributes), tags=tags or {})["QueueUrl"]
        must_be_about(name, url)
    return Queue(clients, _address(url))


def queue_exists(clients: Clients, *, name: str, region: str) -> bool | None:
    """Whether the account has a queue of this name; None where that cannot be told. Raises ProblemError.

    Where SQS says that it "does not exist or you do not have access to it", the list of the account's queues decides.
    """
    from botocore.exceptions import ClientError

    client = clients.sqs(region)
    call = Call(service="sqs", operation="GetQueueUrl", endpoint=client.meta.endpoint_url)
    with translated(call, clients.settings):
        try:
            client.get_queue_url(QueueName=name)
        except ClientError as error:
            if not _says_not_there(error):
                raise
            return _is_listed(client, name) if _may_be_hidden(error) else False
    return True


def list_ours(clients: Clients, *, region: str) -> tuple[QueueAddress, ...]:
    """The queues whose name says that this program made them, at most a thousand. Raises ProblemError."""
    client = clients.sqs(region)
    call = Call(service="sqs", operation="ListQueues", endpoint=client.meta.endpoint_url)
    with translated(call, clients.settings):
        urls = client.list_queues(QueueNamePrefix=NAME_PREFIX, MaxResults=MOST_LISTED).get("QueueUrls", [])
    return tuple(_address(url) for url in urls)


def delete_by_name(clients: Clients, *, name: str, region: str, url: str = "", is_own_account: bool = True) -> bool:
    """Remove a queue of ours by its name, or by its URL where that is known; False when there is none for certain.

    ``is_own_account``: the keys are of the account that it was made in. With others, that there is no such queue proves
    nothing. Raises ProblemError, also where it cannot be told, and ValueError for a foreign name.
    """
    if not name.startswith(NAME_PREFIX):
        message = f"{name} was not made by this program"
        raise ValueError(message)
    from botocore.exceptions import ClientError

    client = clients.sqs(region)
    call = Call(service="sqs", operation="DeleteQueue", endpoint=client.meta.endpoint_url)
    with translated(call, clients.settings):
        if not url:
            try:
                url = client.get_queue_url(QueueName=name)["QueueUrl"]
                must_be_about(name, url)
            except ClientError as error:
                if not _is_gone(client, error, name, is_own_account=is_own_account):
                    raise
                return False
        return _delete(client, url, is_own_account=is_own_account)


def _delete(client: SQSClient, url: str, *, is_own_account: bool) -> bool:
    from botocore.exceptions import ClientError

    try:
        client.delete_queue(QueueUrl=url)
    except ClientError as error:
        if not _is_gone(client, error, url.rpartition("/")[2], is_own_account=is_own_account):
            raise
        return False
    return True


def _is_gone(client: SQSClient, error: Any, name: str, *, is_own_account: bool) -> bool:
    """Whether a refusal proves that there is no such queue.

    SQS says of a queue that is not there what it says of one that the keys may not see: "The specified queue does not
    exist or you do not have access to it". The list of the account's queues tells the two apart, where it may be read.
    """
    if not is_own_account or not _says_not_there(error):
        return False
    return _is_listed(client, name) is False if _may_be_hidden(error) else True


def _says_not_there(error: Any) -> bool:
    return _names_no_queue(str(error.response.get("Error", {}).get("Code", "")))


def _names_no_queue(code: str) -> bool:
    return code.endswith(("NonExistentQueue", "QueueDoesNotExist"))


def _temporary_one_is_gone(name: str, refused: Problem) -> Problem:
    """Say it of a queue that nobody chose: to compare its URL, or to let these keys in, mends nothing."""
    return replace(
        refused,
        title="A temporary queue of this program is gone.",
        detail=f"Amazon SQS knows “{name}” no more. The program made it and has not removed it, so somebody or "
        "something else has.",
        remedy="Begin again: a new one is made then. Should it happen once more, ask who or what removes queues in "
        f"this AWS account to leave those alone whose names begin with “{NAME_PREFIX}”.",
        cause=Cause.DESTINATION,
    )


def _may_be_hidden(error: Any) -> bool:
    return "access" in str(error.response.get("Error", {}).get("Message", "")).lower()


def _is_listed(client: SQSClient, name: str) -> bool | None:
    """Whether the list of the account's queues has this name; None where it may not be read, or is not whole."""
    from botocore.exceptions import ClientError

    try:
        urls = client.list_queues(QueueNamePrefix=name).get("QueueUrls", [])
    except ClientError:
        return None
    if any(one.rpartition("/")[2] == name for one in urls):
        return True
    return None if len(urls) >= MOST_LISTED else False


def _address(url: str) -> QueueAddress:
    address = parse_destination(Transport.SQS, url)
    return cast("QueueAddress", address)


def _received(message: dict[str, Any]) -> ReceivedMessage:
    attributes = message.get("Attributes", {})
    return ReceivedMessage(
        message_id=str(message.get("MessageId", "")),
        receipt=str(message.get("ReceiptHandle", "")),
        body=str(message.get("Body", "")),
        sent_at=datetime.fromtimestamp(_number(attributes.get("SentTimestamp", "")) / 1000, tz=UTC),
        receive_count=_number(attributes.get("ApproximateReceiveCount", "")),
        sender_id=str(attributes.get("SenderId", "")),
    )


def _server_time(answer: Any) -> datetime:
    header = answer.get("ResponseMetadata", {}).get("HTTPHeaders", {}).get("date", "")
    try:
        return parsedate_to_datetime(header).astimezone(UTC)
    except ValueError:
        # A compatible service without the header: its clock is taken to be ours.
        return datetime.now(tz=UTC)


def _moment(text: str) -> datetime | None:
    """Read seconds since 1970; None where the service does not tell."""
    try:
        return datetime.fromtimestamp(float(text), tz=UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _object(text: str) -> dict[str, Any]:
    try:
        value = json.loads(text or "{}")
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def _number(text: str) -> int:
    return int(text) if text.isdecimal() else 0
