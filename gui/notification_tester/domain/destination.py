# SPDX-License-Identifier: MIT
"""Where Mechanical Turk is asked to send notifications: a person's text becomes an address, or a reason.

Formats followed:

- queue URL: Amazon SQS Developer Guide, "Queue and message identifiers"
  (``https://sqs.REGION.amazonaws.com/ACCOUNT/NAME``), its older hosts ``queue.amazonaws.com`` and
  ``REGION.queue.amazonaws.com``, the hosts of other partitions (``amazonaws.com.cn``), dual-stack and FIPS hosts;
  queue names: CreateQueue, up to 80 of ``A-Za-z0-9_-``, ``.fifo`` counted.
- topic ARN: AWS General Reference, "ARNs"; topic names: CreateTopic, up to 256 of ``A-Za-z0-9_-``, ``.fifo`` counted.
- e-mail: RFC 5321/5322 through the library email-validator, without asking the network.

Deliberate deviation: a queue URL on a host that is not Amazon's is accepted (a practice cloud or a compatible service
has one) and marked as such by ``region == ""``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from notification_tester.domain.pasted_text import cleaned, refuse_strange_characters
from notification_tester.domain.problem import input_problem

if TYPE_CHECKING:
    from notification_tester.domain.problem import ProblemError


class Transport(StrEnum):
    """How a notification travels, under the service's own name."""

    EMAIL = "Email"
    SQS = "SQS"
    SNS = "SNS"

    @property
    def address_name(self) -> str:
        """What an address of this transport is called."""
        return {"Email": "e-mail address", "SQS": "queue URL", "SNS": "topic ARN"}[self.value]


@dataclass(frozen=True, kw_only=True)
class EmailAddress:
    """A mailbox, normalised by the library that checked it."""

    address: str

    transport = Transport.EMAIL

    @property
    def text(self) -> str:
        """As it is sent to the service."""
        return self.address

    @property
    def name(self) -> str:
        """The short name to show."""
        return self.address

    @property
    def place(self) -> str:
        """Where it is, in a few words."""
        return f"a mailbox at {self.address.rpartition('@')[2]}"


@dataclass(frozen=True, kw_only=True)
class QueueAddress:
    """An Amazon SQS queue. ``region`` is empty where the host does not tell."""

    url: str
    account_id: str
    queue_name: str
    region: str

    transport = Transport.SQS

    @property
    def text(self) -> str:
        """As it is sent to the service."""
        return self.url

    @property
    def name(self) -> str:
        """The short name to show."""
        return self.queue_name

    @property
    def is_fifo(self) -> bool:
        """Whether it is a FIFO queue; its name tells."""
        return self.queue_name.endswith(".fifo")

    @property
    def place(self) -> str:
        """Where it is, in a few words."""
        where = self.region or (urlsplit(self.url).hostname or "")
        return f"{where}, account {grouped_account(self.account_id)}"

    def arn(self, region: str = "") -> str:
        """The queue's ARN; ``region`` is used where the URL does not tell it."""
        return (
            f"arn:{_partition(self.region or region)}:sqs:{self.region or region}:{self.account_id}:{self.queue_name}"
        )


@dataclass(frozen=True, kw_only=True)
class TopicAddress:
    """An Amazon SNS topic."""

    partition: str
    region: str
    account_id: str
    topic_name: str

    transport = Transport.SNS

    @property
    def text(self) -> str:
        """As it is sent to the service."""
        return f"arn:{self.partition}:sns:{self.region}:{self.account_id}:{self.topic_name}"

    @property
    def name(self) -> str:
        """The short name to show."""
        return self.topic_name

    @property
    def is_fifo(self) -> bool:
        """Whether it is a FIFO topic; its name tells."""
        return self.topic_name.endswith(".fifo")

    @property
    def place(self) -> str:
        """Where it is, in a few words."""
        return f"{self.region}, account {grouped_account(self.account_id)}"


Destination = EmailAddress | QueueAddress | TopicAddress


def grouped_account(account_id: str) -> str:
    """Write a twelve-digit account id as AWS's console does: 1234-5678-9012."""
    return f"{account_id[:4]}-{account_id[4:8]}-{account_id[8:]}" if len(account_id) == 12 else account_id


def parse_transport(text: str) -> Transport:
    """Read a transport's name in any case. Raises ProblemError."""
    for transport in Transport:
        if transport.value.casefold() == text.strip().casefold():
            return transport
    raise input_problem(
        "transport.unknown",
        title="There is no such way to send.",
        detail=f"Mechanical Turk can send through Email, SQS or SNS, and not through “{text.strip()[:40]}”.",
        remedy="Choose Email, SQS or SNS.",
    )


