# SPDX-License-Identifier: MIT
"""Where Mechanical Turk is asked to send notifications: a person's text becomes an address, or a reason.

Formats followed:

- queue URL: Amazon SQS Developer Guide, "Queue and message identifiers"
  (``https://sqs.REGION.amazonaws.com/ACCOUNT/NAME``), its older hosts ``queue.amazonaws.com`` and
  ``REGION.queue.amazonaws.com``, dual-stack and FIPS hosts, and those of other partitions (:mod:`domain.partitions`).
  SQS answers to HTTP, too ("Amazon SQS endpoints and quotas"); Mechanical Turk's instructions have HTTPS, and so must
  a queue of Amazon's here. Queue names: CreateQueue, up to 80 of ``A-Za-z0-9_-``, ``.fifo`` counted.
- topic ARN: AWS General Reference, "ARNs"; topic names: CreateTopic, up to 256 of ``A-Za-z0-9_-``, ``.fifo`` counted.
- e-mail: RFC 5321/5322 through the library email-validator, without asking the network.

What is no address, yet holds one, such as the address line of a browser on a page of the console, is refused with the
address that was most likely meant (:func:`likely`).

Deliberate deviation: a queue URL on a host that is not Amazon's is accepted (a practice cloud or a compatible service
has one) and marked as such by ``region == ""``.
"""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from notification_tester.domain.counts import counted
from notification_tester.domain.partitions import (
    AWS,
    PARTITIONS,
    REGION,
    partition_of,
    queue_url,
    region_of_queue_host,
    region_of_vpc_endpoint,
)
from notification_tester.domain.pasted_text import (
    LONGEST,
    addresses_in,
    cleaned,
    refuse_strange_characters,
    without_strange_characters,
)
from notification_tester.domain.problem import Code, Problem, ProblemError, input_problem

if TYPE_CHECKING:
    from collections.abc import Iterator


class Transport(StrEnum):
    """How a notification travels, under the service's own name."""

    EMAIL = "Email"
    SQS = "SQS"
    SNS = "SNS"

    @property
    def address_name(self) -> str:
        """What an address of this transport is called."""
        return {Transport.EMAIL: "e-mail address", Transport.SQS: "queue URL", Transport.SNS: "topic ARN"}[self]


@dataclass(frozen=True, kw_only=True)
class EmailAddress:
    """A mailbox, normalised by the library that checked it."""

    address: str

    transport = Transport.EMAIL
    kind = "mailbox"

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
    kind = "queue"

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
        region = self.region or region
        return f"arn:{partition_of(region).id}:sqs:{region}:{self.account_id}:{self.queue_name}"


@dataclass(frozen=True, kw_only=True)
class TopicAddress:
    """An Amazon SNS topic."""

    partition: str
    region: str
    account_id: str
    topic_name: str

    transport = Transport.SNS
    kind = "topic"

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

    Spaces, quotes, angle brackets, line breaks and a person's name around it are taken off. Raises ProblemError with a
    sentence that names the first thing that is wrong, and with the address that was most likely meant.
    """
    address = cleaned(text)
    if not address:
        raise _empty(transport)
    try:
        refuse_strange_characters(
            address, plural=_plural(transport), plain_letters_only=transport is not Transport.EMAIL
        )
        _refuse_other_kind(transport, address)
        return _parsed(transport, address)
    except ProblemError as error:
        raise ProblemError(_with_likely(error.problem, transport, text)) from error


def refuse_other_partition(destination: Destination) -> None:
    """Refuse what lies in a cloud of AWS where Mechanical Turk is not. Raises ProblemError.

    Partitions share neither accounts nor permissions, so no service of one sends into another.
    """
    if isinstance(destination, EmailAddress) or (partition := partition_of(destination.region)) is AWS:
        return
    kind = destination.kind
    raise input_problem(
        "destination.partition",
        title=f"Mechanical Turk is not in the part of AWS where this {kind} is.",
        detail=f"“{destination.region}” belongs to {partition.name}, another partition ({partition.id}) than Mechanical"
        " Turk's (aws), and nothing is sent from one partition to another.",
        remedy=f"Use a {kind} of an ordinary AWS account, for example in us-east-1.",
    )


def likely(text: str) -> Destination | None:
    """The address that was most likely meant by a text, of whatever transport; None where that is not plain."""
    found = _likely_ones(text)
    return next(iter(found.values())) if len(found) == 1 else None


def guess_transport(address: str) -> Transport | None:
    """Which transport an address is plainly meant for; None when nothing gives it away."""
    lowered = address.casefold()
    if lowered.startswith("arn:"):
        service = lowered.split(":", 3)[2] if lowered.count(":") >= 2 else ""
        # A queue's ARN is handled by the queue parser, which says that the URL is wanted.
        return {"sns": Transport.SNS, "sqs": Transport.SQS}.get(service)
    if re.match(_LIKE_A_QUEUE_URL, address, re.IGNORECASE):
        return Transport.SQS
    if re.fullmatch(r"[^\s@/:]+@[^\s@/:]+", address):
        return Transport.EMAIL
    return None


def is_console_page(address: str) -> bool:
    """Whether a web address is that of a page of Amazon's console."""
    return _is_web(address) and _CONSOLE_HOST.fullmatch(_host(address)) is not None