def parse_destination(transport: Transport, text: str) -> Destination:
    """Read what a person typed or pasted as an address of ``transport``.

    Spaces, quotes, angle brackets and line breaks around it are taken off. Raises ProblemError with a sentence
    that names the first thing that is wrong.
    """
    address = cleaned(text)
    if not address:
        raise _empty(transport)
    refuse_strange_characters(address, plural=_plural(transport), plain_letters_only=transport is not Transport.EMAIL)
    actual = guess_transport(address)
    if actual is not None and actual is not transport:
        article = "an" if actual is Transport.EMAIL else "a"
        choose = {Transport.EMAIL: "E-mail", Transport.SQS: "Queue (SQS)", Transport.SNS: "Topic (SNS)"}[actual]
        raise input_problem(
            "destination.wrong-kind",
            title=f"This is {article} {actual.address_name}.",
            detail=f"The notification is to go through {transport.value}, which needs a {transport.address_name}."
            if transport is not Transport.EMAIL
            else "The notification is to go by e-mail, which needs an e-mail address.",
            remedy=f"Choose “{choose}” as the way to send, or give a {transport.address_name}."
            if transport is not Transport.EMAIL
            else f"Choose “{choose}” as the way to send, or give an e-mail address.",
        )
    match transport:
        case Transport.EMAIL:
            return _parse_email(address)
        case Transport.SQS:
            return _parse_queue(address)
        case Transport.SNS:
            return _parse_topic(address)


def guess_transport(address: str) -> Transport | None:
    """Which transport an address is plainly meant for; None when nothing gives it away."""
    lowered = address.casefold()
    if lowered.startswith("arn:"):
        service = lowered.split(":")[2] if lowered.count(":") >= 2 else ""
        # A queue's ARN is handled by the queue parser, which says that the URL is wanted.
        return {"sns": Transport.SNS, "sqs": Transport.SQS}.get(service)
    if lowered.startswith(("http://", "https://")):
        return Transport.SQS
    if re.fullmatch(r"[^\s@/:]+@[^\s@/:]+", address):
        return Transport.EMAIL
    return None


def _empty(transport: Transport) -> ProblemError:
    example = {
        Transport.EMAIL: "for example name@university.edu",
        Transport.SQS: "for example https://sqs.us-east-1.amazonaws.com/123456789012/my-queue",
        Transport.SNS: "for example arn:aws:sns:us-east-1:123456789012:my-topic",
    }[transport]
    article = "an" if transport is Transport.EMAIL else "a"
    return input_problem(
        "destination.empty",
        title="The destination is still empty.",
        detail=f"Mechanical Turk needs to know where to send: {article} {transport.address_name}.",
        remedy=f"Type or paste it, {example}.",
    )


def _plural(transport: Transport) -> str:
    return {Transport.EMAIL: "e-mail addresses", Transport.SQS: "queue URLs", Transport.SNS: "topic ARNs"}[transport]


def _parse_email(address: str) -> EmailAddress:
    import email_validator

    try:
        checked = email_validator.validate_email(address, check_deliverability=False)
    except email_validator.EmailNotValidError as error:
        # A mixed alphabet can make two addresses look the same.
        raise input_problem(
            "destination.email",
            title="This is not an e-mail address.",
            detail=str(error),
            remedy="Check it letter by letter; it looks like name@university.edu.",
        ) from error
    if not checked.ascii_email:
        raise input_problem(
            "destination.email",
            title="This e-mail address has letters that older mail systems refuse.",
            detail="The part before @ has letters outside A to Z, and Mechanical Turk is not known to send there.",
            remedy="Use an address of plain letters.",
        )
    return EmailAddress(address=checked.ascii_email)


_REGION = r"[a-z]{2}(?:-[a-z]+)+-\d{1,2}"
_AMAZON_HOST = re.compile(
    rf"""(?:
        (?:sqs|sqs-fips)\.(?P<current>{_REGION})\.(?:amazonaws\.com(?:\.cn)?|api\.aws)
      | (?P<old>{_REGION})\.queue\.amazonaws\.com(?:\.cn)?
      | (?P<oldest>queue\.amazonaws\.com|sqs\.amazonaws\.com)
    )""",
    re.VERBOSE | re.IGNORECASE,
)