# Compiled when first needed, which is not at a start.
_LIKE_A_QUEUE_URL = (
    r"https?://(?:[^/\s]{1,253}/[0-9]{12}/[^/\s?#]{1,80}/?\Z"
    rf"|(?:sqs(?:-fips)?\.{REGION}|{REGION}\.queue|queue)\.\w)"
)
_CONSOLE_HOST = re.compile(r"(?:[\w-]{1,63}\.)*(?:(?:console|signin)\.(?:aws\.amazon|amazonaws)\b.*|awsapps\.com)")
_CHOICES = {Transport.EMAIL: "E-mail", Transport.SQS: "Queue (SQS)", Transport.SNS: "Topic (SNS)"}
_CODES = {
    Transport.EMAIL: "destination.email",
    Transport.SQS: "destination.queue",
    Transport.SNS: "destination.topic",
}


def _parsed(transport: Transport, address: str) -> Destination:
    match transport:
        case Transport.EMAIL:
            return _parse_email(address)
        case Transport.SQS:
            return _parse_queue(address)
        case Transport.SNS:
            return _parse_topic(address)


def _likely_ones(text: str) -> dict[str, Destination]:
    found: dict[str, Destination] = {}
    if re.fullmatch(r"[^\s@]+\s+[\w-]+", cleaned(text[:LONGEST])):
        return found  # a blank within a name, or a word after it: nobody knows
    for candidate in _candidates(text[:LONGEST]):
        for transport in Transport:
            if guess_transport(candidate) in {None, transport}:
                with suppress(ProblemError):
                    destination = _parsed(transport, candidate)
                    found.setdefault(destination.text, destination)
                    break
    return found


def _candidates(text: str) -> Iterator[str]:
    """The addresses that a text holds, each with the kind of mistake undone that would have it refused."""
    for one in addresses_in(text) or addresses_in(without_strange_characters(cleaned(text))):
        if one[:4].casefold() == "arn:":
            parts = one.split(":")
            region = parts[3].lower()
            if parts[2].casefold() == "sqs":
                yield queue_url(region, parts[4], parts[5])
            else:
                yield f"arn:{partition_of(region).id}:sns:{region}:{parts[4]}:{parts[5]}"
        elif "/" in one:
            yield _plain_queue_url(one if "://" in one else f"https://{one}")
        else:
            yield one


def _plain_queue_url(url: str) -> str:
    """The URL of the same queue as SQS itself gives it, where the host is Amazon's; else as it is."""
    parts = urlsplit(url)
    host = (parts.hostname or "").removesuffix(".")
    if (region := region_of_vpc_endpoint(host)) is not None:
        return queue_url(region, *parts.path.strip("/").split("/"))
    return f"https://{host}{parts.path}" if region_of_queue_host(host) is not None else url


def _with_likely(problem: Problem, transport: Transport, text: str) -> Problem:
    """Say what was most likely meant, where it is another text than the one that was given."""
    found = list(_likely_ones(text).values())
    if len(found) > 1:
        return replace(
            problem,
            title="There is more than one address here.",
            detail=f"A notification goes to one. Here are {found[0].text} and {found[1].text}"
            + ("." if len(found) == 2 else f", and {len(found) - 2} more."),
            remedy="Give one of them. A topic can pass its messages on to several receivers.",
            code="destination.several",
        )
    if not found or found[0].text == cleaned(text):
        return problem
    remedy = f"Most likely it is {found[0].text}"
    if found[0].transport is not transport:
        problem = replace(problem, code="destination.wrong-kind")
        remedy = f"Choose “{_CHOICES[found[0].transport]}” as the way to send. {remedy}"
    elif problem.code == Code.BLANK_INSIDE:
        problem = replace(problem, title="There is more here than the address.")
        remedy = f"Leave everything else out. {remedy}"
    return replace(problem, remedy=remedy)


def _is_web(address: str) -> bool:
    return re.match(r"https?://", address, re.IGNORECASE) is not None


def _refuse_other_kind(transport: Transport, address: str) -> None:
    is_web = _is_web(address)
    actual = guess_transport(address)
    if is_console_page(address):
        raise input_problem(
            _CODES[transport],
            title="This is a page of Amazon's console.",
            detail=f"The {transport.address_name} itself is needed, and not the page of the console that shows it.",
            remedy=_where_to_copy(transport),
        )
    if is_web and actual is None and transport is not Transport.SQS:
        raise input_problem(
            _CODES[transport],
            title=f"This is a web address, not {_an(transport)}.",
            detail="Mechanical Turk no longer sends to web addresses; a topic can pass its messages on to one.",
            remedy=_where_to_copy(transport),
        )
    if actual is None or actual is transport:
        return
    way = "by e-mail" if transport is Transport.EMAIL else f"through {transport.value}"
    raise input_problem(
        "destination.wrong-kind",
        title=f"This is {_what_it_is(actual, address)}.",
        detail=f"The notification is to go {way}, which needs {_an(transport)}.",
        remedy=f"Choose “{_CHOICES[actual]}” as the way to send, or give {_an(transport)}.",
    )


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _an(transport: Transport) -> str:
    return f"{'an' if transport is Transport.EMAIL else 'a'} {transport.address_name}"


def _what_it_is(transport: Transport, address: str) -> str:
    if address[:4].casefold() != "arn:":
        return _an(transport)
    if transport is Transport.SQS:
        return "the ARN of a queue"
    return "the ARN of a subscription" if address.count(":") == 6 else "a topic ARN"


def _where_to_copy(transport: Transport) -> str:
    return {
        Transport.EMAIL: "Give an address that looks like name@university.edu.",
        Transport.SQS: "Copy the URL from the queue's page in the SQS console; it looks like "
        "https://sqs.us-east-1.amazonaws.com/123456789012/my-queue.",
        Transport.SNS: "Copy the ARN from the topic's page in the SNS console; it looks like "
        "arn:aws:sns:us-east-1:123456789012:my-topic.",
    }[transport]


def _empty(transport: Transport) -> ProblemError:
    example = {
        Transport.EMAIL: "for example name@university.edu",
        Transport.SQS: "for example https://sqs.us-east-1.amazonaws.com/123456789012/my-queue",
        Transport.SNS: "for example arn:aws:sns:us-east-1:123456789012:my-topic",
    }[transport]
    return input_problem(
        "destination.empty",
        title="The destination is still empty.",
        detail=f"Mechanical Turk needs to know where to send: {_an(transport)}.",
        remedy=f"Type or paste it, {example}.",
    )


def _plural(transport: Transport) -> str:
    return {Transport.EMAIL: "e-mail addresses", Transport.SQS: "queue URLs", Transport.SNS: "topic ARNs"}[transport]


LONGEST_EMAIL = 1_000
"""Characters of an e-mail address that are looked at; RFC 5321 allows 254."""


def _parse_email(address: str) -> EmailAddress:
    import email_validator

    try:
        if len(address) > LONGEST_EMAIL:
            too_long = f"It has {counted(len(address), 'character')}, and an address has at most 254."
            raise email_validator.EmailSyntaxError(too_long)
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