def _parse_queue(address: str) -> QueueAddress:
    if address.casefold().startswith("arn:"):
        parts = address.split(":")
        url = f"https://sqs.{parts[3]}.amazonaws.com/{parts[4]}/{parts[5]}" if len(parts) == 6 else ""
        raise input_problem(
            "destination.queue-arn",
            title="This is the ARN of a queue; its URL is needed.",
            detail="Mechanical Turk takes a queue by its URL, which begins with https://.",
            remedy=f"Most likely it is {url}" if url else "Copy the URL from the queue's page in the SQS console.",
        )
    if "://" not in address:
        raise _bad_queue("It does not begin with https://.")
    try:
        parts_of_url = urlsplit(address)
        port = parts_of_url.port
    except ValueError as error:
        raise _bad_queue("Its host cannot be read.") from error
    host = parts_of_url.hostname or ""
    if parts_of_url.scheme.lower() not in {"https", "http"} or not host:
        raise _bad_queue("It does not begin with https:// and the name of a host.")
    if parts_of_url.username is not None or parts_of_url.password is not None:
        raise _bad_queue("It has a user name or password in it.")
    if parts_of_url.query or parts_of_url.fragment:
        raise _bad_queue(
            "After the queue's name follows more (a ? or a #). Is it copied from a browser's address line?"
        )
    if "console.aws.amazon.com" in host:
        raise _bad_queue("It is the address of a page in Amazon's console.")
    segments = [unquote(part) for part in parts_of_url.path.strip("/").split("/")]
    amazon = _AMAZON_HOST.fullmatch(host)
    if amazon and parts_of_url.scheme.lower() == "http":
        raise _bad_queue("It begins with http:// and Amazon's queues are reached by https:// only.")
    if amazon and port is not None and port != 443:
        raise _bad_queue(f"Amazon's queues have no port, and this one says {port}.")
    if "amazonaws" in host and not amazon:
        raise _bad_queue(f"“{host}” is not a host of Amazon SQS.")
    if len(segments) != 2:
        raise _bad_queue("After the host come the account's twelve digits and the queue's name, and nothing else.")
    account_id, queue_name = segments
    if not re.fullmatch(r"[0-9]{12}", account_id):
        raise _bad_queue(f"The account is twelve digits, and here it is “{account_id[:40]}”.")
    stem = queue_name.removesuffix(".fifo")
    if not re.fullmatch(r"[A-Za-z0-9_-]+", stem) or len(queue_name) > 80:
        raise _bad_queue("A queue's name has at most 80 letters, digits, - and _ (and may end in .fifo).")
    region = ""
    if amazon:
        region = (amazon["current"] or amazon["old"] or "us-east-1").lower()
    netloc = host if port is None else f"{host}:{port}"
    url = f"{parts_of_url.scheme.lower()}://{netloc}/{account_id}/{queue_name}"
    return QueueAddress(url=url, account_id=account_id, queue_name=queue_name, region=region)


def _bad_queue(why: str) -> ProblemError:
    return input_problem(
        "destination.queue",
        title="This is not a queue URL.",
        detail=why,
        remedy="Copy the URL from the queue's page in the SQS console; it looks like "
        "https://sqs.us-east-1.amazonaws.com/123456789012/my-queue.",
    )


def _parse_topic(address: str) -> TopicAddress:
    parts = address.split(":")
    if parts[0].lower() != "arn":
        raise _bad_topic("It does not begin with arn:.")
    if len(parts) == 7 and parts[2].lower() == "sns":
        raise input_problem(
            "destination.subscription-arn",
            title="This is the ARN of a subscription.",
            detail="It has one part more than a topic's ARN.",
            remedy=f"Leave the last part out: {':'.join(parts[:6])}",
        )
    if len(parts) != 6:
        raise _bad_topic(f"An ARN of a topic has six parts between colons, and this one has {len(parts)}.")
    _, partition, service, region, account_id, topic_name = parts
    if not re.fullmatch(r"aws(-[a-z]+)*", partition):
        raise _bad_topic(f"“{partition[:20]}” is no partition of AWS; it is aws nearly everywhere.")
    if service.lower() != "sns":
        raise _bad_topic(f"It names the service “{service[:30]}”, and a topic's is sns.")
    if not re.fullmatch(_REGION, region):
        raise _bad_topic(f"“{region[:30]}” is not a region such as us-east-1.")
    if not re.fullmatch(r"[0-9]{12}", account_id):
        raise _bad_topic(f"The account is twelve digits, and here it is “{account_id[:40]}”.")
    stem = topic_name.removesuffix(".fifo")
    if not re.fullmatch(r"[A-Za-z0-9_-]+", stem) or len(topic_name) > 256:
        raise _bad_topic("A topic's name has at most 256 letters, digits, - and _ (and may end in .fifo).")
    return TopicAddress(partition=partition, region=region, account_id=account_id, topic_name=topic_name)


def _bad_topic(why: str) -> ProblemError:
    return input_problem(
        "destination.topic",
        title="This is not a topic ARN.",
        detail=why,
        remedy="Copy the ARN from the topic's page in the SNS console; it looks like "
        "arn:aws:sns:us-east-1:123456789012:my-topic.",
    )


def _partition(region: str) -> str:
    if region.startswith("cn-"):
        return "aws-cn"
    return "aws-us-gov" if region.startswith("us-gov-") else "aws"