def _parse_queue(address: str) -> QueueAddress:
    if address.casefold().startswith("arn:"):
        raise input_problem(
            "destination.queue-arn",
            title="This is the ARN of a queue; its URL is needed.",
            detail="Mechanical Turk takes a queue by its URL, which begins with https://.",
            remedy="Copy the URL from the queue's page in the SQS console.",
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
    segments = [unquote(part) for part in parts_of_url.path.strip("/").split("/")]
    region = region_of_queue_host(host)
    if region_of_vpc_endpoint(host) is not None:
        raise _bad_queue(
            f"“{host}” is a VPC endpoint: only computers inside that network reach it, and Mechanical Turk is outside.",
            title="This queue URL is for use inside a private network.",
        )
    if region is not None and parts_of_url.scheme.lower() == "http":
        raise _bad_queue(
            "Amazon SQS answers to it, too, but Mechanical Turk's instructions ask for https://.",
            title="This queue URL begins with http://.",
        )
    if region is not None and port is not None and port != 443:
        raise _bad_queue(f"A queue's URL names no port, and this one says {port}.")
    if region is None and _is_amazons(host):
        raise _bad_queue(
            f"“{host}” is not a host of Amazon SQS, as far as this program knows.",
            title="This does not look like a queue URL.",
        )
    if len(segments) != 2:
        raise _bad_queue(
            "After the host come the account's twelve digits and the queue's name, and nothing else. Mechanical Turk "
            "sends to no other web addresses."
        )
    account_id, queue_name = segments
    if not re.fullmatch(r"[0-9]{12}", account_id):
        raise _bad_queue(f"The account is twelve digits, and here it is “{account_id[:40]}”.")
    stem = queue_name.removesuffix(".fifo")
    if not re.fullmatch(r"[A-Za-z0-9_-]+", stem) or len(queue_name) > 80:
        raise _bad_queue("A queue's name has at most 80 letters, digits, - and _ (and may end in .fifo).")
    netloc = host if port is None else f"{host}:{port}"
    url = f"{parts_of_url.scheme.lower()}://{netloc}/{account_id}/{queue_name}"
    return QueueAddress(url=url, account_id=account_id, queue_name=queue_name, region=region or "")


def _is_amazons(host: str) -> bool:
    suffixes = {suffix for one in PARTITIONS for suffix in (one.suffix, one.dual_stack_suffix)}
    return "amazonaws" in host or any(host.endswith(f".{suffix}") for suffix in suffixes)


def _bad_queue(why: str, *, title: str = "This is not a queue URL.") -> ProblemError:
    return input_problem("destination.queue", title=title, detail=why, remedy=_where_to_copy(Transport.SQS))


def _parse_topic(address: str) -> TopicAddress:
    parts = address.split(":")
    if parts[0].lower() != "arn":
        raise _bad_topic("It does not begin with arn:.")
    if len(parts) == 7 and parts[2].lower() == "sns":
        raise input_problem(
            "destination.subscription-arn",
            title="This is the ARN of a subscription.",
            detail="It has one part more than a topic's ARN.",
            remedy="Leave the last part out.",
        )
    if len(parts) != 6:
        raise _bad_topic(f"An ARN of a topic has six parts between colons, and this one has {len(parts)}.")
    _, partition, service, region, account_id, topic_name = parts
    if not re.fullmatch(r"aws(-[a-z]+)*", partition):
        raise _bad_topic(f"“{partition[:20]}” is no partition of AWS; it is aws nearly everywhere.")
    if service.lower() != "sns":
        raise _bad_topic(f"It names the service “{service[:30]}”, and a topic's is sns.")
    if not re.fullmatch(REGION, region):
        raise _bad_topic(f"“{region[:30]}” is not a region such as us-east-1.")
    if partition in _KNOWN_PARTITIONS and partition != partition_of(region).id:
        raise _bad_topic(f"“{region}” lies in the partition {partition_of(region).id}, and this says {partition}.")
    if not re.fullmatch(r"[0-9]{12}", account_id):
        raise _bad_topic(f"The account is twelve digits, and here it is “{account_id[:40]}”.")
    stem = topic_name.removesuffix(".fifo")
    if not re.fullmatch(r"[A-Za-z0-9_-]+", stem) or len(topic_name) > 256:
        raise _bad_topic("A topic's name has at most 256 letters, digits, - and _ (and may end in .fifo).")
    return TopicAddress(partition=partition, region=region, account_id=account_id, topic_name=topic_name)


_KNOWN_PARTITIONS = frozenset(one.id for one in PARTITIONS)


def _bad_topic(why: str) -> ProblemError:
    return input_problem(
        "destination.topic", title="This is not a topic ARN.", detail=why, remedy=_where_to_copy(Transport.SNS)
    )
